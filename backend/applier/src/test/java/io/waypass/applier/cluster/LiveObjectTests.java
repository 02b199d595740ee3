package io.waypass.applier.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;

class LiveObjectTests {

    @Test
    void isOursOnlyWithOurLabelAndTheSameIdentity() {
        assertThat(live("""
                {"metadata": {"labels": {"app.kubernetes.io/managed-by": "waypass"}, "annotations": {"waypass.io/identity": "idn_a"}}}
                """).belongsTo("idn_a")).isTrue();
        assertThat(live("""
                {"metadata": {"labels": {"app.kubernetes.io/managed-by": "waypass"}, "annotations": {"waypass.io/identity": "idn_b"}}}
                """).belongsTo("idn_a")).isFalse();
        assertThat(live("""
                {"metadata": {"annotations": {"waypass.io/identity": "idn_a"}}}
                """).belongsTo("idn_a")).isFalse();
        assertThat(live("{}").belongsTo("idn_a")).isFalse();
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
                """).otherEntries()).containsExactly("cert", "key");
        assertThat(live("""
                {"kind": "ConfigMap", "data": {"cert": ""}}
                """).otherEntries()).isEmpty();
    }

    private static LiveObject live(String json) {
        try {
            return new LiveObject((ObjectNode) new ObjectMapper().readTree(json));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
