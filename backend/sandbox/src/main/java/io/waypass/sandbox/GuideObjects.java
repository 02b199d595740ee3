package io.waypass.sandbox;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.waypass.cluster.Flavour;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Applies the guide's example to a cluster, except for the objects that a team requests. */
final class GuideObjects {

    private static final String FIELD_MANAGER = "waypass-sandbox";

    private static final List<String> DEFINITIONS = List.of(
            "gateways.gateway.networking.k8s.io",
            "httproutes.gateway.networking.k8s.io",
            "serviceentries.networking.istio.io",
            "destinationrules.networking.istio.io",
            "envoyfilters.networking.istio.io",
            "authorizationpolicies.security.istio.io");

    private final KubernetesClient client;
    private final Flavour flavour;

    /** @param flavour for which the gateway is written */
    GuideObjects(KubernetesClient client, Flavour flavour) {
        this.client = client;
        this.flavour = flavour;
    }

    /**
     * Checks that the user's own cluster has the custom resource definitions.
     *
     * @throws SandboxFailed if it does not, or does not answer
     */
    void requireDefinitions() {
        Set<String> known;
        try {
            known = client.apiextensions().v1().customResourceDefinitions().list().getItems().stream()
                    .map(definition -> definition.getMetadata().getName())
                    .collect(Collectors.toSet());
        } catch (KubernetesClientException e) {
            throw new SandboxFailed(
                    "The cluster of -Dsandbox.kubeconfig cannot be used: " + e.getMessage()
                            + " Check with: kubectl get customresourcedefinitions",
                    e);
        }
        List<String> missing =
                DEFINITIONS.stream().filter(name -> !known.contains(name)).toList();
        if (!missing.isEmpty()) {
            throw new SandboxFailed("The cluster lacks these custom resource definitions: "
                    + String.join(", ", missing)
                    + ". Install the Gateway API and Istio with ambient mode there, or leave out -Dsandbox.kubeconfig"
                    + " for a local control plane.");
        }
    }

    /**
     * Applies a bundled file; two values of the gateway depend on the flavour (docs/operator-guide.md).
     *
     * @param name of the classpath resource
     * @param force whether to take over fields of other managers; only on the sandbox's own control plane
     */
    void apply(String name, boolean force) {
        try (InputStream stream = GuideObjects.class.getResourceAsStream("/sandbox/" + name)) {
            String yaml = new String(stream.readAllBytes(), StandardCharsets.UTF_8)
                    .replace("${allowed-routes}", flavour == Flavour.SOLO ? "All" : "Same")
                    .replace("${context}", flavour == Flavour.SOLO ? "GATEWAY" : "SIDECAR_INBOUND");
            for (HasMetadata object : client.load(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)))
                    .items()) {
                apply(object, force);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void apply(HasMetadata object, boolean force) {
        try {
            client.resource(object)
                    .patch(new PatchContext.Builder()
                            .withPatchType(PatchType.SERVER_SIDE_APPLY)
                            .withFieldManager(FIELD_MANAGER)
                            .withForce(force)
                            .build());
        } catch (KubernetesClientException e) {
            throw new SandboxFailed(
                    "The cluster refused " + object.getKind() + " "
                            + object.getMetadata().getName() + ": " + e.getMessage(),
                    e);
        }
    }
}
