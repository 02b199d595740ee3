package io.waypass.testing.controlplane;

import io.waypass.testing.LocalProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * {@code etcd}, {@code kube-apiserver}, {@code kubectl} and the custom resource definitions of the Gateway API and
 * Istio, built once from pinned, checksum-verified Go modules and then cached in {@code ~/.cache/waypass}, or where the
 * system property {@code waypass.cache} or the environment's {@code WAYPASS_CACHE} says.
 *
 * @param etcd the executable
 * @param apiServer the executable
 * @param kubectl the executable
 * @param definitions YAML files of custom resource definitions
 */
public record ControlPlaneBinaries(Path etcd, Path apiServer, Path kubectl, List<Path> definitions) {

    /** The Kubernetes version that is built. */
    public static final String KUBERNETES_VERSION = "1.37.2";

    private static final String GO_VERSION = "1.26";

    private static final String SERVER_FLAGS =
            "-s -w -X k8s.io/component-base/version.gitVersion=v" + KUBERNETES_VERSION
                    + " -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=37";

    /** Copies the list. */
    public ControlPlaneBinaries {
        definitions = List.copyOf(definitions);
    }

    /**
     * Finds the binaries in the cache, or builds them: about five minutes on two cores, once.
     *
     * @param progress is told, in sentences, what is going on
     * @return the binaries
     * @throws ControlPlaneUnavailable if they are not there and cannot be built
     */
    public static synchronized ControlPlaneBinaries locate(Consumer<String> progress) {
        Map<String, String> pinned =
                Map.of("go.mod", resource("go.mod"), "go.sum", resource("go.sum"), "pinned.go", resource("pinned.go"));
        Path cache = cache().resolve("control-plane-" + KUBERNETES_VERSION + "-" + hash(pinned));
        try {
            if (!Files.exists(cache.resolve("complete"))) {
                Files.createDirectories(cache);
                try (FileChannel channel = FileChannel.open(
                                cache.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                        FileLock lock = channel.lock()) {
                    if (lock.isValid() && !Files.exists(cache.resolve("complete"))) {
                        build(cache, pinned, progress);
                    }
                }
            }
            try (Stream<Path> files = Files.list(cache.resolve("definitions"))) {
                return new ControlPlaneBinaries(
                        cache.resolve("etcd"),
                        cache.resolve("kube-apiserver"),
                        cache.resolve("kubectl"),
                        files.sorted().toList());
            }
        } catch (IOException e) {
            throw new ControlPlaneUnavailable("The control plane's cache " + cache + " cannot be used: " + e, e);
        }
    }

    private static Path cache() {
        String named = System.getProperty("waypass.cache", System.getenv().getOrDefault("WAYPASS_CACHE", ""));
        return named.isBlank()
                ? Path.of(System.getProperty("user.home"), ".cache", "waypass")
                : Path.of(named).toAbsolutePath();
    }

    private static void build(Path cache, Map<String, String> pinned, Consumer<String> progress) throws IOException {
        Instant begin = Instant.now();
        Path module = Files.createDirectories(cache.resolve("module"));
        for (Map.Entry<String, String> file : pinned.entrySet()) {
            Files.writeString(module.resolve(file.getKey()), file.getValue());
        }
        requireGo(module);
        progress.accept("Building a Kubernetes " + KUBERNETES_VERSION
                + " API server from source; this happens once and takes about 5 minutes on two cores.");
        progress.accept("  1 of 4: downloading custom resource definitions");
        definitions(module, cache.resolve("definitions"), progress);
        tool(module, cache, "2 of 4", "etcd", "go.etcd.io/etcd/server/v3", "-s -w", progress);
        tool(module, cache, "3 of 4", "kube-apiserver", "k8s.io/kubernetes/cmd/kube-apiserver", SERVER_FLAGS, progress);
        tool(module, cache, "4 of 4", "kubectl", "k8s.io/kubernetes/cmd/kubectl", SERVER_FLAGS, progress);
        Files.writeString(cache.resolve("complete"), Instant.now().toString());
        progress.accept("Built in " + Duration.between(begin, Instant.now()).toSeconds() + " s; cached in " + cache);
    }

    private static void requireGo(Path module) {
        try {
            run(module, _ -> {}, "go", "version");
        } catch (IOException e) {
            throw new ControlPlaneUnavailable(
                    "A local Kubernetes API server is built with Go, and there is no “go” on the"
                            + " PATH. Install Go " + GO_VERSION + " or later, or name a cluster of your own"
                            + " (for the sandbox: -Dsandbox.kubeconfig=<file>).");
        }
    }

    private static void definitions(Path module, Path target, Consumer<String> progress) throws IOException {
        Files.createDirectories(target);
        Path gatewayApi = directory(module, "sigs.k8s.io/gateway-api", progress);
        try (Stream<Path> files = Files.list(gatewayApi.resolve("config/crd/standard"))) {
            for (Path file : files.filter(path -> path.toString().endsWith(".yaml"))
                    .filter(path -> !path.getFileName().toString().equals("kustomization.yaml"))
                    .toList()) {
                copy(file, target.resolve("gateway-api-" + file.getFileName()));
            }
        }
        Path istio = directory(module, "istio.io/api", progress);
        copy(istio.resolve("kubernetes/customresourcedefinitions.gen.yaml"), target.resolve("istio.yaml"));
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.write(to, Files.readAllBytes(from));
    }

    private static Path directory(Path module, String name, Consumer<String> progress) throws IOException {
        run(module, line -> progress.accept("     " + line), "go", "mod", "download", name);
        List<String> lines = new ArrayList<>();
        run(module, lines::add, "go", "list", "-m", "-f", "{{.Dir}}", name);
        return Path.of(lines.getLast().strip());
    }

    private static void tool(
            Path module,
            Path cache,
            String step,
            String name,
            String source,
            String linkerFlags,
            Consumer<String> progress)
            throws IOException {
        Instant begin = Instant.now();
        progress.accept("  " + step + ": building " + name);
        Path fresh = cache.resolve(name + ".new");
        Thread ticker = Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    Thread.sleep(Duration.ofSeconds(30));
                    progress.accept("     still building " + name + ", "
                            + Duration.between(begin, Instant.now()).toSeconds() + " s");
                }
            } catch (InterruptedException _) {
                // built
            }
        });
        try {
            run(module, _ -> {}, "go", "build", "-ldflags", linkerFlags, "-o", fresh.toString(), source);
        } finally {
            ticker.interrupt();
        }
        Files.move(fresh, cache.resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void run(Path directory, Consumer<String> output, String... command) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
        builder.environment().put("CGO_ENABLED", "0");
        builder.environment().put("GOWORK", "off");
        Process process = builder.start();
        List<String> tail = new ArrayList<>();
        try (LocalProcess running = LocalProcess.of(command[0], process);
                BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                tail.add(line);
                output.accept(line);
            }
            if (process.waitFor() != 0) {
                throw new ControlPlaneUnavailable(
                        "“%s” failed, and with it the building of a local Kubernetes API server. It needs Go %s or later, and once a Go module proxy within reach (GOPROXY says which). The last words of %s: %s"
                                .formatted(
                                        String.join(" ", command),
                                        GO_VERSION,
                                        running.name(),
                                        String.join("\n", tail.subList(Math.max(0, tail.size() - 15), tail.size()))));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ControlPlaneUnavailable("interrupted while building the control plane", e);
        }
    }

    private static String resource(String name) {
        try (InputStream stream = ControlPlaneBinaries.class.getResourceAsStream("/controlplane/" + name)) {
            if (stream == null) {
                throw new IllegalStateException("controlplane/" + name + " is not on the classpath");
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String hash(Map<String, String> files) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            files.entrySet().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .forEach(file ->
                            digest.update((file.getKey() + "\n" + file.getValue()).getBytes(StandardCharsets.UTF_8)));
            return HexFormat.of().formatHex(digest.digest(), 0, 6);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
