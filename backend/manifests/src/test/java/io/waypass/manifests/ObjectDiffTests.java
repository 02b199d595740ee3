package io.waypass.manifests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.waypass.gateway.Placement;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ObjectDiffTests {

    private final List<Manifest> plan = IdentityManifests.render(Fixtures.app1(Placement.TEAM_NAMESPACE));
    private final String secret = plan.get(0).json();
    private final String rule = plan.get(1).json();
    private final String route = plan.get(3).json();

    @Test
    void an_object_that_is_not_there_yet_is_shown_whole() {
        String diff = ObjectDiff.between(Optional.empty(), rule);

        assertThat(diff)
                .startsWith(
                        "--- /dev/null\n+++ DestinationRule/team-namespace/app1-nginx-mesh-external-dr\n@@ -0,0 +1,")
                .contains("\n+apiVersion: networking.istio.io/v1\n");
        assertThat(body(diff)).allMatch(line -> line.startsWith("+")).hasSameSizeAs(yaml(plan.get(1)));
    }

    @Test
    void an_object_that_goes_is_shown_whole() {
        String diff = ObjectDiff.removal(rule);

        assertThat(diff).contains("\n+++ /dev/null\n");
        assertThat(body(diff)).allMatch(line -> line.startsWith("-")).hasSameSizeAs(yaml(plan.get(1)));
    }

    @Test
    void an_object_that_is_as_it_shall_be_has_no_diff() {
        assertThat(ObjectDiff.between(Optional.of(rule), rule)).isEmpty();
    }

    @Test
    void what_the_api_server_and_others_add_is_no_difference() {
        String live = route.replace(
                        "\"metadata\":{",
                        "\"metadata\":{\"uid\":\"u-1\",\"resourceVersion\":\"7\",\"generation\":1,"
                                + "\"creationTimestamp\":\"2026-11-23T09:00:00Z\",\"managedFields\":[{\"manager\":\"waypass\"}],")
                .replace("\"labels\":{", "\"labels\":{\"team\":\"payments\",")
                .replace("\"annotations\":{", "\"annotations\":{\"waypass.io/digest\":\"sha256:1\",")
                .replace("\"port\":443", "\"port\":443,\"weight\":1")
                .replace("\"matches\":[{", "\"matches\":[{\"path\":{\"type\":\"PathPrefix\",\"value\":\"/\"},")
                .replaceFirst("}$", ",\"status\":{\"parents\":[]}}");

        assertThat(live).isNotEqualTo(route).contains("weight", "PathPrefix", "status");
        assertThat(ObjectDiff.between(Optional.of(live), route)).isEmpty();
    }

    @Test
    void a_changed_a_missing_and_a_surplus_value_of_ours_are_shown() {
        String live = rule.replace("\"sni\":\"my-nginx.foo.bar\",", "")
                .replace("\"mode\":\"MUTUAL\"", "\"mode\":\"SIMPLE\"")
                .replace("\"my-nginx.foo.bar\"]", "\"my-nginx.foo.bar\",\"evil.example\"]");

        assertThat(body(ObjectDiff.between(Optional.of(live), rule)))
                .filteredOn(line -> !line.startsWith(" "))
                .containsExactlyInAnyOrder(
                        "-      mode: SIMPLE",
                        "+      mode: MUTUAL",
                        "+      sni: my-nginx.foo.bar",
                        "-      - evil.example");
    }

    @Test
    void another_certificate_is_shown_by_its_fingerprint() {
        String before = "sha256:" + "0".repeat(64);
        String live = secret.replace(Fixtures.CERTIFICATE.chain(), before);

        assertThat(body(ObjectDiff.between(Optional.of(live), secret)))
                .filteredOn(line -> !line.startsWith(" "))
                .containsExactly("-  tls.crt: " + before, "+  tls.crt: " + Fixtures.CERTIFICATE.chain());
    }

    @Test
    void a_live_secret_handed_in_as_it_is_shows_none_of_its_values() {
        String live = secret.replace(Fixtures.CERTIFICATE.publicKey(), "LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0t");

        assertThat(ObjectDiff.between(Optional.of(live), secret))
                .doesNotContain("LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0t")
                .contains("-  tls.key: withheld");
        assertThat(ObjectDiff.removal(live)).doesNotContain("LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0t");
    }

    @Test
    void what_cannot_be_parsed_is_refused_without_being_quoted() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ObjectDiff.between(Optional.of("{\"data\":{\"tls.key\":hush}}"), secret))
                .withMessageNotContaining("hush")
                .withNoCause();
    }

    private static List<String> body(String diff) {
        return diff.lines().skip(2).filter(line -> !line.startsWith("@@")).toList();
    }

    private static List<String> yaml(Manifest manifest) {
        return ManifestYaml.of(manifest).lines().toList();
    }
}
