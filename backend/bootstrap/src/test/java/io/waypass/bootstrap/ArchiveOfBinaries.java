package io.waypass.bootstrap;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;

/** Writes a {@code .tar.gz}, including malformed ones that no {@code tar} command writes. */
final class ArchiveOfBinaries {

    private static final String DIRECTORY = "controller-tools/envtest/";

    private final ByteArrayOutputStream entries = new ByteArrayOutputStream();

    /** {@return the three executables, as they are published} */
    static ArchiveOfBinaries published() {
        ArchiveOfBinaries archive = new ArchiveOfBinaries().entry(DIRECTORY, '5', "");
        ControlPlaneBinaries.EXECUTABLES.forEach(
                name -> archive.entry(DIRECTORY + name, '0', name + ", as published\n"));
        return archive;
    }

    ArchiveOfBinaries entry(String path, char type, String content) {
        return header(path, type, content.length(), "").bytes(content);
    }

    ArchiveOfBinaries symlink(String path, String to) {
        return header(path, '2', 0, to);
    }

    /** Adds an entry whose header claims a size, without the bytes. */
    ArchiveOfBinaries oversized(String path, long size) {
        return header(path, '0', size, "");
    }

    private ArchiveOfBinaries header(String path, char type, long size, String link) {
        byte[] header = new byte[512];
        put(header, 0, path);
        put(header, 100, "0000755\0");
        put(header, 124, "%011o\0".formatted(size));
        put(header, 148, "        ");
        put(header, 156, Character.toString(type));
        put(header, 157, link);
        put(header, 257, "ustar\00000");
        int sum = 0;
        for (byte each : header) {
            sum += each & 0xff;
        }
        put(header, 148, "%06o\0 ".formatted(sum));
        entries.writeBytes(header);
        return this;
    }

    private ArchiveOfBinaries bytes(String content) {
        entries.writeBytes(content.getBytes(StandardCharsets.US_ASCII));
        entries.writeBytes(new byte[(512 - content.length() % 512) % 512]);
        return this;
    }

    private static void put(byte[] header, int from, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, from, bytes.length);
    }

    byte[] compressed() {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            entries.writeTo(gzip);
            gzip.write(new byte[1024]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return compressed.toByteArray();
    }
}
