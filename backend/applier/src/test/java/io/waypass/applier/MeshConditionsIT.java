package io.waypass.applier;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.waypass.applier.KeptIdentities.Kept;
import io.waypass.resource.Condition.Status;
import io.waypass.resource.Condition.Type;
import io.waypass.resource.Readiness;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

/** From a change of the mesh on a real API server to the condition of an applied identity, with the chart's rights. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MeshConditionsIT {

    private Fixtures fixtures;
    private KeptIdentities identities;
    private ConfigurableApplicationContext applier;
    private final List<GenericKubernetesResource> applied = new ArrayList<>();

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        fixtures = new Fixtures(directory);
        fixtures.rights.letSeeIstiod();
        identities = new KeptIdentities(fixtures);
        put("""
                apiVersion: gateway.networking.k8s.io/v1
                kind: Gateway
                metadata: {name: egress-waypoint, namespace: istio-egress}
                spec: {gatewayClassName: istio-waypoint, listeners: [{name: mesh, port: 15008, protocol: HBONE}]}
                """);
        applier = fixtures.applier();
        fixtures.awaitSealingKeyOf("sandbox");
    }

    @AfterAll
    void stop() {
        applier.close();
        fixtures.close();
    }

    @Test
    void aHostThatIsClaimedElsewhereAfterTheApprovalMakesEveryIdentityThereNotReady() {
        Kept one = identities.kept("claimed1");
        Kept other = identities.kept("claimed2");
        identities.awaitCondition(one, Type.HOST_UNIQUE, Status.TRUE, "Holds");
        identities.awaitCondition(other, Type.HOST_UNIQUE, Status.TRUE, "Holds");

        GenericKubernetesResource rival = apply("""
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: rival, namespace: default}
                spec: {hosts: [my-nginx.foo.bar], ports: [{number: 80, name: http, protocol: HTTP}], resolution: DNS}
                """);

        identities.awaitCondition(one, Type.HOST_UNIQUE, Status.FALSE, "ClaimedElsewhere");
        identities.awaitCondition(other, Type.HOST_UNIQUE, Status.FALSE, "ClaimedElsewhere");
        Awaitility.await().until(() -> identities.condition(one, Type.READY).status() == Status.FALSE);
        assertThat(identities.condition(one, Type.READY).message()).contains("HostUnique: ");

        remove(rival);
        identities.awaitCondition(one, Type.HOST_UNIQUE, Status.TRUE, "Holds");
    }

    @Test
    void aHostThatIsClaimedByAKindThatTheClusterHasFromNowOnIsSaidToo() {
        Kept kept = identities.kept("backend");
        identities.awaitCondition(kept, Type.HOST_UNIQUE, Status.TRUE, "Holds");

        fixtures.rights.haveBackends();
        try {
            // it goes with its kind
            put(Backends.claiming("my-nginx.foo.bar"));
            identities.awaitCondition(kept, Type.HOST_UNIQUE, Status.FALSE, "ClaimedElsewhere");
        } finally {
            fixtures.rights.haveNoBackends();
        }
        identities.awaitCondition(kept, Type.HOST_UNIQUE, Status.TRUE, "Holds");
    }

    @Test
    void istiodIsSeenByTheRenewalOfItsLeaseAndAMeshWithoutOneIsUnknown() {
        Kept kept = identities.kept("seen");
        identities.awaitCondition(kept, Type.MESH_REPORTING, Status.UNKNOWN, Readiness.NO_ISTIOD);
        assertThat(identities.condition(kept, Type.READY).status()).isNotEqualTo(Status.TRUE);

        GenericKubernetesResource lease =
                apply("""
                apiVersion: coordination.k8s.io/v1
                kind: Lease
                metadata: {name: istio-gateway-deployment-default, namespace: istio-system}
                spec: {holderIdentity: istiod-0, leaseDurationSeconds: 30, renewTime: "NOW"}
                """.replace("NOW", Instant.now().toString().replaceAll("\\.\\d+Z", ".000000Z")));
        identities.awaitCondition(kept, Type.MESH_REPORTING, Status.TRUE, "IstiodSeen");

        remove(lease);
        identities.awaitCondition(kept, Type.MESH_REPORTING, Status.UNKNOWN, Readiness.NO_ISTIOD);
    }

    @Test
    void theEnvoyFilterAndTheWaypointsPodsAreFollowed() {
        Kept kept = identities.kept("filtered");
        identities.awaitCondition(kept, Type.PRINCIPAL_HEADER, Status.FALSE, "NotWritten");

        GenericKubernetesResource filter = apply(EnvoyFilters.of("GATEWAY"));
        identities.awaitCondition(kept, Type.PRINCIPAL_HEADER, Status.TRUE, "Holds");

        remove(filter);
        identities.awaitCondition(kept, Type.PRINCIPAL_HEADER, Status.FALSE, "NotWritten");

        GenericKubernetesResource waypoint = apply("""
                apiVersion: apps/v1
                kind: Deployment
                metadata:
                  name: egress-waypoint
                  namespace: istio-egress
                  labels: {gateway.networking.k8s.io/gateway-name: egress-waypoint}
                spec:
                  selector: {matchLabels: {app: waypoint}}
                  template:
                    metadata: {labels: {app: waypoint}}
                    spec: {containers: [{name: istio-proxy, image: proxy}]}
                """);
        waypoint.setAdditionalProperty("status", Map.of("observedGeneration", 1, "replicas", 1));
        fixtures.cluster.resource(waypoint).updateStatus();
        identities.awaitCondition(kept, Type.GATEWAY_READY, Status.FALSE, "WaypointUnavailable");
    }

    private GenericKubernetesResource apply(String yaml) {
        GenericKubernetesResource object = put(yaml);
        applied.add(object);
        return object;
    }

    private GenericKubernetesResource put(String yaml) {
        return fixtures.cluster
                .resource(Serialization.unmarshal(yaml, GenericKubernetesResource.class))
                .fieldManager("somebody")
                .serverSideApply();
    }

    private void remove(GenericKubernetesResource object) {
        fixtures.cluster.resource(object).delete();
        applied.remove(object);
    }

    /** Each test begins with {@code mesh.yaml} and the gateway. */
    @AfterEach
    void removeAll() {
        applied.forEach(object -> fixtures.cluster.resource(object).delete());
        applied.clear();
    }
}
