package io.waypass.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Portal and applier at work on a cluster with the chart's guard rails; the applier's user is the one that they exempt. */
@ExtendWith(SharedSandbox.class)
class GuardedJourneyIT {

    private Journey journey;
    private GuardRails guardRails;

    @BeforeEach
    void begin(RunningSandbox sandbox) {
        journey = new Journey(sandbox);
        guardRails = GuardRails.install(sandbox);
    }

    @AfterEach
    void end() {
        guardRails.close();
        journey.close();
    }

    @Test
    void anIdentityIsCreatedKeptRotatedAndRetiredAndATenantWithTheSameRightsIsRefused() {
        String app = journey.app("guarded");
        finish(journey.submit(app, journey.certificate("guarded")));
        assertThat(journey.existing("guarded")).isEqualTo(Journey.KINDS);
        for (String kind : Journey.KINDS) {
            HasMetadata object = journey.object(kind, "guarded").orElseThrow();
            assertThat(guardRails.refuses(tenant -> tenant.resource(object).delete()))
                    .as(kind)
                    .isTrue();
        }

        journey.cluster
                .resource(journey.object("DestinationRule", "guarded").orElseThrow())
                .delete();
        Awaitility.await("restored")
                .until(() -> journey.object("DestinationRule", "guarded").isPresent());

        finish(journey.submitRotation(app, journey.certificate("guarded")));

        finish(journey.submitRetirement(app));
        assertThat(journey.existing("guarded")).isEmpty();
    }

    private void finish(String request) {
        journey.approve(request);
        journey.await(request, "applied");
    }
}
