package io.waypass.bootstrap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Builds the executables from Go modules with checksums pinned in {@code controlplane/go.sum}, and extracts the custom
 * resource definitions from modules.
 */
final class GoBuild {

    /** Last part of each message about a missing prerequisite. */
    private static final String REMEDY = "Let this machine reach https://github.com (HTTPS_PROXY names a proxy), or"
            + " install Go " + GoCommand.VERSION + " or later, or name a cluster of your own (for the sandbox:"
            + " -Dsandbox.kubeconfig=<file>).";

    private final GoCommand go;
    private final List<PublishedFile> definitions;

    /**
     * @param go the {@code go} command: a name on the {@code PATH}, or a path
     * @param definitions to extract from modules
     */
    GoBuild(String go, List<PublishedFile> definitions) {
        // definitions have checksums of their own, other modules are verified by go.sum: no checksum database is needed
        this.go = new GoCommand(List.of(go), Map.of("GONOSUMDB", "sigs.k8s.io/gateway-api,istio.io/api"));
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
        if (!go.isAvailable(work)) {
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
        String version = ControlPlaneBinaries.KUBERNETES_VERSION;
        String[] numbers = version.split("\\.");
        String variables = "k8s.io/component-base/version.";
        try {
            // One build of all three: while one of them is linked, which takes one core, the others are compiled.
            go.build(
                    GoCommand.module(PinnedSet.CONTROL_PLANE, work.resolve("module")),
                    target,
                    List.of(
                            "-ldflags",
                            "-s -w -X %1$sgitVersion=v%2$s -X %1$sgitMajor=%3$s -X %1$sgitMinor=%4$s"
                                    .formatted(variables, version, numbers[0], numbers[1])),
                    List.of(
                            "k8s.io/kubernetes/cmd/kube-apiserver",
                            "go.etcd.io/etcd/server/v3",
                            "k8s.io/kubernetes/cmd/kubectl"),
                    progress);
        } catch (CommandFailed e) {
            throw unavailable(e);
        }
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
            Path directory = download(work, module);
            for (PublishedFile definition : definitions) {
                if (definition.module().equals(module)) {
                    byte[] bytes = Files.readAllBytes(directory.resolve(definition.pathInModule()));
                    if (!definition.matches(bytes)) {
                        throw new ControlPlaneUnavailable("%s of the Go module %s does not have the %s sum %s"
                                .formatted(definition.name(), module, definition.algorithm(), definition.sum()));
                    }
                    Files.write(target.resolve(definition.name()), bytes);
                }
            }
        }
    }

    private Path download(Path work, String module) throws IOException {
        try {
            return go.download(work, module);
        } catch (CommandFailed e) {
            throw unavailable(e);
        }
    }

    private static ControlPlaneUnavailable unavailable(CommandFailed e) {
        return new ControlPlaneUnavailable(
                "%s, and with it the building of a local Kubernetes API server. It needs Go %s or later, and once a Go module proxy within reach (GOPROXY says which). The last words of go: %s"
                        .formatted(e.getMessage(), GoCommand.VERSION, e.lastWords()),
                e);
    }
}
