package io.waypass.testing.controlplane;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Bodies of HTTP/1.1 messages and their length (RFC 9112, section 6). */
final class HttpBody {

    private static final byte[] LINE_END = {'\r', '\n'};

    private static final int PIECE = 16 * 1024;

    private HttpBody() {}

    /** {@return the body of a request, complete and decoded from chunks} */
    static byte[] read(HttpHead request, InputStream in) throws IOException {
        if (!request.chunked()) {
            int length = Math.toIntExact(request.contentLength().orElse(0L));
            byte[] body = in.readNBytes(length);
            if (body.length < length) {
                throw new EOFException("the stream ended within a body");
            }
            return body;
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (long size = size(line(in)); size > 0; size = size(line(in))) {
            copy(in, body, size);
            line(in);
        }
        while (!line(in).isEmpty()) {
            // trailers do not matter to Kubernetes
        }
        return body.toByteArray();
    }

    /**
     * Relays an answer, each piece as soon as it arrives.
     *
     * @param method of the request
     * @return whether another answer can follow; not if the body extends to the end of the stream
     */
    static boolean relay(String method, HttpHead answer, InputStream in, OutputStream out) throws IOException {
        out.write(answer.bytes());
        int status = answer.status();
        if (method.equals("HEAD") || status == 204 || status == 304) {
            out.flush();
        } else if (answer.chunked()) {
            out.flush();
            relayChunks(in, out);
        } else if (answer.contentLength().isPresent()) {
            copy(in, out, answer.contentLength().get());
            out.flush();
        } else {
            out.flush();
            relayAll(in, out);
            return false;
        }
        return true;
    }

    /** Relays all bytes, as soon as they arrive, until the stream ends. */
    static void relayAll(InputStream in, OutputStream out) throws IOException {
        byte[] piece = new byte[PIECE];
        for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
            out.write(piece, 0, count);
            out.flush();
        }
    }

    private static void relayChunks(InputStream in, OutputStream out) throws IOException {
        String head = line(in);
        for (long size = size(head); size > 0; size = size(head)) {
            write(head, out);
            copy(in, out, size);
            line(in);
            out.write(LINE_END);
            out.flush();
            head = line(in);
        }
        write(head, out);
        for (String trailer = line(in); !trailer.isEmpty(); trailer = line(in)) {
            write(trailer, out);
        }
        out.write(LINE_END);
        out.flush();
    }

    private static void copy(InputStream in, OutputStream out, long length) throws IOException {
        byte[] piece = new byte[(int) Math.min(PIECE, length)];
        for (long left = length; left > 0; ) {
            int count = in.read(piece, 0, (int) Math.min(piece.length, left));
            if (count < 0) {
                throw new EOFException("the stream ended within a body");
            }
            out.write(piece, 0, count);
            left -= count;
        }
    }

    private static void write(String line, OutputStream out) throws IOException {
        out.write(line.getBytes(StandardCharsets.ISO_8859_1));
        out.write(LINE_END);
    }

    private static String line(InputStream in) throws IOException {
        return HttpHead.line(in).orElseThrow(() -> new EOFException("the stream ended within a body"));
    }

    private static long size(String line) throws IOException {
        try {
            return Long.parseLong(line.split(";", 2)[0].strip(), 16);
        } catch (NumberFormatException e) {
            throw new IOException("not the size of a chunk: " + line, e);
        }
    }
}
