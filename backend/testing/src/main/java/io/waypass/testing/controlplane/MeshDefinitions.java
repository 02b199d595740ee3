package io.waypass.testing.controlplane;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Installs the custom resource definitions of the Gateway API and Istio. */
final class MeshDefinitions {

    private static final Duration TIMEOUT = Duration.ofMinutes(5);

    private MeshDefinitions() {}

    /** Returns when the API server serves all of them. */
    static void install(KubernetesClient client, List<Path> files) {
        try {
            List<HasMetadata> objects = new ArrayList<>();
            for (Path file : files) {
                try (InputStream stream = Files.newInputStream(file)) {
                    objects.addAll(client.load(stream).items());
                }
            }
            objects.parallelStream().forEach(object -> install(client, object));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void install(KubernetesClient client, HasMetadata object) {
        HasMetadata applied = client.resource(object)
                .patch(new PatchContext.Builder()
                        .withPatchType(PatchType.SERVER_SIDE_APPLY)
                        .withFieldManager("waypass-sandbox")
                        .withForce(true)
                        .build());
        if (applied instanceof CustomResourceDefinition definition && !established(definition)) {
            client.resource(definition)
                    .waitUntilCondition(MeshDefinitions::established, TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        }
    }

    private static boolean established(@Nullable CustomResourceDefinition definition) {
        return definition != null
                && definition.getStatus() != null
                && definition.getStatus().getConditions() != null
                && definition.getStatus().getConditions().stream()
                        .anyMatch(condition -> condition.getType().equals("Established")
                                && condition.getStatus().equals("True"));
    }
}
