package io.waypass.applier.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waypass.manifests.Manifest;
import org.junit.jupiter.api.Test;

class LiveObjectTests {

    @Test
    void isOursOnlyWithOurLabelAndTheSameOwner() {
        Manifest manifest = Manifest.of("""
                {"apiVersion": "v1", "kind": "Secret", "metadata": {"namespace": "n", "name": "s", "annotations": {"waypass.io/identity": "idn_a"}}}
                """);

        assertThat(live("""
                {"metadata": {"labels": {"app.kubernetes.io/managed-by": "waypass"}, "annotations": {"waypass.io/identity": "idn_a"}}}
                """).carriesMarksOf(manifest)).isTrue();
        assertThat(live("""
                {"metadata": {"labels": {"app.kubernetes.io/managed-by": "waypass"}, "annotations": {"waypass.io/identity": "idn_b"}}}
                """).carriesMarksOf(manifest)).isFalse();
        assertThat(live("""
                {"metadata": {"annotations": {"waypass.io/identity": "idn_a"}}}
                """).carriesMarksOf(manifest)).isFalse();
        assertThat(live("""
                {"metadata": {"labels": {"app.kubernetes.io/managed-by": "waypass"}, "annotations": {"waypass.io/destination": "idn_a"}}}
                """).carriesMarksOf(manifest)).isFalse();
        assertThat(live("{}").carriesMarksOf(manifest)).isFalse();
    }

    @Test
    void keepsNothingThatASecretHoldsInMemory() {
        LiveObject secret = live("""
                {"kind": "Secret", "metadata": {"annotations": {"kubectl.kubernetes.io/last-applied-configuration": "c2VjcmV0"}},
                 "data": {"tls.key": "c2VjcmV0", "password": "c2VjcmV0"}}
                """);

        assertThat(secret.at("").toString()).doesNotContain("c2VjcmV0");
    }

    @Test
    void namesEachWriterOnce() {
        assertThat(live("""
                {"metadata": {"managedFields": [{"manager": "kubectl"}, {"manager": "helm"}, {"manager": "kubectl"}]}}
                """).managers()).isEqualTo("kubectl, helm");
        assertThat(live("{}").managers()).isEqualTo("nobody in particular");
    }

    @Test
    void neverShowsWhatASecretHolds() {
        LiveObject secret = live("""
                {"kind": "Secret", "metadata": {"name": "s", "namespace": "n"}, "data": {"tls.key": "c2VjcmV0", "password": "c2VjcmV0"}}
                """);

        assertThat(secret.comparable()).doesNotContain("c2VjcmV0").contains("unreadable");
        assertThat(secret).hasToString("Secret n/s");
    }

    @Test
    void namesTheEntriesThatWouldWinOverOurs() {
        assertThat(live("""
                {"kind": "Secret", "data": {"tls.key": "", "tls.crt": "", "ca.crt": "", "key": "", "cert": ""}}
                """).otherEntries(SECRET)).containsExactly("cert", "key");
        assertThat(live("""
                {"kind": "ConfigMap", "data": {"cert": ""}}
                """).otherEntries(SECRET)).isEmpty();
    }

    @Test
    void namesWhatWouldTakeThePlaceOfTheApprovedTls() {
        Manifest rule = Manifest.of("""
                {"apiVersion": "networking.istio.io/v1", "kind": "DestinationRule", "metadata": {"namespace": "n", "name": "r"},
                 "spec": {"host": "h", "trafficPolicy": {"tls": {"mode": "MUTUAL"}}}}
                """);

        assertThat(live("""
                {"kind": "DestinationRule", "spec": {"host": "h", "subsets": [{}], "trafficPolicy": {"connectionPool": {},
                 "portLevelSettings": [{}], "tls": {"mode": "MUTUAL", "insecureSkipVerify": true}}}}
                """).otherEntries(rule))
                .containsExactly(
                        "spec.subsets",
                        "spec.trafficPolicy.portLevelSettings",
                        "spec.trafficPolicy.tls.insecureSkipVerify");
    }

    @Test
    void namesARuleInThePolicyThatIsToHaveNone() {
        Manifest closed = Manifest.of("""
                {"apiVersion": "security.istio.io/v1", "kind": "AuthorizationPolicy", "metadata": {"namespace": "n", "name": "p"},
                 "spec": {"action": "ALLOW"}}
                """);
        String open = """
                {"kind": "AuthorizationPolicy", "spec": {"action": "ALLOW", "rules": [{}]}}
                """;

        assertThat(live(open).otherEntries(closed)).containsExactly("spec.rules");
        assertThat(live(open).otherEntries(Manifest.of("""
                {"apiVersion": "security.istio.io/v1", "kind": "AuthorizationPolicy", "metadata": {"namespace": "n", "name": "p"},
                 "spec": {"action": "ALLOW", "rules": [{"from": []}]}}
                """))).isEmpty();
    }

    @Test
    void anAnnotationThatWaypassCannotHaveWrittenSaysNothing() {
        for (String value : new String[] {"idn_a\\u0000b", "a".repeat(128), "two words"}) {
            assertThat(
                            live("{\"metadata\": {\"labels\": {\"app.kubernetes.io/managed-by\": \"waypass\"}, \"annotations\": {\"waypass.io/identity\": \""
                                            + value + "\"}}}")
                                    .identity())
                    .isEmpty();
        }
    }

    private static final Manifest SECRET = Manifest.of("""
            {"apiVersion": "v1", "kind": "Secret", "metadata": {"namespace": "n", "name": "s"}}
            """);

    private static LiveObject live(String json) {
        try {
            return new LiveObject((ObjectNode) new ObjectMapper().readTree(json));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
