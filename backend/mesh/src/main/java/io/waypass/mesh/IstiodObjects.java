package io.waypass.mesh;

import com.marcnuri.helm.Helm;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.waypass.bootstrap.MeshBinaries;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What Istio's Helm charts would install for istiod in the ambient profile: its rights, its ConfigMaps, its Deployment,
 * which nobody runs, and its validating webhook, which gets a loopback address.
 */
final class IstiodObjects {

    /** Needs nodes, or would put a webhook in front of Pods, of which there are none. */
    private static final Set<String> LEFT_OUT =
            Set.of("HorizontalPodAutoscaler", "PodDisruptionBudget", "MutatingWebhookConfiguration", "NetworkPolicy");

    private final List<HasMetadata> objects;

    private IstiodObjects(List<HasMetadata> objects) {
        this.objects = objects;
    }

    /**
     * Renders the charts.
     *
     * @param charts directory with {@code istio-discovery}
     * @param namespace Istio's root namespace
     * @param webhookPort of istiod's validation on the loopback interface
     */
    static IstiodObjects render(Path charts, String namespace, int webhookPort) {
        String yaml = new Helm(charts.resolve("istio-discovery"))
                .template()
                .withName("istiod")
                .withNamespace(namespace)
                .set("profile", "ambient")
                .set("global.tag", MeshBinaries.ISTIO_VERSION)
                .set("global.istioNamespace", namespace)
                .set("base.validationURL", "https://localhost:" + webhookPort + "/validate")
                .call();
        List<HasMetadata> objects = new ArrayList<>();
        KubernetesSerialization serialization = new KubernetesSerialization();
        for (String document : yaml.split("(?m)^---\\s*$")) {
            if (document.lines().anyMatch(line -> !line.isBlank() && !line.startsWith("#"))) {
                Object read = serialization.unmarshal(document);
                if (read instanceof HasMetadata object && !LEFT_OUT.contains(object.getKind())) {
                    objects.add(object);
                }
            }
        }
        objects.forEach(object -> {
            if (object instanceof ValidatingWebhookConfiguration webhook) {
                // the chart's webhook is for objects of one revision only; a default one for all others is in another
                // chart
                webhook.getWebhooks().forEach(each -> each.setObjectSelector(null));
            }
        });
        return new IstiodObjects(List.copyOf(objects));
    }

    List<HasMetadata> all() {
        return objects;
    }

    Deployment deployment() {
        return objects.stream()
                .filter(Deployment.class::isInstance)
                .map(Deployment.class::cast)
                .findFirst()
                .orElseThrow();
    }

    /** {@return the mesh's configuration as YAML} */
    String meshConfiguration() {
        return objects.stream()
                .filter(ConfigMap.class::isInstance)
                .map(ConfigMap.class::cast)
                .filter(map -> map.getMetadata().getName().equals("istio"))
                .findFirst()
                .orElseThrow()
                .getData()
                .get("mesh");
    }
}
