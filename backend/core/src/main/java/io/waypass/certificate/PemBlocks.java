package io.waypass.certificate;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Splits text into PEM blocks with line numbers. It accepts what RFC 7468 calls lax parsing: text around blocks, any
 * line ends, blocks on one line, line ends written as {@code \n}, and the headers of RFC 1421.
 */
final class PemBlocks {

    private static final int MAX_BLOCKS = 1_000;
    private static final int MAX_LABEL = 80;

    /** Words in capitals (RFC 7468 section 2), none as long as a line of Base64. */
    private static final Pattern LABEL = Pattern.compile("(?=.{1,40}$)[A-Z0-9.]{1,16}([ -][A-Z0-9.]{1,16})*");

    private static final byte[] BEGIN = ascii("-----BEGIN ");
    private static final byte[] END = ascii("-----END ");
    private static final byte[] DASHES = ascii("-----");

    /** A block; the reader wipes {@code content}. */
    record Block(int number, int line, String label, Map<String, String> headers, byte[] content) {

        /** The label for use in a sentence. */
        String quotedLabel() {
            return quoted(label);
        }

        /** The block's name in a sentence. */
        String name() {
            return "block " + number + " (line " + line + ")";
        }
    }

    /**
     * Quotes a label for a sentence. Text that does not look like a label may be a key whose lines ran together; it is
     * not quoted.
     */
    private static String quoted(String label) {
        return LABEL.matcher(label).matches() ? "“" + label + "”" : "something unknown";
    }

    private final byte[] text;
    private long scanned;

    PemBlocks(byte[] text) {
        this.text = text;
    }

    static boolean in(byte[] text) {
        return indexOf(text, BEGIN, 0) >= 0;
    }

    /**
     * Returns every block in the text. A damaged block yields a problem with its line number, and reading continues.
     *
     * @param given text in UTF-8; not modified
     * @param contents receives the problems
     */
    static List<Block> read(byte[] given, Contents contents) {
        byte[] text = withRealLineEnds(given);
        try {
            return new PemBlocks(text).blocks(contents);
        } finally {
            if (text != given) {
                Arrays.fill(text, (byte) 0);
            }
        }
    }

    /**
     * Number of bytes that were inspected to find the blocks; each is inspected a few times, however many blocks there
     * are.
     */
    long scanned() {
        return scanned;
    }

    List<Block> blocks(Contents contents) {
        List<Block> blocks = new ArrayList<>();
        int line = 1;
        int counted = 0;
        int number = 0;
        for (int begin = find(BEGIN, 0, text.length); begin >= 0; begin = find(BEGIN, begin + 1, text.length)) {
            line += lines(counted, begin);
            counted = begin;
            number++;
            if (number > MAX_BLOCKS) {
                contents.problem(new Unreadable(
                        "it holds more than " + MAX_BLOCKS + " blocks.",
                        "your certificate, the certificates of its issuers, and the key.",
                        "Leave out what does not belong to it."));
                return blocks;
            }
            String label = label(begin);
            try {
                blocks.add(block(number, line, label, begin));
            } catch (Unreadable problem) {
                if (label.endsWith("PRIVATE KEY")) {
                    contents.keyStaysLocked(problem);
                } else {
                    contents.problem(problem);
                }
            }
        }
        return blocks;
    }

    /** The block's label; empty if the first line has none. */
    private String label(int begin) {
        int from = begin + BEGIN.length;
        int end = find(DASHES, from, Math.min(text.length, from + MAX_LABEL));
        String label = end < 0 ? "" : new String(text, from, end - from, StandardCharsets.US_ASCII);
        return label.chars().allMatch(each -> each >= ' ' && each <= '~') ? label.strip() : "";
    }

    private Block block(int number, int line, String label, int begin) throws Unreadable {
        if (label.isEmpty()) {
            throw new Unreadable(
                    "line " + line + " begins a block but does not say of what.",
                    "a line like “-----BEGIN CERTIFICATE-----”.",
                    "Copy the whole file again, from the first dash to the last.");
        }
        if (label.startsWith("PGP")) {
            // checked before the Base64, which ends with a checksum in PGP
            throw new Unreadable(
                    "block " + number + " (line " + line + ") is for PGP.",
                    "a certificate or a private key for TLS.",
                    "Decrypt the file first if it was sent to you encrypted.");
        }
        int from = find(DASHES, begin + BEGIN.length, text.length) + DASHES.length;
        int next = find(BEGIN, from, text.length);
        int until = next < 0 ? text.length : next;
        int end = find(ascii("-----END " + label + "-----"), from, until);
        if (end < 0) {
            throw new Unreadable(
                    "block " + number + " (line " + line + ") "
                            + (find(END, from, until) >= 0
                                    ? "begins as " + quoted(label) + " but ends as something else."
                                    : "does not end: its last line is missing."),
                    LABEL.matcher(label).matches()
                            ? "a line “-----END " + label + "-----” after it."
                            : "lines like “-----BEGIN CERTIFICATE-----” around each block.",
                    "Copy the whole file again, from the first dash to the last.");
        }
        return block(number, line, label, from, end);
    }

    private Block block(int number, int line, String label, int from, int end) throws Unreadable {
        Map<String, String> headers = new LinkedHashMap<>();
        int body = headers(from, end, headers);
        byte[] base64 = new byte[end - body];
        scanned += end - from;
        int length = 0;
        try {
            for (int i = body; i < end; i++) {
                byte each = text[i];
                if (each == ' ' || each == '\t' || each == '\r' || each == '\n') {
                    continue;
                }
                if (!isBase64(each)) {
                    throw new Unreadable(
                            "line " + (line + lines(from, i)) + " in block " + number
                                    + " holds a character that is no Base64.",
                            "only letters, digits, “+”, “/” and “=” between the two lines with dashes.",
                            "Copy the whole file again; mail programs and chats change such text.");
                }
                base64[length++] = each;
            }
            while (length > 0 && base64[length - 1] == '=') {
                length--;
            }
            byte[] exact = Arrays.copyOf(base64, length);
            try {
                return new Block(
                        number, line, label, headers, Base64.getDecoder().decode(exact));
            } finally {
                Arrays.fill(exact, (byte) 0);
            }
        } catch (IllegalArgumentException e) {
            throw new Unreadable(
                    "the Base64 of block " + number + " (line " + line + ") is cut off or damaged.",
                    "an unbroken block of Base64.",
                    "Copy the whole file again, from the first dash to the last.");
        } finally {
            Arrays.fill(base64, (byte) 0);
        }
    }

    /** Reads the headers of RFC 1421 section 4.6, and returns the offset of the body. */
    private int headers(int from, int end, Map<String, String> headers) {
        int at = from;
        while (at < end) {
            int lineEnd = at;
            while (lineEnd < end && text[lineEnd] != '\n') {
                lineEnd++;
            }
            String line = new String(text, at, Math.min(lineEnd - at, 200), StandardCharsets.US_ASCII).strip();
            int colon = line.indexOf(':');
            if (colon > 0) {
                headers.put(line.substring(0, colon), line.substring(colon + 1).strip());
            } else if (!line.isEmpty() || headers.isEmpty() && at > from) {
                return at;
            }
            at = lineEnd + 1;
            if (line.isEmpty() && !headers.isEmpty()) {
                return Math.min(at, end);
            }
        }
        return headers.isEmpty() ? from : end;
    }

    private int lines(int from, int to) {
        scanned += to - from;
        int lines = 0;
        for (int i = from; i < to; i++) {
            if (text[i] == '\n' || text[i] == '\r' && (i + 1 >= text.length || text[i + 1] != '\n')) {
                lines++;
            }
        }
        return lines;
    }

    /** Converts written-out line ends, as in text from a JSON or environment file. */
    private static byte[] withRealLineEnds(byte[] given) {
        if (indexOf(given, ascii("\\n"), 0) < 0) {
            return given;
        }
        byte[] text = new byte[given.length];
        int length = 0;
        for (int i = 0; i < given.length; i++) {
            boolean escape = given[i] == '\\' && i + 1 < given.length && (given[i + 1] == 'n' || given[i + 1] == 'r');
            text[length++] = escape ? (byte) (given[++i] == 'n' ? '\n' : '\r') : given[i];
        }
        byte[] exact = Arrays.copyOf(text, length);
        Arrays.fill(text, (byte) 0);
        return exact;
    }

    private static boolean isBase64(byte each) {
        return each >= 'A' && each <= 'Z'
                || each >= 'a' && each <= 'z'
                || each >= '0' && each <= '9'
                || each == '+'
                || each == '/'
                || each == '=';
    }

    private int find(byte[] what, int from, int until) {
        int found = indexOf(text, what, from, until);
        scanned += (found < 0 ? Math.max(from, until) : found) - from;
        return found;
    }

    private static int indexOf(byte[] text, byte[] what, int from) {
        return indexOf(text, what, from, text.length);
    }

    private static int indexOf(byte[] text, byte[] what, int from, int until) {
        for (int i = from; i <= until - what.length; i++) {
            if (Arrays.equals(text, i, i + what.length, what, 0, what.length)) {
                return i;
            }
        }
        return -1;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
