package io.waypass.applier;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.waypass.identity.IdentityDetail;
import io.waypass.plan.Plan;
import io.waypass.plan.PlanObject;
import io.waypass.request.RequestStatus;
import io.waypass.resource.Condition;
import io.waypass.resource.ObservedObject;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/** Identities that are applied, what others do to their objects, and what Waypass reports of them. */
final class KeptIdentities {

    /** An app's identity that is applied. */
    record Kept(String name, String request, Plan plan) {
        PlanObject object(String kind) {
            return plan.objects().stream()
                    .filter(object ->
                            object.kind().equals(kind) && object.name().contains(name))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private final Fixtures fixtures;

    KeptIdentities(Fixtures fixtures) {
        this.fixtures = fixtures;
    }

    /** Changes or deletes an object as somebody else. */
    String mutate(PlanObject object, Random random) {
        if (random.nextInt(4) == 0) {
            fixtures.resource(object).delete();
            return "deleted";
        }
        String label = "{\"metadata\":{\"annotations\":{\"waypass.io/revision\":\"99\"}}}";
        String patch = switch (object.kind()) {
            case "Secret" ->
                "{\"data\":{\"ca.crt\":\"" + Base64.getEncoder().encodeToString(new byte[] {1, 2}) + "\"}}";
            case "DestinationRule" -> "{\"spec\":{\"trafficPolicy\":{\"tls\":{\"mode\":\"DISABLE\"}}}}";
            case "ServiceEntry" -> "{\"spec\":{\"exportTo\":[\"*\"]}}";
            case "HTTPRoute" -> "{\"spec\":{\"hostnames\":[\"elsewhere.test\"]}}";
            default -> "{\"spec\":{\"rules\":[{}]}}";
        };
        patch(object, "meddler", random.nextInt(5) == 0 ? label : patch);
        return "changed";
    }

    /** {@return whether an object is there, and nothing of it is the meddler's} */
    boolean unmeddled(PlanObject object) {
        GenericKubernetesResource live = fixtures.resource(object).get();
        return live != null
                && live.getMetadata().getDeletionTimestamp() == null
                && live.getMetadata().getManagedFields().stream()
                        .noneMatch(entry -> entry.getManager().equals("meddler"));
    }

    /** An identity that is applied. */
    Kept kept(String name) {
        Kept kept = approved(submitted(name));
        fixtures.await(kept.request(), RequestStatus.APPLIED);
        return kept;
    }

    Kept submitted(String name) {
        return new Kept(name, fixtures.submit(fixtures.app(name), fixtures.certificate(name)), null);
    }

    Kept approved(Kept submitted) {
        return new Kept(submitted.name(), submitted.request(), fixtures.approve(submitted.request()));
    }

    /** Changes an object as another field manager. */
    void patch(PlanObject object, String manager, String merge) {
        fixtures.resource(object)
                .patch(
                        new PatchContext.Builder()
                                .withPatchType(PatchType.JSON_MERGE)
                                .withFieldManager(manager)
                                .build(),
                        merge);
    }

    String host(PlanObject rule) {
        GenericKubernetesResource live = fixtures.resource(rule).get();
        return live == null
                ? ""
                : String.valueOf(((Map<?, ?>) live.getAdditionalProperties().get("spec")).get("host"));
    }

    void awaitHost(Kept kept, String host) {
        Awaitility.await()
                .pollInterval(Duration.ofMillis(10))
                .until(() -> host(kept.object("DestinationRule")), host::equals);
    }

    IdentityDetail identity(Kept kept) {
        return fixtures.identity(kept.request());
    }

    Condition condition(Kept kept, Condition.Type type) {
        return identity(kept).summary().condition(type).orElseThrow();
    }

    void awaitCondition(Kept kept, Condition.Type type, Condition.Status status, String reason) {
        Awaitility.await(kept.name() + " " + type + " " + status)
                .until(
                        () -> condition(kept, type),
                        condition -> condition.status() == status
                                && condition.reason().equals(reason));
    }

    void awaitObjects(Kept kept, ObservedObject.State state) {
        Awaitility.await(kept.name())
                .until(
                        () -> identity(kept).objects(),
                        objects -> objects.stream().allMatch(object -> object.state() == state));
    }

    /** Waits until no reconcile is running that began before now: it would still go by an earlier setting. */
    void awaitIdle(Kept kept) {
        fixtures.awaitIdle(identity(kept).summary().publicId());
    }

    /** Waits until a version of an object is observed. */
    void awaitSeen(Kept kept, PlanObject object, String version) {
        Predicate<ObservedObject> seen = each -> each.name().equals(object.name())
                && each.resourceVersion().filter(version::equals).isPresent();
        Awaitility.await().until(() -> identity(kept).objects().stream().anyMatch(seen));
    }

    /** {@return events of a type, the newest first} */
    List<Map<String, Object>> events(Kept kept, String type) {
        return fixtures.owner
                .sql("""
                        select e.kind, e.namespace, e.name, e.manager, e.detail, e.count from resource_event e
                        join resource rs on rs.id = e.resource_id join identity i on i.id = rs.id join request r on r.resource_id = i.id
                        where r.public_id = :request and e.type = :type order by e.id desc
                        """)
                .param("request", kept.request())
                .param("type", type)
                .query()
                .listOfRows();
    }

    Map<String, Object> awaitEvent(Kept kept, String type) {
        return Awaitility.await()
                .until(() -> events(kept, type), found -> !found.isEmpty())
                .getFirst();
    }

    /** Reports an identity's route as accepted or not, as istiod would. */
    void reportRoute(Kept kept, String status, String reason, int generation) {
        GenericKubernetesResource route =
                fixtures.resource(kept.object("HTTPRoute")).get();
        route.setAdditionalProperty(
                "status",
                Map.of(
                        "parents",
                        List.of(Map.of(
                                "controllerName",
                                "istio.io/gateway-controller",
                                "parentRef",
                                Map.of("name", "nginx-mesh-external-se"),
                                "conditions",
                                List.of(condition("Accepted", status, reason, generation))))));
        fixtures.cluster.resource(route).updateStatus();
    }

    /** Reports the shared ServiceEntry as bound or not, as istiod would. */
    void reportBound(String status, String reason) {
        GenericKubernetesResource entry = fixtures.cluster
                .genericKubernetesResources("networking.istio.io/v1", "ServiceEntry")
                .inNamespace("istio-egress")
                .withName("nginx-mesh-external-se")
                .get();
        Map<String, Object> condition = new HashMap<>(condition("istio.io/WaypointBound", status, reason, 1));
        condition.remove("observedGeneration");
        entry.setAdditionalProperty("status", Map.of("conditions", List.of(condition)));
        fixtures.cluster.resource(entry).updateStatus();
    }

    private static Map<String, Object> condition(String type, String status, String reason, int generation) {
        return Map.of(
                "type",
                type,
                "status",
                status,
                "reason",
                reason,
                "message",
                "as the controller would say",
                "observedGeneration",
                generation,
                "lastTransitionTime",
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    }
}
