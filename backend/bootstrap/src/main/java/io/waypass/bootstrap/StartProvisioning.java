package io.waypass.bootstrap;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Starts to prepare the control plane's binaries while Maven continues with the build. It runs in Maven's JVM, returns
 * at once, and never fails a build: tests and sandbox wait for the binaries later, or fetch them themselves.
 */
public final class StartProvisioning {

    private StartProvisioning() {}

    /** Starts {@link Provision} as a process of its own, unless the binaries exist. */
    public static void main(String[] args) {
        try {
            if (!ControlPlaneCache.ofThisUser().isComplete()) {
                // its standard input stays open as long as this JVM lives, so its end tells the process that Maven has
                // ended
                new ProcessBuilder(command())
                        .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
            }
        } catch (IOException | URISyntaxException e) {
            System.out.println(Provision.PREFIX + "Cannot begin before the tests do: " + e);
        }
    }

    private static List<String> command() throws URISyntaxException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx128m"));
        String cache = System.getProperty("waypass.cache", "");
        if (!cache.isBlank()) {
            command.add("-Dwaypass.cache=" + cache);
        }
        command.addAll(List.of(
                "-classpath",
                Path.of(StartProvisioning.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .toURI())
                        .toString(),
                Provision.class.getName()));
        return command;
    }
}
