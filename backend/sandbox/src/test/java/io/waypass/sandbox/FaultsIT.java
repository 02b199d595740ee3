package io.waypass.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfigurationBuilder;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Parts go away at bad moments, and come back. */
@ExtendWith(SharedSandbox.class)
class FaultsIT {

    private RunningSandbox sandbox;
    private Journey journey;

    @BeforeEach
    void begin(RunningSandbox running) {
        sandbox = running;
        journey = new Journey(running);
    }

    @AfterEach
    void end() {
        journey.close();
    }

    @Test
    void aRequestWaitsWhileTheApiServerIsAwayAndGoesOnWhenItIsBack() {
        String app = journey.app("patient");
        String request;
        sandbox.controlPlane().stopApiServer();
        try {
            request = journey.submit(app, journey.certificate("patient"));
            assertThat(journey.awaitWaitingReason(request)).contains("API server", "sandbox");
            assertThat(journey.status(request)).isEqualTo("planning");
        } finally {
            sandbox.controlPlane().startApiServer();
        }
        stopApiServerWhilePending(request);
        try {
            journey.approve(request);
            assertThat(journey.awaitWaitingReason(request)).contains("API server", "sandbox");
            assertThat(journey.status(request)).isIn("approved", "applying");
        } finally {
            sandbox.controlPlane().startApiServer();
        }

        assertThat(journey.await(request, "applied").path("request").has("waitingReason"))
                .isFalse();
        assertThat(journey.existing("patient")).isEqualTo(Journey.KINDS);
    }

    /** What the applier sees again only after it has planned has it plan anew, for which the API server must be there. */
    private void stopApiServerWhilePending(String request) {
        Awaitility.await().until(() -> {
            journey.await(request, "pending");
            sandbox.controlPlane().stopApiServer();
            boolean pending = journey.status(request).equals("pending");
            if (!pending) {
                sandbox.controlPlane().startApiServer();
            }
            return pending;
        });
    }

    @Test
    void anApplierKilledBetweenTwoObjectsCompletesAfterARestart() throws Exception {
        String request = journey.submit(journey.app("halved"), journey.certificate("halved"));
        journey.await(request, "pending");

        try (HoldingWebhook holding = HoldingWebhook.start()) {
            ValidatingWebhookConfiguration gate = gate(holding);
            journey.cluster.resource(gate).create();
            try {
                holding.awaitInForce(journey.cluster);
                journey.approve(request);
                holding.awaitHeld();

                assertThat(journey.existing("halved")).containsExactly("Secret", "DestinationRule", "ServiceEntry");
                sandbox.killApplier();
            } finally {
                journey.cluster.resource(gate).delete();
            }
        }
        assertThat(journey.existing("halved")).containsExactly("Secret", "DestinationRule", "ServiceEntry");
        assertThat(journey.status(request)).isIn("approved", "applying");

        sandbox.startApplier();

        journey.await(request, "applied");
        Awaitility.await()
                .untilAsserted(() -> assertThat(journey.existing("halved")).isEqualTo(Journey.KINDS));
    }

    private static ValidatingWebhookConfiguration gate(HoldingWebhook holding) {
        return new ValidatingWebhookConfigurationBuilder()
                .withNewMetadata()
                .withName("hold-routes")
                .endMetadata()
                .addNewWebhook()
                .withName("hold.routes.test")
                .withAdmissionReviewVersions("v1")
                .withSideEffects("None")
                .withTimeoutSeconds(30)
                .withFailurePolicy("Fail")
                .withNewClientConfig()
                .withUrl(holding.url())
                .withCaBundle(holding.caBundle())
                .endClientConfig()
                .addNewRule()
                .withApiGroups("gateway.networking.k8s.io")
                .withApiVersions("v1")
                .withOperations("CREATE")
                .withResources("httproutes")
                .endRule()
                .endWebhook()
                .build();
    }
}
