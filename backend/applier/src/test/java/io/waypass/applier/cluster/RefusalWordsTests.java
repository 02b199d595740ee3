package io.waypass.applier.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import org.junit.jupiter.api.Test;

class RefusalWordsTests {

    private static final ObjectKey SECRET = new ObjectKey("v1", "Secret", "team-namespace", "app1-client-mtls-secret");
    private static final ObjectKey ROUTE =
            new ObjectKey("gateway.networking.k8s.io/v1", "HTTPRoute", "team-namespace", "app1-nginx-httproute");

    @Test
    void aRefusedSecretIsToldByReasonAndFieldsNeverByValues() {
        String words =
                KubernetesClusterObjects.words(SECRET, refusal("FieldValueInvalid", "Invalid value: \"c2VjcmV0\""));

        assertThat(words).isEqualTo("Invalid because of data[tls.key] (HTTP 422)");
    }

    @Test
    void aFieldOfASecretThatSomebodyElseOwnsIsToldWithItsOwner() {
        String words = KubernetesClusterObjects.words(
                SECRET, refusal("FieldManagerConflict", "conflict with \"kubectl\" using v1"));

        assertThat(words)
                .contains("data[tls.key]")
                .contains("conflict with \"kubectl\"")
                .doesNotContain("c2VjcmV0");
    }

    @Test
    void anyOtherObjectIsToldInTheApiServersOwnWords() {
        assertThat(KubernetesClusterObjects.words(ROUTE, refusal("FieldValueInvalid", "Invalid value")))
                .isEqualTo("is invalid: \"c2VjcmV0\"");
    }

    private static Status refusal(String reason, String cause) {
        return new StatusBuilder()
                .withCode(422)
                .withReason("Invalid")
                .withMessage("is invalid: \"c2VjcmV0\"")
                .withNewDetails()
                .addNewCause("data[tls.key]", cause, reason)
                .endDetails()
                .build();
    }
}
