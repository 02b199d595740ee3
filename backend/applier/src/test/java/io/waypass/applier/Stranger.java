package io.waypass.applier;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.waypass.plan.PlanObject;
import io.waypass.request.RequestStatus;
import java.time.Instant;
import java.util.Map;
import org.awaitility.Awaitility;

/** An object of somebody else in the place of an applied one, which Waypass re-checks every half minute until it goes. */
final class Stranger {

    private final Fixtures fixtures;
    private final PlanObject place;
    private final String identity;

    Stranger(Fixtures fixtures, String name) {
        this.fixtures = fixtures;
        String app = "stranger-" + name;
        String request = fixtures.submit(fixtures.app(app), fixtures.certificate(app));
        fixtures.approve(request);
        fixtures.await(request, RequestStatus.APPLIED);
        identity = fixtures.requests
                .find(Fixtures.ADMIN, request)
                .summary()
                .identity()
                .orElseThrow()
                .identityId();
        place = fixtures.object(app, "DestinationRule");
        GenericKubernetesResource foreign = new GenericKubernetesResource();
        foreign.setApiVersion(place.apiVersion());
        foreign.setKind(place.kind());
        foreign.setMetadata(new ObjectMetaBuilder()
                .withName(place.name())
                .withNamespace(place.namespace())
                .build());
        foreign.setAdditionalProperty("spec", Map.of("host", "squatter.test"));
        // until it is faster than Waypass in the moment after a deletion
        Awaitility.await().until(() -> {
            fixtures.resource(place).delete();
            try {
                fixtures.cluster.resource(foreign).create();
                return true;
            } catch (KubernetesClientException taken) {
                return false;
            }
        });
        Awaitility.await().until(() -> state().equals("False"));
    }

    /** The time between two checks is the same, whatever the machine's clock says. */
    void isRecheckedNowAndThen() {
        String other = "{\"metadata\":{\"annotations\":{\"stranger/at\":\"" + Instant.now() + "\"}}}";
        fixtures.resource(place)
                .patch(
                        new PatchContext.Builder()
                                .withPatchType(PatchType.JSON_MERGE)
                                .withFieldManager("stranger")
                                .build(),
                        other);
        double before = next("execution_time");
        Awaitility.await("it is re-checked, and the next check is at most half a minute away")
                .until(() -> next("execution_time") != before && next("execution_time - now()") > 0);
        assertThat(next("execution_time - now()")).isLessThanOrEqualTo(31);
    }

    /** Seconds, as the database's clock has them. */
    private double next(String expression) {
        return fixtures.owner
                .sql("select extract(epoch from " + expression
                        + ") from scheduled_tasks where task_instance = :identity")
                .param("identity", identity)
                .query(Double.class)
                .single();
    }

    void leave() {
        fixtures.resource(place).delete();
        Awaitility.await().until(() -> state().equals("True"));
    }

    private String state() {
        return fixtures.owner
                .sql(
                        "select c.status from condition c join resource rs on rs.id = c.resource_id join identity i on i.id = rs.id where rs.public_id = :identity and c.type = 'InSync'")
                .param("identity", identity)
                .query(String.class)
                .single();
    }
}
