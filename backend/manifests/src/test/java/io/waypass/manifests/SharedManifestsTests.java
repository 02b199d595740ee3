package io.waypass.manifests;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.gateway.Gateway;
import io.waypass.gateway.Placement;
import io.waypass.identity.IdentitySpec;
import io.waypass.resource.ResourceKind;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SharedManifestsTests {

    @ParameterizedTest
    @CsvSource({
        "TEAM_NAMESPACE,golden/shared-team-namespace.yaml",
        "GATEWAY_NAMESPACE,golden/shared-gateway-namespace.yaml"
    })
    void the_whole_rendering_is_the_golden_file(Placement placement, String golden) {
        assertThat(ManifestYaml.of(IdentityManifests.renderShared(Fixtures.app1(placement))))
                .isEqualTo(Fixtures.text(golden));
    }

    @ParameterizedTest
    @EnumSource(Placement.class)
    void every_identity_of_a_destination_renders_the_same_to_the_byte(Placement placement) {
        IdentitySpec one = Fixtures.identity(placement, "team-namespace", "app1", "nginx", "my-nginx.foo.bar", 1);
        IdentitySpec other = Fixtures.identity(placement, "other", "app2", "nginx", "my-nginx.foo.bar", 7);

        assertThat(IdentityManifests.renderShared(other)).isEqualTo(IdentityManifests.renderShared(one));
    }

    @Test
    void a_gateway_that_does_not_deny_by_default_gets_no_policy_that_does() {
        IdentitySpec app1 = Fixtures.app1(Placement.TEAM_NAMESPACE);
        Gateway open = app1.gateway();
        IdentitySpec desired = new IdentitySpec(
                app1.publicId(),
                app1.revision(),
                app1.cluster(),
                new Gateway(
                        open.id(),
                        open.clusterId(),
                        open.name(),
                        open.namespace(),
                        open.serviceAccount(),
                        open.placement(),
                        false),
                app1.destination(),
                app1.app(),
                app1.secretName(),
                app1.certificateRevision(),
                app1.certificate());

        assertThat(IdentityManifests.renderShared(desired))
                .extracting(Manifest::kind)
                .containsExactly("DestinationRule");
    }

    @ParameterizedTest
    @EnumSource(Placement.class)
    void an_object_says_whether_it_is_an_identitys_own_or_shared(Placement placement) {
        IdentitySpec app1 = Fixtures.app1(placement);

        assertThat(IdentityManifests.render(app1))
                .noneMatch(Manifest::shared)
                .allSatisfy(manifest -> assertThat(manifest.owner())
                        .isEqualTo(new ObjectOwner(ResourceKind.IDENTITY, app1.publicId())));
        assertThat(IdentityManifests.renderShared(app1))
                .isNotEmpty()
                .allMatch(Manifest::shared)
                .allSatisfy(manifest -> assertThat(manifest.owner())
                        .isIn(
                                new ObjectOwner(ResourceKind.DESTINATION, "nginx"),
                                new ObjectOwner(ResourceKind.GATEWAY, "istio-egress/egress-waypoint")));
    }

    /** Rules are looked up in the proxy's namespace first, so there a catch-all would hide those of teams' namespaces. */
    @Test
    void a_catch_all_never_comes_before_the_rules_of_apps() {
        assertThat(catchAll(Fixtures.app1(Placement.GATEWAY_NAMESPACE)))
                .containsEntry("namespace", "istio-egress")
                .containsEntry("exportTo", List.of("."));
        assertThat(catchAll(Fixtures.app1(Placement.TEAM_NAMESPACE)))
                .containsEntry("namespace", "istio-system")
                .containsEntry("exportTo", List.of("istio-egress"));
        assertThat(catchAll(in("istio-system", Placement.TEAM_NAMESPACE)))
                .as("a rule that only its own namespace sees is private, and comes first in the root namespace")
                .containsEntry("namespace", "istio-system")
                .containsEntry("exportTo", List.of("*"));
    }

    @Test
    void catch_alls_of_two_gateways_never_share_a_name() {
        assertThat(catchAll(in("istio-egress", Placement.TEAM_NAMESPACE)))
                .isNotEqualTo(catchAll(in("other-egress", Placement.TEAM_NAMESPACE)));
        assertThat(catchAll(in("l".repeat(63), Placement.TEAM_NAMESPACE)).get("name"))
                .asString()
                .hasSizeLessThanOrEqualTo(63)
                .endsWith("-waypass-catch-all");
    }

    /** An app may have any name, and may live in the waypoint's namespace. */
    @ParameterizedTest
    @EnumSource(Placement.class)
    void no_identity_can_have_the_secret_that_a_catch_all_names(Placement placement) {
        String missing = CatchAllRule.MISSING_SECRET;

        for (String app : List.of(missing, "client", "client-mtls-secret-does-not-exist", "a".repeat(63))) {
            assertThat(IdentityManifests.render(
                            Fixtures.identity(placement, "istio-egress", app, "nginx", "my-nginx.foo.bar")))
                    .extracting(Manifest::name)
                    .doesNotContain(missing);
        }
        assertThat(missing).contains("client-mtls-secret").doesNotMatch(".*-client-mtls-secret(-r[0-9]+)?");
    }

    private static Map<String, Object> catchAll(IdentitySpec desired) {
        Manifest rule = IdentityManifests.renderShared(desired).stream()
                .filter(manifest -> manifest.kind().equals("DestinationRule"))
                .findFirst()
                .orElseThrow();
        Map<?, ?> spec = (Map<?, ?>) Fixtures.parsed(rule).get("spec");
        return Map.of("name", rule.name(), "namespace", rule.namespace(), "exportTo", spec.get("exportTo"));
    }

    private static IdentitySpec in(String gatewayNamespace, Placement placement) {
        IdentitySpec app1 = Fixtures.app1(placement);
        return new IdentitySpec(
                app1.publicId(),
                app1.revision(),
                app1.cluster(),
                new Gateway(1, 1, "egress-waypoint", gatewayNamespace, "egress-waypoint", placement),
                app1.destination(),
                app1.app(),
                app1.secretName(),
                app1.certificateRevision(),
                app1.certificate());
    }

    @Test
    void objects_are_removed_the_other_way_round_whatever_order_they_come_in() {
        List<Manifest> objects = IdentityManifests.render(Fixtures.app1(Placement.TEAM_NAMESPACE));

        assertThat(Manifest.inOrderOfRemoval(objects)).isEqualTo(objects.reversed());
        assertThat(Manifest.inOrderOfRemoval(objects.reversed())).isEqualTo(objects.reversed());
    }

    @Test
    void what_a_plan_takes_away_is_in_its_digest() {
        List<Manifest> own = IdentityManifests.render(Fixtures.app1(Placement.TEAM_NAMESPACE));
        List<Manifest> shared = IdentityManifests.renderShared(Fixtures.app1(Placement.TEAM_NAMESPACE));

        assertThat(PlanDigest.of(shared, own)).isNotEqualTo(PlanDigest.of(shared, own.subList(0, 4)));
        assertThat(PlanDigest.of(shared, own)).isNotEqualTo(PlanDigest.of(own, shared));
        assertThat(PlanDigest.of(own, List.of())).isEqualTo(PlanDigest.of(own));
    }
}
