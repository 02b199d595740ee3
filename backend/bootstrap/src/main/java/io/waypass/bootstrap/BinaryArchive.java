package io.waypass.bootstrap;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;

/**
 * Extracts the three executables from a {@code .tar.gz}. It replaces the {@code tar} command, which writes whatever
 * paths, links and sizes the archive names; this writes three fixed names and nothing else. The format is
 * POSIX.1-1988's ustar, limited to regular files of up to 8 GiB.
 */
final class BinaryArchive {

    private static final int BLOCK = 512;
    private static final int TYPE = 156;
    private static final int SIZE = 124;

    private final long limit;

    /** @param limit maximum total size of all entries in bytes */
    BinaryArchive(long limit) {
        this.limit = limit;
    }

    /**
     * Extracts the executables, and ignores other entries.
     *
     * @param archive a {@code .tar.gz} with each of them once, in any directory
     * @param directory an empty one
     * @throws IOException if the archive is broken, too large or incomplete
     */
    void unpack(Path archive, Path directory) throws IOException {
        Set<String> missing = new HashSet<>(ControlPlaneBinaries.EXECUTABLES);
        long left = limit;
        try (InputStream stream =
                new GZIPInputStream(new BufferedInputStream(Files.newInputStream(archive)), 64 * 1024)) {
            while (!missing.isEmpty()) {
                byte[] header = stream.readNBytes(BLOCK);
                if (header.length < BLOCK || header[0] == 0) {
                    throw new IOException("the archive has no " + String.join(", ", new TreeSet<>(missing)));
                }
                String path = text(header, 0, 100);
                long size = size(header);
                if (size > left) {
                    throw new IOException("the archive has more than " + limit + " bytes with its entry " + path);
                }
                left -= size;
                String name = path.substring(path.lastIndexOf('/') + 1);
                if (isRegular(header) && missing.remove(name)) {
                    Path file = directory.resolve(name);
                    try (OutputStream to = Files.newOutputStream(file)) {
                        copy(stream, size, to);
                    }
                    if (!file.toFile().setExecutable(true, false)) {
                        throw new IOException(file + " cannot be made executable");
                    }
                } else {
                    copy(stream, size, OutputStream.nullOutputStream());
                }
                stream.skipNBytes((BLOCK - size % BLOCK) % BLOCK);
            }
        }
    }

    private static void copy(InputStream from, long size, OutputStream to) throws IOException {
        byte[] buffer = new byte[64 * 1024];
        for (long left = size; left > 0; ) {
            int read = from.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (read < 0) {
                throw new EOFException("the archive breaks off");
            }
            to.write(buffer, 0, read);
            left -= read;
        }
    }

    private static boolean isRegular(byte[] header) {
        return header[TYPE] == '0' || header[TYPE] == 0;
    }

    private static long size(byte[] header) throws IOException {
        String octal = text(header, SIZE, 12).strip();
        try {
            return octal.isEmpty() ? 0 : Long.parseUnsignedLong(octal, 8);
        } catch (NumberFormatException e) {
            throw new IOException("the archive has an entry without a size in octal digits", e);
        }
    }

    private static String text(byte[] header, int from, int length) {
        int end = from;
        while (end < from + length && header[end] != 0) {
            end++;
        }
        return new String(header, from, end - from, StandardCharsets.US_ASCII);
    }
}
