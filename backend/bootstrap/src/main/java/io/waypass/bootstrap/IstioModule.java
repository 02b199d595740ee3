package io.waypass.bootstrap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** istiod and its Helm charts, from the version of Istio's Go module that {@code mesh/go.mod} pins. */
final class IstioModule {

    private static final String MODULE = "istio.io/istio";

    private static final List<String> CHARTS =
            List.of("manifests/charts/base", "manifests/charts/istio-control/istio-discovery");

    private final GoCommand go;

    IstioModule(GoCommand go) {
        this.go = go;
    }

    /** {@return whether there is a {@code go} command} */
    boolean isBuildable(Path work) {
        return go.isAvailable(work);
    }

    /**
     * Builds {@code pilot-discovery}.
     *
     * @param work a directory for temporary files
     * @param target an empty directory
     * @param progress receives a sentence every 30 seconds
     * @throws IOException if files cannot be written, or {@code go} cannot be run
     * @throws MeshBinariesUnavailable if the build fails
     */
    void pilotDiscovery(Path work, Path target, Consumer<String> progress) throws IOException {
        try {
            go.build(
                    module(work),
                    target,
                    List.of(
                            // as Istio's own builds, STANDARD_TAGS of its Makefile.core.mk; fewer files to compile
                            "-tags=vtprotobuf,disable_pgv",
                            "-ldflags",
                            "-s -w -X istio.io/istio/pkg/version.buildVersion=" + MeshBinaries.ISTIO_VERSION),
                    List.of(MODULE + "/pilot/cmd/pilot-discovery"),
                    progress);
        } catch (CommandFailed e) {
            throw unavailable(e);
        }
    }

    /**
     * Copies the charts, each to a directory of its name.
     *
     * @param work a directory for temporary files
     * @param target an empty directory
     * @throws IOException if files cannot be copied, or {@code go} cannot be run
     * @throws MeshBinariesUnavailable if the module cannot be downloaded, or has another checksum than in go.sum
     */
    void charts(Path work, Path target) throws IOException {
        Path module;
        try {
            module = go.download(module(work), MODULE);
        } catch (CommandFailed e) {
            throw unavailable(e);
        }
        for (String chart : CHARTS) {
            Path from = module.resolve(chart);
            copy(from, target.resolve(from.getFileName()));
        }
    }

    private static Path module(Path work) throws IOException {
        return GoCommand.module(PinnedSet.MESH, work.resolve("module"));
    }

    /** Only names and bytes: files in Go's cache are read-only. */
    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> tree = Files.walk(from)) {
            for (Path each : tree.toList()) {
                Path copy = to.resolve(from.relativize(each).toString());
                if (Files.isDirectory(each)) {
                    Files.createDirectory(copy);
                } else {
                    Files.write(copy, Files.readAllBytes(each));
                }
            }
        }
    }

    private static MeshBinariesUnavailable unavailable(CommandFailed e) {
        return new MeshBinariesUnavailable(
                "%s, so there is no istiod for tests. It needs Go %s or later, and once a Go module proxy within reach (GOPROXY says which). The last words of go: %s"
                        .formatted(e.getMessage(), GoCommand.VERSION, e.lastWords()),
                e);
    }
}
