package io.waypass.applier.guardrail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import io.waypass.applier.SampleIdentity;
import io.waypass.applier.cluster.ApiServerAway;
import io.waypass.applier.cluster.ApiServerRefused;
import io.waypass.applier.cluster.FakeClusterObjects;
import io.waypass.applier.cluster.LiveObject;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.destination.Destination;
import io.waypass.destination.Destinations;
import io.waypass.gateway.Gateway;
import io.waypass.gateway.Placement;
import io.waypass.manifests.ObjectKind;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

class CataloguePublisherTests {

    private static final ObjectKey CONFIG_MAP =
            ObjectKey.of(ObjectKind.CONFIG_MAP, "waypass-system", "waypass-guard-rails");

    private final FakeClusterObjects cluster = new FakeClusterObjects(SampleIdentity.NOW);
    private final List<Destinations.Entry> catalogue =
            new ArrayList<>(List.of(entry("nginx", "my-nginx.foo.bar", "egress")));
    private final CataloguePublisher publisher =
            new CataloguePublisher(cluster, () -> catalogue, Optional.of(CONFIG_MAP));

    @Test
    void everythingThatAPolicyLooksUpIsAKey() {
        catalogue.add(entry("api", "api.partner.example", "egress-two"));
        catalogue.add(entry("nginx-again", "my-nginx.foo.bar", "egress-two"));

        assertThat(CatalogueEntries.of(catalogue))
                .containsOnlyKeys(
                        "my-nginx.foo.bar",
                        ".foo.bar",
                        ".bar",
                        "api.partner.example",
                        ".partner.example",
                        ".example",
                        "_gateway.egress.egress-waypoint",
                        "_gateway.egress-two.egress-waypoint",
                        "_gateway-namespace.egress",
                        "_gateway-namespace.egress-two")
                .containsEntry("my-nginx.foo.bar", "nginx,nginx-again");
    }

    @Test
    void theConfigMapIsTheOneThatThePoliciesAreTestedWith() throws IOException {
        catalogue.clear();
        catalogue.add(entry("nginx", "my-nginx.foo.bar", "istio-egress"));
        publisher.publish();

        LiveObject live = cluster.get(CONFIG_MAP).orElseThrow();

        try (InputStream file = getClass().getResourceAsStream("/guard-rails/catalogue.yaml")) {
            Map<String, Object> golden = new Yaml().load(file);
            assertThat(live.at("/data")).isEqualTo(new ObjectMapper().valueToTree(golden.get("data")));
            assertThat(live.labelled()).isTrue();
        }
    }

    /** Kubernetes' rule for keys of a ConfigMap. */
    @Test
    void theLongestHostIsAKeyThatAConfigMapTakes() {
        String host = ("a".repeat(61) + ".").repeat(4) + "exam1";
        catalogue.add(entry("long", host, "n".repeat(63)));

        assertThat(CatalogueEntries.of(catalogue).keySet())
                .contains(host)
                .allMatch(key -> key.matches("[-._a-zA-Z0-9]{1,253}") && !key.startsWith(".."));
        assertThat(host).hasSize(253);
    }

    @Test
    void itIsWrittenOnceAndAgainWhenTheCatalogueOrTheObjectChanges() {
        publisher.publish();
        publisher.publish();
        assertThat(cluster.calls()).containsExactly("force " + CONFIG_MAP);

        catalogue.clear();
        publisher.publish();
        assertThat(cluster.get(CONFIG_MAP).orElseThrow().at("/data")).isEmpty();

        catalogue.add(entry("nginx", "my-nginx.foo.bar", "egress"));
        publisher.publish();
        cluster.report(CONFIG_MAP, object -> object.withObjectProperty("data").remove("my-nginx.foo.bar"));
        publisher.publish();
        assertThat(cluster.get(CONFIG_MAP).orElseThrow().at("/data").has("my-nginx.foo.bar"))
                .isTrue();

        cluster.delete(CONFIG_MAP);
        publisher.publish();
        assertThat(cluster.has(CONFIG_MAP)).isTrue();
    }

    @Test
    void whatAnotherApplierWroteMeanwhileIsReadBeforeTheCatalogueIs() {
        catalogue.add(entry("api", "api.partner.example", "egress"));
        Destinations.Entry removed = catalogue.getLast();
        // the catalogue changes and another applier writes the change, between this one's read and its write
        cluster.beforeWrite(() -> {
            cluster.beforeWrite(() -> {});
            catalogue.remove(removed);
            cluster.put("waypass", """
                    {"apiVersion": "v1", "kind": "ConfigMap",
                        "metadata": {"namespace": "waypass-system", "name": "waypass-guard-rails"}, "data": {"new": ""}}
                    """);
        });

        publisher.publish();

        assertThat(cluster.get(CONFIG_MAP).orElseThrow().at("/data").has("api.partner.example"))
                .isFalse();
        assertThat(cluster.get(CONFIG_MAP).orElseThrow().at("/data").has("my-nginx.foo.bar"))
                .isTrue();
    }

    @Test
    void itGivesUpWhereOthersWriteWithoutEnd() {
        publisher.publish();
        catalogue.clear();
        cluster.beforeWrite(() -> cluster.report(CONFIG_MAP, object -> object.set("immutable", new TextNode("no"))));

        assertThatThrownBy(publisher::publish).isInstanceOf(ApiServerAway.class);
    }

    @Test
    void aRefusalIsTold() {
        cluster.refuseWriting(CONFIG_MAP, "may not");

        assertThatThrownBy(publisher::publish)
                .isInstanceOf(ApiServerRefused.class)
                .hasMessage("may not");
    }

    @Test
    void withoutPoliciesNothingIsReadOrWritten() {
        cluster.refuseReading(CONFIG_MAP, "may not");

        new CataloguePublisher(cluster, () -> catalogue, Optional.empty()).publish();

        assertThat(cluster.calls()).isEmpty();
    }

    private static Destinations.Entry entry(String slug, String host, String namespace) {
        Gateway gateway = new Gateway(1, 1, "egress-waypoint", namespace, "egress-waypoint", Placement.TEAM_NAMESPACE);
        return new Destinations.Entry(
                new Destination(1, slug, slug, host, 443, 80, slug + "-se", Optional.empty(), 1), gateway, "sandbox");
    }
}
