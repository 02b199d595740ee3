package io.waypass.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

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

        // a plan that was made before every kind is seen again is made anew, and needs another approval
        Awaitility.await("applied")
                .until(
                        () -> {
                            if (journey.status(request).equals("pending")) {
                                journey.approve(request);
                            }
                            return journey.status(request);
                        },
                        "applied"::equals);
        assertThat(journey.request(request).path("request").has("waitingReason"))
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

        try (HoldingWebhook holding = HoldingWebhook.start("HTTPRoute");
                Closing _ = holding.gate(journey.cluster)) {
            journey.approve(request);
            holding.awaitHeld();

            assertThat(journey.existing("halved")).containsExactly("Secret", "DestinationRule", "ServiceEntry");
            sandbox.killApplier();
        }
        assertThat(journey.existing("halved")).containsExactly("Secret", "DestinationRule", "ServiceEntry");
        assertThat(journey.status(request)).isIn("approved", "applying");

        sandbox.startApplier();

        journey.await(request, "applied");
        Awaitility.await()
                .untilAsserted(() -> assertThat(journey.existing("halved")).isEqualTo(Journey.KINDS));
    }
}
