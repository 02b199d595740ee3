package io.waypass.applier.mesh;

import static io.waypass.applier.SampleIdentity.NOW;

import io.waypass.applier.EnvoyFilters;
import io.waypass.applier.SampleIdentity;
import io.waypass.applier.cluster.FakeClusterObjects;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.applier.inventory.Inventory;
import io.waypass.gateway.Placement;
import io.waypass.identity.IdentitySpec;
import io.waypass.manifests.Manifest;
import io.waypass.manifests.ObjectKind;
import io.waypass.resource.Condition.Type;
import io.waypass.resource.Observation.ObservedCondition;
import java.time.Duration;
import java.time.Instant;

/** app1's identity, applied in a mesh in which everything is as it should be; a test changes what it is about. */
final class MeshScenario {

    static final ObjectKey GATEWAY = ObjectKey.of(ObjectKind.GATEWAY, "istio-egress", "egress-waypoint");
    static final ObjectKey WAYPOINT = ObjectKey.of(ObjectKind.DEPLOYMENT, "istio-egress", "egress-waypoint");
    static final ObjectKey ISTIOD = ObjectKey.of(ObjectKind.DEPLOYMENT, "istio-system", "istiod");
    static final ObjectKey ENVOY_FILTER = ObjectKey.of(ObjectKind.ENVOY_FILTER, "istio-egress", "principal");
    static final String ELECTION = "istio-gateway-deployment-default";
    static final ObjectKey LEASE = ObjectKey.of(ObjectKind.LEASE, "istio-system", ELECTION);
    static final long ID = 7;

    final FakeClusterObjects cluster = new FakeClusterObjects(NOW.minus(Duration.ofDays(3)));
    final FakeMeshConditionStore store = new FakeMeshConditionStore();
    final IdentitySpec spec = SampleIdentity.spec(Placement.TEAM_NAMESPACE, 1);
    final Inventory inventory = new Inventory(cluster, "istio-system", () -> now());
    final MeshConditionRecorder recorder = new MeshConditionRecorder(inventory, store, Duration.ZERO, Duration.ZERO);
    private Instant now = NOW;

    MeshScenario() {
        store.applied.put(ID, spec);
        SampleIdentity.manifests(spec).forEach((Manifest manifest) -> cluster.put(manifest));
        gateway("True");
        waypoint(1);
        istiod("registry.example/istio/pilot:1.29.0-solo", 1);
        renew(ELECTION);
        cluster.put("kubectl", EnvoyFilters.of("GATEWAY"));
        somebody(
                ObjectKind.SERVICE_ENTRY,
                "istio-egress",
                "nginx-mesh-external-se",
                "{\"hosts\": [\"" + SampleIdentity.HOST + "\"]}");
        inventory.start();
        evaluate();
    }

    Instant now() {
        return now;
    }

    void pass(Duration time) {
        now = now.plus(time);
    }

    /** The recorder hears what has changed. */
    void evaluate() {
        try {
            recorder.round();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    ObservedCondition condition(Type type) {
        evaluate();
        return store.condition(ID, type);
    }

    void gateway(String programmed) {
        cluster.put("istiod", """
                {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway",
                 "metadata": {"namespace": "istio-egress", "name": "egress-waypoint"},
                 "status": {"conditions": [{"type": "Programmed", "status": "%s"}]}}
                """.formatted(programmed));
    }

    void waypoint(int available) {
        cluster.put("istiod", """
                {"apiVersion": "apps/v1", "kind": "Deployment",
                 "metadata": {"namespace": "istio-egress", "name": "egress-waypoint",
                   "labels": {"gateway.networking.k8s.io/gateway-name": "egress-waypoint"}},
                 "status": {"observedGeneration": 1, "availableReplicas": %d}}
                """.formatted(available));
    }

    void istiod(String image, int available) {
        istiod(image, available, "istio-egress/egress-waypoint");
    }

    void istiod(String image, int available, String permits) {
        cluster.put("helm", """
                {"apiVersion": "apps/v1", "kind": "Deployment",
                 "metadata": {"namespace": "istio-system", "name": "istiod", "labels": {"app": "istiod"}},
                 "spec": {"template": {"spec": {"containers": [{"name": "discovery", "image": "%s", "env": [
                   {"name": "PERMIT_CROSS_NAMESPACE_RESOURCE_ACCESS", "value": "%s"}]}]}}},
                 "status": {"observedGeneration": 1, "availableReplicas": %d}}
                """.formatted(image, permits, available));
    }

    void renew(String election) {
        cluster.put("istiod", """
                {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"namespace": "istio-system", "name": "%s"},
                 "spec": {"holderIdentity": "istiod-1", "renewTime": "%s"}}
                """.formatted(election, now));
    }

    void somebody(ObjectKind kind, String namespace, String name, String spec) {
        cluster.put("somebody", """
                {"apiVersion": "%s", "kind": "%s", "metadata": {"namespace": "%s", "name": "%s"}, "spec": %s}
                """.formatted(kind.apiVersion(), kind.kind(), namespace, name, spec));
    }
}
