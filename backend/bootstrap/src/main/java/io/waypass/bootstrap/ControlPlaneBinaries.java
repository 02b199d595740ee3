package io.waypass.bootstrap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * {@code etcd}, {@code kube-apiserver}, {@code kubectl} and the custom resource definitions of the Gateway API and
 * Istio: downloaded where they are published, otherwise built from Go modules, and verified by checksums either way.
 * They are cached in {@code ~/.cache/waypass}, or in the directory that the system property {@code waypass.cache} or
 * the environment variable {@code WAYPASS_CACHE} names.
 *
 * @param etcd the executable
 * @param apiServer the executable
 * @param kubectl the executable
 * @param definitions YAML files of custom resource definitions
 */
public record ControlPlaneBinaries(Path etcd, Path apiServer, Path kubectl, List<Path> definitions) {

    /** The Kubernetes version that is downloaded or built: one for which test binaries are published. */
    public static final String KUBERNETES_VERSION = "1.36.2";

    /** The executables' names, in published archives and in the cache. */
    static final List<String> EXECUTABLES = List.of("etcd", "kube-apiserver", "kubectl");

    public ControlPlaneBinaries {
        definitions = List.copyOf(definitions);
    }

    /**
     * Finds the binaries in the cache, or fills the cache. The first time takes a minute where they can be downloaded,
     * or about five on two cores where they are built. If another process does the same, this waits for it.
     *
     * @param progress receives sentences about the progress
     * @throws ControlPlaneUnavailable if they are not in the cache, and can be neither downloaded nor built
     */
    public static ControlPlaneBinaries locate(Consumer<String> progress) {
        return ControlPlaneCache.ofThisUser().locate(progress);
    }

    static ControlPlaneBinaries in(Path executables, Path definitions) throws IOException {
        try (Stream<Path> files = Files.list(definitions)) {
            return new ControlPlaneBinaries(
                    executables.resolve("etcd"),
                    executables.resolve("kube-apiserver"),
                    executables.resolve("kubectl"),
                    files.sorted().toList());
        }
    }
}
