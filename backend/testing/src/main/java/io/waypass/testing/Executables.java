package io.waypass.testing;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Programs that are installed on this machine. */
public final class Executables {

    /** Directories of servers, which may be missing from the PATH. */
    private static final List<String> BESIDE_THE_PATH = List.of("/usr/sbin", "/usr/local/sbin");

    private Executables() {}

    /**
     * Finds a program.
     *
     * @param name of its file
     * @return the first one on the PATH, or in a directory for servers
     */
    public static Optional<Path> find(String name) {
        return Stream.concat(
                        Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)),
                        BESIDE_THE_PATH.stream())
                .filter(directory -> !directory.isBlank())
                .map(directory -> Path.of(directory, name))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst();
    }

    /** {@return the Chromium that the system property {@code chromium} names, otherwise the installed one} */
    public static Optional<Path> chromium() {
        String named = System.getProperty("chromium", "");
        return named.isBlank()
                ? Stream.of("chromium", "chromium-browser")
                        .flatMap(name -> find(name).stream())
                        .findFirst()
                : Optional.of(Path.of(named)).filter(Files::isExecutable);
    }

    /** Runs {@code openssl version}: the command may be an older OpenSSL, or LibreSSL. */
    static boolean isOpenSsl3() {
        if (find("openssl").isEmpty()) {
            return false;
        }
        try {
            Process process = new ProcessBuilder("openssl", "version")
                    .redirectErrorStream(true)
                    .start();
            String version = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return version.startsWith("OpenSSL ") && version.compareTo("OpenSSL 3") > 0;
        } catch (IOException _) {
            return false;
        }
    }
}
