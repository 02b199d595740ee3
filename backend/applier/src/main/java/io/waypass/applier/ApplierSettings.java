package io.waypass.applier;

import io.waypass.applier.cluster.ObjectKey;
import io.waypass.manifests.ObjectKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the applier is set up.
 *
 * @param cluster name of its cluster, as registered
 * @param sealingKeysetFile the private keyset
 * @param kubeconfig how to reach the API server; without it KUBECONFIG, or the pod's own service account
 * @param threads how many tasks at once
 * @param istioNamespace namespace of istiod, the mesh's root namespace: to see what istiod is, permits, and that it is at work; blank to
 *     leave it out
 * @param callTimeout bound on each call to the API server
 * @param callsPerSecond the most calls to the API server a second, watches aside; fewer while it answers 429
 * @param rotationGrace how long the Secret of the certificate before stays after a rotation was applied; zero: not at all
 * @param heartbeatEvery how often this applier says that it still works on what it holds; after four that stay out, another takes over
 * @param sealingKeysetReplace whether this start publishes its keyset although the published one's key is not in its file
 * @param keysetCheckEvery interval between checks of the published keyset
 * @param resealEvery interval between searches for keys that are sealed for an older key of the keyset
 * @param guardRails what tells the cluster's admission policies of the catalogue
 */
@ConfigurationProperties("waypass")
public record ApplierSettings(
        String cluster,
        Path sealingKeysetFile,
        @Nullable Path kubeconfig,
        @DefaultValue("istio-system") String istioNamespace,
        @DefaultValue("10") int threads,
        @DefaultValue("5s") Duration callTimeout,
        @DefaultValue("1000") int callsPerSecond,
        @DefaultValue("60s") Duration rotationGrace,
        @DefaultValue("2s") Duration heartbeatEvery,
        @DefaultValue("false") boolean sealingKeysetReplace,
        @DefaultValue("5s") Duration keysetCheckEvery,
        @DefaultValue("5m") Duration resealEvery,
        @DefaultValue GuardRails guardRails) {

    /**
     * The ConfigMap by which the cluster's admission policies know the catalogue.
     *
     * @param namespace where it is
     * @param name without it, or without a namespace, there are no such policies, and nothing is written
     * @param checkEvery interval between checks that it is as the catalogue says
     */
    public record GuardRails(
            @Nullable String namespace,
            @Nullable String name,
            @DefaultValue("1m") Duration checkEvery) {

        Optional<ObjectKey> configMap() {
            return namespace == null || namespace.isBlank() || name == null || name.isBlank()
                    ? Optional.empty()
                    : Optional.of(ObjectKey.of(ObjectKind.CONFIG_MAP, namespace, name));
        }
    }

    /** Checks what has no default. */
    public ApplierSettings {
        if (cluster == null || cluster.isBlank()) {
            throw new IllegalArgumentException("WAYPASS_CLUSTER is not set: name the cluster as it is registered");
        }
        if (sealingKeysetFile == null || sealingKeysetFile.toString().isBlank()) {
            throw new IllegalArgumentException(
                    "WAYPASS_SEALING_KEYSET_FILE is not set: name the file that create-sealing-keyset made");
        }
        if (rotationGrace.isNegative()) {
            throw new IllegalArgumentException("WAYPASS_ROTATION_GRACE is negative: give a duration such as 60s");
        }
    }
}
