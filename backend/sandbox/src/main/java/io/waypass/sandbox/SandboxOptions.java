package io.waypass.sandbox;

import io.waypass.cluster.Flavour;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Configuration of a sandbox.
 *
 * @param directory of its state
 * @param fresh whether earlier state is deleted first
 * @param kubeconfig of the user's own cluster, in place of a local control plane
 * @param flavour distribution of Istio for which gateway and objects are written
 * @param mesh whether istiod, an Envoy as waypoint and a partner run beside the local control plane
 * @param port of the portal; 0 for any free one
 * @param durable whether state has to survive a power cut; tests do not need that
 * @param portalJar the portal's executable jar
 * @param applierJar the applier's executable jar
 */
public record SandboxOptions(
        Path directory,
        boolean fresh,
        Optional<Path> kubeconfig,
        Flavour flavour,
        boolean mesh,
        int port,
        boolean durable,
        Path portalJar,
        Path applierJar) {

    /**
     * Makes paths absolute: processes may run in other directories.
     *
     * @throws SandboxFailed if options contradict each other
     */
    public SandboxOptions {
        if (mesh && kubeconfig.isPresent()) {
            throw new SandboxFailed(
                    "-Dsandbox.mesh runs an istiod of the sandbox's own, and -Dsandbox.kubeconfig names a"
                            + " cluster that has one; leave out one of the two.");
        }
        if (mesh && flavour != Flavour.UPSTREAM) {
            throw new SandboxFailed("-Dsandbox.mesh runs an upstream istiod; leave out -Dsandbox.flavour=solo.");
        }
        directory = directory.toAbsolutePath().normalize();
        kubeconfig = kubeconfig.map(Path::toAbsolutePath);
        portalJar = portalJar.toAbsolutePath().normalize();
        applierJar = applierJar.toAbsolutePath().normalize();
    }

    /**
     * Reads the system properties {@code sandbox.dir}, {@code sandbox.fresh}, {@code sandbox.kubeconfig}, {@code
     * sandbox.flavour}, {@code sandbox.mesh}, {@code sandbox.port}, {@code sandbox.portal.jar} and {@code
     * sandbox.applier.jar}.
     *
     * @throws SandboxFailed if one of them is not valid
     */
    static SandboxOptions fromProperties() {
        String kubeconfig = System.getProperty("sandbox.kubeconfig", "");
        boolean mesh = flag(System.getProperty("sandbox.mesh", "false"));
        return new SandboxOptions(
                Path.of(System.getProperty("sandbox.dir", ".waypass")),
                flag(System.getProperty("sandbox.fresh", "false")),
                kubeconfig.isBlank() ? Optional.empty() : Optional.of(Path.of(kubeconfig)),
                flavour(System.getProperty("sandbox.flavour", ""), mesh, kubeconfig),
                mesh,
                port(System.getProperty("sandbox.port", "8080")),
                true,
                jar("sandbox.portal.jar"),
                jar("sandbox.applier.jar"));
    }

    /**
     * Options for a test: fresh state, any free port, jars as the build names them.
     *
     * @param directory of its state; an earlier test's state is deleted
     */
    public static SandboxOptions forTest(Path directory) {
        return new SandboxOptions(
                directory,
                true,
                Optional.empty(),
                Flavour.SOLO,
                false,
                0,
                false,
                jar("sandbox.portal.jar"),
                jar("sandbox.applier.jar"));
    }

    public SandboxOptions withMesh() {
        return new SandboxOptions(
                directory, fresh, kubeconfig, Flavour.UPSTREAM, true, port, durable, portalJar, applierJar);
    }

    /** Nothing of the wrong flavour is written into a user's own cluster: there it has to be named. */
    private static Flavour flavour(String value, boolean mesh, String kubeconfig) {
        if (!value.isBlank()) {
            try {
                return Flavour.of(value);
            } catch (IllegalArgumentException e) {
                throw new SandboxFailed("-Dsandbox.flavour: " + e.getMessage() + ".", e);
            }
        }
        if (!kubeconfig.isBlank()) {
            throw new SandboxFailed(
                    "Say which distribution of Istio runs in the cluster of -Dsandbox.kubeconfig, because"
                            + " gateway and objects differ: -Dsandbox.flavour=upstream, or solo for Solo's.");
        }
        return mesh ? Flavour.UPSTREAM : Flavour.SOLO;
    }

    private static boolean flag(String value) {
        // -Dsandbox.fresh without a value means yes
        return value.isEmpty() || Boolean.parseBoolean(value);
    }

    private static int port(String value) {
        if (!value.matches("[0-9]{1,5}") || Integer.parseInt(value) > 65_535) {
            throw new SandboxFailed("-Dsandbox.port=" + value + " is no port; give a number from 0 (any) to 65535.");
        }
        return Integer.parseInt(value);
    }

    private static Path jar(String property) {
        String value = System.getProperty(property);
        if (value == null) {
            throw new SandboxFailed("-D" + property + " is not set. Start the sandbox with: mvn -Psandbox");
        }
        return Path.of(value);
    }
}
