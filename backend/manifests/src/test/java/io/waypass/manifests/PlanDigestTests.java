package io.waypass.manifests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.waypass.gateway.Placement;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlanDigestTests {

    private final List<Manifest> plan = IdentityManifests.render(Fixtures.app1(Placement.TEAM_NAMESPACE));

    @Test
    void the_guides_example_keeps_the_digest_it_had() {
        assertThat(PlanDigest.of(plan))
                .isEqualTo("sha256:c2aca239d26b9bbf8f8f1f47aee6410aff5520cbf71d4695ec00654a528aa3a5");
    }

    @Test
    void layout_of_the_json_does_not_matter() {
        List<Manifest> readBack = plan.stream()
                .map(manifest -> Manifest.of(manifest.json().replace(",\"", " ,\n \"")))
                .toList();

        assertThat(readBack).isEqualTo(plan);
        assertThat(PlanDigest.of(readBack)).isEqualTo(PlanDigest.of(plan));
    }

    @Test
    void order_of_the_objects_matters() {
        assertThat(PlanDigest.of(plan.reversed())).isNotEqualTo(PlanDigest.of(plan));
    }

    @Test
    void another_revision_is_another_digest() {
        List<Manifest> next = IdentityManifests.render(
                Fixtures.identity(Placement.TEAM_NAMESPACE, "team-namespace", "app1", "nginx", "my-nginx.foo.bar", 2));

        assertThat(PlanDigest.of(next)).isNotEqualTo(PlanDigest.of(plan));
    }

    @Test
    void the_digest_is_the_sha_256_of_the_json_array_of_the_objects() {
        assertThat(PlanDigest.of(List.of()))
                .isEqualTo("sha256:4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945");
    }

    @Test
    void canonical_json_sorts_keys_and_leaves_out_nulls() {
        assertThat(Manifest.of("""
                                {"metadata": {"namespace": "n", "name": "x", "uid": null}, "kind": "K", "apiVersion": "v1",
                                 "spec": {"b": [2, 1, {"z": true, "a": {}}], "a": "é"}}
                                """).json())
                .isEqualTo("{\"apiVersion\":\"v1\",\"kind\":\"K\",\"metadata\":{\"name\":\"x\",\"namespace\":\"n\"},"
                        + "\"spec\":{\"a\":\"é\",\"b\":[2,1,{\"a\":{},\"z\":true}]}}");
    }

    @Test
    void a_manifest_cannot_claim_to_be_another_object() {
        Manifest secret = plan.getFirst();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Manifest("v1", "Secret", "other-namespace", secret.name(), secret.json()));
    }

    @Test
    void a_member_named_twice_is_refused_and_not_quoted() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Manifest.of("{\"kind\":\"hush\",\"kind\":\"hush\"}"))
                .withMessageNotContaining("hush")
                .withNoCause();
    }
}
