package io.waypass.applier.reconcile;

import static io.waypass.applier.SampleIdentity.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.waypass.applier.SampleIdentity;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.certificate.CertificateFacts;
import io.waypass.manifests.ObjectKind;
import io.waypass.resource.Condition.Status;
import io.waypass.resource.Condition.Type;
import io.waypass.resource.Observation.ObservedCondition;
import io.waypass.resource.ObservedObject;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConditionsTests {

    private final Scenario scenario = new Scenario().applied();

    @ParameterizedTest
    @CsvSource({
        // who reported, on which generation, what; what the condition says then
        "istio.io/gateway-controller, 1, Accepted, True, True",
        "istio.io/gateway-controller, 2, Accepted, True, True",
        "istio.io/gateway-controller, 0, Accepted, True, Unknown",
        "istio.io/gateway-controller, 1, Accepted, False, False",
        "istio.io/gateway-controller, 1, Accepted, Unknown, Unknown",
        "istio.io/gateway-controller, 1, Accepted, whatever, Unknown",
        "istio.io/gateway-controller, 1, Programmed, True, Unknown",
        "example.com/controller, 1, Accepted, True, Unknown"
    })
    void aRouteIsAcceptedIfTheMeshSaysSoOfItsPresentVersion(
            String controller, int generation, String type, String reported, String status) {
        report("""
                {"parents": [{"controllerName": "%s",
                  "conditions": [{"type": "%s", "status": "%s", "observedGeneration": %d, "reason": "R", "message": "m"}]}]}
                """.formatted(controller, type, reported, generation));

        assertThat(condition(Type.ROUTE_ACCEPTED).status()).isEqualTo(Status.of(status));
    }

    @Test
    void silenceOfTheMeshIsProofOfNothing() {
        assertThat(condition(Type.ROUTE_ACCEPTED).status()).isEqualTo(Status.UNKNOWN);
        assertThat(condition(Type.ROUTE_RESOLVED).message())
                .isEqualTo("The mesh has not reported on the HTTPRoute yet.");
    }

    @Test
    void aRouteThatMayNotBeReadIsUnknown() {
        scenario.cluster.refuseReading(scenario.own(ObjectKind.HTTP_ROUTE), "no right");

        assertThat(condition(Type.ROUTE_ACCEPTED).reason()).isEqualTo("NotReadable");
        assertThat(condition(Type.APPLIED).status()).isEqualTo(Status.UNKNOWN);
    }

    @ParameterizedTest
    @CsvSource({"True, TRUE", "False, FALSE", "Unknown, UNKNOWN", "'', UNKNOWN"})
    void theWaypointIsBoundIfTheSharedServiceEntrySaysSo(String reported, Status status) {
        scenario.cluster.put("kubectl", """
                {"apiVersion": "networking.istio.io/v1", "kind": "ServiceEntry",
                 "metadata": {"namespace": "istio-egress", "name": "nginx-mesh-external-se"},
                 "status": {"conditions": [{"type": "istio.io/WaypointBound", "status": "%s"}]}}
                """.formatted(reported));

        assertThat(condition(Type.WAYPOINT_BOUND).status()).isEqualTo(status);
    }

    @Test
    void withoutTheSharedServiceEntryNothingIsBound() {
        assertThat(condition(Type.WAYPOINT_BOUND).status()).isEqualTo(Status.FALSE);
        assertThat(condition(Type.WAYPOINT_BOUND).reason()).isEqualTo("NoServiceEntry");
    }

    @Test
    void aSharedServiceEntryThatMayNotBeReadIsUnknown() {
        scenario.cluster.refuseReading(
                ObjectKey.of(ObjectKind.SERVICE_ENTRY, "istio-egress", "nginx-mesh-external-se"), "no right");

        assertThat(condition(Type.WAYPOINT_BOUND).status()).isEqualTo(Status.UNKNOWN);
    }

    @ParameterizedTest
    @CsvSource({
        "-1, 10, TRUE, 11",
        "0, 10, TRUE, 1",
        "1, 10, FALSE, 2",
        "-10, 0, TRUE, 1",
        "-10, -1, FALSE, -1",
        "-10, -5, FALSE, -1"
    })
    void aCertificateIsValidFromItsFirstToItsLastInstantAndReCheckedWhenThatTurns(
            int begins, int ends, Status status, int nextSeconds) {
        CertificateFacts facts = facts(NOW.plusSeconds(begins), NOW.plusSeconds(ends));

        assertThat(IdentityRules.untilNextChange(facts, NOW))
                .isEqualTo(nextSeconds < 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(nextSeconds)));
        assertThat(IdentityRules.validity(facts, NOW).status()).isEqualTo(status);
    }

    private static CertificateFacts facts(Instant from, Instant until) {
        CertificateFacts some = SampleIdentity.CREDENTIAL.certificate().facts();
        return new CertificateFacts(
                some.subject(),
                some.issuer(),
                some.sans(),
                some.serial(),
                from,
                until,
                some.keyAlgorithm(),
                some.signatureAlgorithm(),
                some.fingerprint(),
                some.chainSubjects(),
                some.caSubjects());
    }

    @Test
    void ofAStrangerNoUidIsKeptSinceByThatWeKnowOurOwn() {
        ObjectKey rule = scenario.own(ObjectKind.DESTINATION_RULE);
        scenario.cluster.delete(rule);
        scenario.cluster.put("somebody", """
                {"apiVersion": "%s", "kind": "%s", "metadata": {"namespace": "%s", "name": "%s"}}
                """.formatted(rule.apiVersion(), rule.kind(), rule.namespace(), rule.name()));

        scenario.reconcile();

        assertThat(scenario.store.observation.orElseThrow().objects())
                .filteredOn(object ->
                        object.kind().equals("DestinationRule") && object.name().equals(rule.name()))
                .singleElement()
                .satisfies(object -> {
                    assertThat(object.uid()).isEmpty();
                    assertThat(object.state()).isEqualTo(ObservedObject.State.DIFFERS);
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"SECRET", "HTTP_ROUTE"})
    void anObjectThatIsMissingIsSaidWithHowManyAreThere(ObjectKind kind) {
        scenario.cluster.delete(scenario.own(kind));
        scenario.reportOnly = true;

        assertThat(condition(Type.APPLIED).message()).isEqualTo("6 of 7 objects were seen in the cluster.");
        assertThat(condition(Type.APPLIED).status()).isEqualTo(Status.FALSE);
    }

    /** Those of the mesh are evaluated apart: see {@code MeshConditionsTests}. */
    @ParameterizedTest
    @EnumSource(
            value = Type.class,
            names = {"APPLIED", "ROUTE_ACCEPTED", "ROUTE_RESOLVED", "WAYPOINT_BOUND", "CERTIFICATE_VALID", "IN_SYNC"})
    void everyConditionIsObserved(Type type) {
        assertThat(condition(type).message()).isNotBlank();
    }

    @Test
    void ofARetiredIdentityNothingIsObservedButWhatOthersShare() {
        scenario.retiring().reconcile();

        assertThat(scenario.store.observation.orElseThrow().conditions()).isEmpty();
        assertThat(scenario.store.observation.orElseThrow().objects())
                .extracting(ObservedObject::kind)
                .containsExactly("DestinationRule", "AuthorizationPolicy");
    }

    private ObservedCondition condition(Type type) {
        scenario.reconcile();
        return scenario.store.condition(type).orElseThrow();
    }

    private void report(String status) {
        scenario.cluster.report(scenario.own(ObjectKind.HTTP_ROUTE), route -> {
            try {
                route.set("status", new ObjectMapper().readTree(status));
            } catch (JsonProcessingException e) {
                throw new UncheckedIOException(e);
            }
        });
    }
}
