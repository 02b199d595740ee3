package io.waypass.testing.controlplane;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Start line and header fields of an HTTP/1.1 message (RFC 9112).
 *
 * @param startLine of a request or an answer
 * @param fields in the order of arrival
 */
record HttpHead(String startLine, List<Field> fields) {

    /**
     * A header field.
     *
     * @param name as it was written
     * @param value without space around it
     */
    record Field(String name, String value) {}

    private static final int LONGEST = 1 << 20;

    HttpHead {
        fields = List.copyOf(fields);
    }

    /** {@return the next head; empty if the stream ends before one begins} */
    static Optional<HttpHead> read(InputStream in) throws IOException {
        Optional<String> startLine = line(in);
        if (startLine.isEmpty()) {
            return Optional.empty();
        }
        List<Field> fields = new ArrayList<>();
        for (String line = line(in).orElseThrow(EOFException::new);
                !line.isEmpty();
                line = line(in).orElseThrow(EOFException::new)) {
            int colon = line.indexOf(':');
            if (colon < 1) {
                throw new IOException("not a header field: " + line);
            }
            fields.add(new Field(
                    line.substring(0, colon), line.substring(colon + 1).strip()));
        }
        return Optional.of(new HttpHead(startLine.get(), fields));
    }

    /** {@return the next line without its end; empty if the stream has ended} */
    static Optional<String> line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(128);
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                if (line.size() > 0) {
                    throw new EOFException("the stream ended within a line");
                }
                return Optional.empty();
            }
            if (line.size() >= LONGEST) {
                throw new IOException("a line of more than " + LONGEST + " bytes");
            }
            line.write(next);
        }
        String text = line.toString(StandardCharsets.ISO_8859_1);
        return Optional.of(text.endsWith("\r") ? text.substring(0, text.length() - 1) : text);
    }

    /** {@return the method of a request} */
    String method() {
        return word(0);
    }

    /** {@return path and query of a request} */
    String target() {
        return word(1);
    }

    /** {@return the status of an answer} */
    int status() throws IOException {
        try {
            return Integer.parseInt(word(1));
        } catch (NumberFormatException e) {
            throw new IOException("not a status line: " + startLine, e);
        }
    }

    private String word(int index) {
        String[] words = startLine.split(" ", 3);
        return index < words.length ? words[index] : "";
    }

    /** {@return the value of the first field of that name; empty if there is none} */
    Optional<String> first(String name) {
        return fields.stream()
                .filter(field -> field.name().equalsIgnoreCase(name))
                .map(Field::value)
                .findFirst();
    }

    /** {@return whether the body is chunked} */
    boolean chunked() {
        return first("Transfer-Encoding")
                .filter(coding -> coding.toLowerCase(Locale.ROOT).endsWith("chunked"))
                .isPresent();
    }

    /** {@return length of the body in bytes, if it is stated} */
    Optional<Long> contentLength() throws IOException {
        try {
            return first("Content-Length").map(Long::valueOf);
        } catch (NumberFormatException e) {
            throw new IOException("not a length: " + first("Content-Length").orElseThrow(), e);
        }
    }

    /** {@return the same request with a body of known length} */
    HttpHead withLength(int length) {
        Set<String> replaced = Set.of("content-length", "transfer-encoding", "expect");
        List<Field> kept = new ArrayList<>(fields.stream()
                .filter(field -> !replaced.contains(field.name().toLowerCase(Locale.ROOT)))
                .toList());
        if (length > 0 || !Set.of("GET", "HEAD", "DELETE").contains(method())) {
            kept.add(new Field("Content-Length", Integer.toString(length)));
        }
        return new HttpHead(startLine, kept);
    }

    /** {@return the wire form, with the empty line at its end} */
    byte[] bytes() {
        StringBuilder text = new StringBuilder(startLine).append("\r\n");
        fields.forEach(field ->
                text.append(field.name()).append(": ").append(field.value()).append("\r\n"));
        return text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
