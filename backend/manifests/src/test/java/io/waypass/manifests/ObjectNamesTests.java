package io.waypass.manifests;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.gateway.Placement;
import io.waypass.identity.IdentitySpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ObjectNamesTests {

    private static final String LONG = "a".repeat(63);
    private static final String LONG_HOST = ("b".repeat(60) + ".").repeat(4) + "example";

    @ParameterizedTest
    @EnumSource(Placement.class)
    void the_longest_inputs_still_give_names_that_kubernetes_takes(Placement placement) {
        IdentitySpec longest = Fixtures.identity(placement, LONG, LONG, LONG, LONG_HOST);

        assertThat(IdentityManifests.render(longest))
                .allSatisfy(manifest -> assertThat(manifest.name())
                        .hasSizeLessThanOrEqualTo(63)
                        .matches("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*"));
        assertThat(new ObjectNames(longest).syntheticHost())
                .hasSizeLessThanOrEqualTo(253)
                .endsWith(".invalid");
    }

    @Test
    void a_name_of_exactly_63_characters_is_kept_and_one_more_is_cut() {
        String ending = "-n-mesh-external-se";
        String fits = "a".repeat(63 - ending.length());

        assertThat(teamNames(fits, "n").serviceEntry()).isEqualTo(fits + ending).hasSize(63);
        assertThat(teamNames(fits + "a", "n").serviceEntry()).hasSize(63).matches("a+-[0-9a-f]{16}-mesh-external-se");
    }

    @Test
    void a_host_of_exactly_253_characters_is_kept_and_one_more_is_hashed() {
        int room = 253 - "app1.team-namespace.".length() - ".invalid".length();
        String fits = hostOf(room);

        assertThat(hostNames(fits).syntheticHost())
                .isEqualTo("app1.team-namespace." + fits + ".invalid")
                .hasSize(253);
        assertThat(hostNames(hostOf(room + 1)).syntheticHost())
                .matches("app1\\.team-namespace\\.[0-9a-f]{32}\\.invalid");
    }

    @Test
    void two_long_hosts_of_one_app_stay_apart() {
        assertThat(hostNames("x" + hostOf(250)).syntheticHost())
                .isNotEqualTo(hostNames("y" + hostOf(250)).syntheticHost());
    }

    @Test
    void an_app_in_the_gateways_own_namespace_exports_there_once() {
        IdentitySpec inside =
                Fixtures.identity(Placement.TEAM_NAMESPACE, "istio-egress", "app1", "nginx", "my-nginx.foo.bar");

        assertThat(new ObjectNames(inside).exportTo()).containsExactly(".");
    }

    @Test
    void a_slug_with_a_dash_is_set_apart_by_a_dot() {
        assertThat(teamNames("app1", "my-bank").serviceEntry()).isEqualTo("app1.my-bank-mesh-external-se");
    }

    @ParameterizedTest
    @EnumSource(Placement.class)
    void no_two_identities_share_an_object_or_a_host(Placement placement) {
        // Every way to cut the same few letters with dashes, which is where joined names could meet.
        List<String> labels = List.of("a", "b", "a-b", "b-a", "a-b-a", "a--b", LONG, LONG.substring(1));
        Map<String, String> owners = new HashMap<>();
        for (String namespace : labels) {
            for (String app : labels) {
                for (String slug : labels) {
                    IdentitySpec identity =
                            Fixtures.identity(placement, namespace, app, slug, slug.replace("-", "d") + ".example");
                    ObjectNames names = new ObjectNames(identity);
                    String owner = namespace + "/" + app + "/" + slug;
                    claim(owners, owner, "ServiceEntry " + names.namespace() + "/" + names.serviceEntry());
                    claim(owners, owner, "DestinationRule " + names.namespace() + "/" + names.destinationRule());
                    claim(owners, owner, "HTTPRoute " + names.namespace() + "/" + names.httpRoute());
                    claim(owners, owner, "AuthorizationPolicy " + names.authorizationPolicy());
                    // One Secret per app here: the fixture gives every identity the name of an app's first.
                    claim(owners, namespace + "/" + app, "Secret " + names.namespace() + "/" + names.secret());
                }
            }
        }
    }

    @Test
    void the_first_certificate_has_the_guides_name_and_a_later_one_ends_in_its_revision() {
        assertThat(secretName(Placement.TEAM_NAMESPACE, "app1", 1)).isEqualTo("app1-client-mtls-secret");
        assertThat(secretName(Placement.TEAM_NAMESPACE, "app1", 3)).isEqualTo("app1-client-mtls-secret-r3");
        assertThat(secretName(Placement.GATEWAY_NAMESPACE, "app1", 3))
                .isEqualTo("team-namespace.app1-client-mtls-secret-r3");
    }

    @Test
    void a_revision_without_a_certificate_of_its_own_keeps_the_secret() {
        IdentitySpec refreshed = Fixtures.identity(
                Placement.TEAM_NAMESPACE, "team-namespace", "app1", "nginx", "my-nginx.foo.bar", 5, 3);

        assertThat(new ObjectNames(refreshed).secret()).isEqualTo("app1-client-mtls-secret-r3");
    }

    /** Admission policies recognise Secrets of Waypass by it. */
    @ParameterizedTest
    @EnumSource(Placement.class)
    void every_secret_says_what_it_is_however_long_its_name(Placement placement) {
        for (String app : List.of("a", "a".repeat(44), "a".repeat(45), LONG)) {
            for (int revision : List.of(1, 2, 1_234_567)) {
                assertThat(secretName(placement, app, revision))
                        .hasSizeLessThanOrEqualTo(63)
                        .matches(".+-client-mtls-secret" + (revision == 1 ? "" : "-r" + revision));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Placement.class)
    void the_rule_names_the_secret_of_its_certificate(Placement placement) {
        IdentitySpec rotated =
                Fixtures.identity(placement, "team-namespace", "app1", "nginx", "my-nginx.foo.bar", 2, 2);

        assertThat(IdentityManifests.render(rotated).get(1).json())
                .contains("\"credentialName\":\"" + IdentityManifests.credentialName(rotated) + "\"");
        assertThat(IdentityManifests.credentialName(rotated)).endsWith("app1-client-mtls-secret-r2");
    }

    private static String secretName(Placement placement, String app, int revision) {
        return new ObjectNames(Fixtures.identity(
                        placement, "team-namespace", app, "nginx", "my-nginx.foo.bar", revision, revision))
                .secret();
    }

    @Test
    void no_slug_can_pass_for_a_name_that_was_cut() {
        String cut = teamNames(LONG, "nginx").serviceEntry();
        String stem = cut.substring(0, cut.length() - "-mesh-external-se".length());
        int dash = stem.lastIndexOf('-');

        ObjectNames pretender = teamNames(stem.substring(0, dash), stem.substring(dash + 1));

        assertThat(pretender.serviceEntry()).isNotEqualTo(cut);
    }

    @ParameterizedTest
    @EnumSource(Placement.class)
    void the_same_input_gives_the_same_bytes(Placement placement) {
        Random random = new Random(20261123);
        for (int i = 0; i < 200; i++) {
            String namespace = label(random);
            String app = label(random);
            String slug = label(random);
            String host = label(random) + ".example";

            assertThat(IdentityManifests.render(Fixtures.identity(placement, namespace, app, slug, host)))
                    .isEqualTo(IdentityManifests.render(Fixtures.identity(placement, namespace, app, slug, host)))
                    .allSatisfy(manifest -> assertThat(manifest.name()).hasSizeBetween(1, 63));
        }
    }

    private static void claim(Map<String, String> owners, String owner, String object) {
        assertThat(owners.merge(object, owner, (first, second) -> first))
                .as(object)
                .isEqualTo(owner);
    }

    private static ObjectNames teamNames(String app, String slug) {
        return new ObjectNames(
                Fixtures.identity(Placement.TEAM_NAMESPACE, "team-namespace", app, slug, "my-nginx.foo.bar"));
    }

    private static ObjectNames hostNames(String host) {
        return new ObjectNames(Fixtures.identity(Placement.TEAM_NAMESPACE, "team-namespace", "app1", "nginx", host));
    }

    private static String hostOf(int length) {
        List<String> labels = new ArrayList<>();
        int left = length;
        while (left > 62) {
            labels.add("h".repeat(60));
            left -= 61;
        }
        labels.add("e".repeat(left));
        return String.join(".", labels);
    }

    private static String label(Random random) {
        char[] letters = new char[1 + random.nextInt(63)];
        for (int i = 0; i < letters.length; i++) {
            boolean edge = i == 0 || i == letters.length - 1;
            letters[i] = "abc0129-".charAt(random.nextInt(edge ? 7 : 8));
        }
        return new String(letters);
    }
}
