package io.waypass.bootstrap;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Starts to prepare the binaries of control plane and mesh while Maven continues with the build. It runs in Maven's JVM, returns
 * at once, and never fails a build: tests and sandbox wait for the binaries later, or fetch them themselves.
 */
public final class StartProvisioning {

    private StartProvisioning() {}

    /**
     * Starts {@link Provision} as a process of its own, unless the binaries exist.
     *
     * @param args {@code mesh} if the mesh's binaries are wanted, too
     */
    public static void main(String[] args) {
        try {
            List<String> parts = List.of(args);
            if (!ControlPlaneCache.ofThisUser().isComplete()
                    || parts.contains(Provision.MESH) && !MeshCache.ofThisUser().isComplete()) {
                // its standard input stays open as long as this JVM lives, so its end tells the process that Maven has
                // ended
                new ProcessBuilder(command(parts))
                        .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
            }
        } catch (IOException | URISyntaxException e) {
            System.out.println(Provision.PREFIX + "Cannot begin before the tests do: " + e);
        }
    }

    private static List<String> command(List<String> parts) throws URISyntaxException {
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
        command.addAll(parts);
        return command;
    }
}
