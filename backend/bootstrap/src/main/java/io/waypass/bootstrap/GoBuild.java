package io.waypass.bootstrap;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Builds the executables from Go modules with checksums pinned in {@code controlplane/go.sum}, and extracts the custom
 * resource definitions from modules. Compiled packages stay in Go's own cache, so an interrupted build continues from
 * there.
 */
final class GoBuild {

    private static final String GO_VERSION = "1.26";

    /** Last part of each message about a missing prerequisite. */
    private static final String REMEDY = "Let this machine reach https://github.com (HTTPS_PROXY names a proxy), or"
            + " install Go " + GO_VERSION + " or later, or name a cluster of your own (for the sandbox:"
            + " -Dsandbox.kubeconfig=<file>).";

    private static final Pattern DIRECTORY = Pattern.compile("\"Dir\": \"(.*)\"");

    private final String go;
    private final Map<String, String> environment;
    private final List<PublishedFile> definitions;

    /**
     * @param go the {@code go} command: a name on the {@code PATH}, or a path
     * @param environment added to this process's own
     * @param definitions to extract from modules
     */
    GoBuild(String go, Map<String, String> environment, List<PublishedFile> definitions) {
        this.go = go;
        this.environment = environment;
        this.definitions = definitions;
    }

    /**
     * Checks that the {@code go} command exists.
     *
     * @param work a directory for temporary files
     * @param noDownload why a build is needed
     * @throws ControlPlaneUnavailable if it does not exist
     */
    void require(Path work, DownloadFailed noDownload) {
        try {
            run(work, sentence -> {}, List.of(go, "version"));
        } catch (IOException e) {
            throw new ControlPlaneUnavailable("There is no local Kubernetes API server: its test binaries cannot be"
                    + " downloaded (" + noDownload.getMessage() + "), and they cannot be built, because there is no"
                    + " “go” on the PATH. " + REMEDY);
        }
    }

    /**
     * Builds the executables: about four minutes on two cores with an empty cache.
     *
     * @param work a directory for temporary files
     * @param target an empty directory
     * @param progress receives a sentence every 30 seconds
     * @throws IOException if files cannot be written, or {@code go} cannot be run
     * @throws ControlPlaneUnavailable if the build fails
     */
    void executables(Path work, Path target, Consumer<String> progress) throws IOException {
        Path module = Files.createDirectories(work.resolve("module"));
        Files.writeString(module.resolve("go.mod"), PinnedSet.CONTROL_PLANE.text("go.mod"));
        Files.writeString(module.resolve("go.sum"), PinnedSet.CONTROL_PLANE.text("go.sum"));
        String version = ControlPlaneBinaries.KUBERNETES_VERSION;
        String[] numbers = version.split("\\.");
        String variables = "k8s.io/component-base/version.";
        // One build of all three: while one of them is linked, which takes one core, the others are compiled. Go begins
        // with the first argument.
        run(
                module,
                progress,
                List.of(
                        go,
                        "build",
                        "-buildvcs=false",
                        // -s -w drops the debugging information; not generating it saves a tenth of the compiler's time
                        "-gcflags=all=-dwarf=false",
                        "-ldflags",
                        "-s -w -X %1$sgitVersion=v%2$s -X %1$sgitMajor=%3$s -X %1$sgitMinor=%4$s"
                                .formatted(variables, version, numbers[0], numbers[1]),
                        "-o",
                        target + "/",
                        "k8s.io/kubernetes/cmd/kube-apiserver",
                        "go.etcd.io/etcd/server/v3",
                        "k8s.io/kubernetes/cmd/kubectl"));
        Files.move(target.resolve("server"), target.resolve("etcd"));
    }

    /**
     * Extracts the definitions from their modules.
     *
     * @param work a directory for temporary files
     * @param target an empty directory
     * @throws IOException if files cannot be written, or {@code go} cannot be run
     * @throws ControlPlaneUnavailable if a module cannot be downloaded, or has unexpected bytes
     */
    void definitions(Path work, Path target) throws IOException {
        Set<String> modules = new LinkedHashSet<>();
        definitions.forEach(definition -> modules.add(definition.module()));
        for (String module : modules) {
            String output = run(work, sentence -> {}, List.of(go, "mod", "download", "-json", module));
            Matcher directory = DIRECTORY.matcher(output);
            if (!directory.find()) {
                throw new ControlPlaneUnavailable(
                        "“go mod download -json " + module + "” names no directory: " + output);
            }
            for (PublishedFile definition : definitions) {
                if (definition.module().equals(module)) {
                    byte[] bytes = Files.readAllBytes(Path.of(directory.group(1), definition.pathInModule()));
                    if (!definition.matches(bytes)) {
                        throw new ControlPlaneUnavailable("%s of the Go module %s does not have the %s sum %s"
                                .formatted(definition.name(), module, definition.algorithm(), definition.sum()));
                    }
                    Files.write(target.resolve(definition.name()), bytes);
                }
            }
        }
    }

    private String run(Path directory, Consumer<String> progress, List<String> command) throws IOException {
        Path output = Files.createTempFile(directory, "output", ".txt");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("CGO_ENABLED", "0");
        builder.environment().put("GOWORK", "off");
        // less garbage collection: a tenth less time, a third for large packages; the limit bounds the linker's memory
        builder.environment().put("GOGC", "400");
        builder.environment().put("GOMEMLIMIT", "2GiB");
        // a killed build leaves files there; the directory is removed later
        builder.environment().put("GOTMPDIR", directory.toString());
        // definitions have checksums of their own, other modules are verified by go.sum: no checksum database is needed
        builder.environment().put("GONOSUMDB", "sigs.k8s.io/gateway-api,istio.io/api");
        builder.environment().putAll(environment);
        long begin = System.nanoTime();
        Process process = builder.start();
        Thread ending = new Thread(() -> end(process), "end-go");
        try {
            Runtime.getRuntime().addShutdownHook(ending);
            while (!process.waitFor(30, TimeUnit.SECONDS)) {
                progress.accept("Still building, " + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin) + " s.");
            }
        } catch (InterruptedException e) {
            end(process);
            Thread.currentThread().interrupt();
            throw new PreparationStopped("interrupted while building the control plane", e);
        } finally {
            forget(ending, process);
        }
        String said = Files.readString(output, StandardCharsets.UTF_8);
        if (process.exitValue() != 0) {
            List<String> lines = said.lines().toList();
            throw new ControlPlaneUnavailable(
                    "“%s” failed, and with it the building of a local Kubernetes API server. It needs Go %s or later, and once a Go module proxy within reach (GOPROXY says which). The last words of go: %s"
                            .formatted(
                                    String.join(" ", command),
                                    GO_VERSION,
                                    String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size()))));
        }
        return said;
    }

    /** A command that the end of this process killed did not fail itself, so no message is printed. */
    private static void forget(Thread ending, Process process) {
        try {
            Runtime.getRuntime().removeShutdownHook(ending);
        } catch (IllegalStateException e) {
            end(process);
            throw new PreparationStopped("The preparation was stopped, because this process ends.", e);
        }
    }

    /** Kills the command with its compilers. Their half-written files are never used. */
    private static void end(Process process) {
        List<ProcessHandle> below = process.descendants().toList();
        process.destroyForcibly();
        below.forEach(ProcessHandle::destroyForcibly);
    }
}
