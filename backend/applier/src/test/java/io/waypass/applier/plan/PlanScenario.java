package io.waypass.applier.plan;

import static io.waypass.applier.SampleIdentity.NAMESPACE;
import static io.waypass.applier.SampleIdentity.NOW;

import io.waypass.applier.EnvoyFilters;
import io.waypass.applier.SampleIdentity;
import io.waypass.applier.cluster.FakeClusterObjects;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.applier.inventory.Inventory;
import io.waypass.certificate.CertificateIntake;
import io.waypass.gateway.Placement;
import io.waypass.identity.Credential;
import io.waypass.identity.IdentitySpec;
import io.waypass.identity.Rival;
import io.waypass.manifests.Manifest;
import io.waypass.manifests.ObjectKind;
import io.waypass.plan.CheckCode;
import io.waypass.plan.NewPlan;
import io.waypass.plan.PlanCheck;
import io.waypass.plan.PlanObject;
import io.waypass.reconcile.PlanJob;
import io.waypass.request.RequestKind;
import io.waypass.resource.ObjectPlace;
import io.waypass.sealing.SealingKeyset;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A request for app1, in a cluster in which everything is as it should be; a test changes what it is about, then plans. */
final class PlanScenario {

    static final ObjectKey GATEWAY = ObjectKey.of(ObjectKind.GATEWAY, "istio-egress", "egress-waypoint");
    static final ObjectKey SHARED_ENTRY =
            ObjectKey.of(ObjectKind.SERVICE_ENTRY, "istio-egress", "nginx-mesh-external-se");
    static final ObjectKey APP_NAMESPACE = ObjectKey.of(ObjectKind.NAMESPACE, "", NAMESPACE);
    static final ObjectKey SERVICE_ACCOUNT = ObjectKey.of(ObjectKind.SERVICE_ACCOUNT, NAMESPACE, "app1");
    static final ObjectKey ISTIOD = ObjectKey.of(ObjectKind.DEPLOYMENT, "istio-system", "istiod");
    static final ObjectKey ENVOY_FILTER = ObjectKey.of(ObjectKind.ENVOY_FILTER, "istio-egress", "principal");
    static final String PERMITTED = "istio-egress/egress-waypoint";

    final FakeClusterObjects cluster = new FakeClusterObjects(NOW.minus(Duration.ofDays(3)));
    final List<Rival> rivals = new ArrayList<>();
    final Map<ObjectPlace, String> known = new HashMap<>();
    Placement placement = Placement.TEAM_NAMESPACE;
    String serviceAccount = "app1";
    RequestKind kind = RequestKind.CREATE_IDENTITY;
    Optional<String> owner = Optional.of("payments");
    Optional<Credential> credential = Optional.of(SampleIdentity.CREDENTIAL);
    List<PlanObject> written = List.of();
    Optional<IdentitySpec> rotation = Optional.empty();
    SealingKeyset keyset = SampleIdentity.KEYSET;
    String istioNamespace = "istio-system";
    String istiodImage = "registry.example/istio/pilot:1.29.0-solo";
    Instant now = NOW;

    PlanScenario() {
        namespace("ambient");
        cluster.put("kubectl", """
                {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"namespace": "%s", "name": "app1"}}
                """.formatted(NAMESPACE));
        gateway("True");
        sharedEntry(SampleIdentity.HOST, "True");
        istiod(PERMITTED);
        envoyFilter(EnvoyFilters.of("GATEWAY"));
    }

    void envoyFilter(String json) {
        cluster.put("kubectl", json);
    }

    void namespace(String mode) {
        cluster.put("kubectl", """
                {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "%s", "labels": {"istio.io/dataplane-mode": "%s"}}}
                """.formatted(NAMESPACE, mode));
    }

    /** The gateway with a status; empty if nobody has reported. */
    void gateway(String programmed) {
        cluster.put("kubectl", """
                {"apiVersion": "%s", "kind": "Gateway", "metadata": {"namespace": "%s", "name": "%s"}, "status": %s}
                """.formatted(
                        GATEWAY.apiVersion(), GATEWAY.namespace(), GATEWAY.name(), status("Programmed", programmed)));
    }

    void sharedEntry(String host, String bound) {
        cluster.put("kubectl", """
                {"apiVersion": "%s", "kind": "ServiceEntry", "metadata": {"namespace": "%s", "name": "%s"},
                 "spec": {"hosts": ["%s"]}, "status": %s}
                """.formatted(
                        SHARED_ENTRY.apiVersion(),
                        SHARED_ENTRY.namespace(),
                        SHARED_ENTRY.name(),
                        host,
                        status("istio.io/WaypointBound", bound)));
    }

    private static String status(String type, String status) {
        return status.isEmpty()
                ? "{}"
                : "{\"conditions\": [{\"type\": \"%s\", \"status\": \"%s\", \"reason\": \"Said\", \"message\": \"so\"}]}"
                        .formatted(type, status);
    }

    void istiod(String permits) {
        istiodVariable("\"value\": \"" + permits + "\"");
    }

    void istiodImage(String image) {
        istiodImage = image;
        istiod(PERMITTED);
    }

    void istiodVariable(String variable) {
        cluster.put("helm", """
                {"apiVersion": "apps/v1", "kind": "Deployment",
                 "metadata": {"namespace": "istio-system", "name": "istiod", "labels": {"app": "istiod"}},
                 "spec": {"template": {"spec": {"containers": [{"name": "discovery", "image": "%s", "env": [
                   {"name": "PERMIT_CROSS_NAMESPACE_RESOURCE_ACCESS", %s}]}]}}}}
                """.formatted(istiodImage, variable));
    }

    /** Somebody's object beside ours. */
    void somebody(ObjectKind kind, String name, String spec) {
        cluster.put("somebody", """
                {"apiVersion": "%s", "kind": "%s", "metadata": {"namespace": "elsewhere", "name": "%s"}, "spec": %s}
                """.formatted(kind.apiVersion(), kind.kind(), name, spec));
    }

    List<Manifest> manifests() {
        return SampleIdentity.manifests(desired());
    }

    private IdentitySpec desired() {
        return rotation.orElseGet(() -> SampleIdentity.spec(placement, 1, serviceAccount));
    }

    PlanJob.OfIdentity job() {
        return new PlanJob.OfIdentity(
                1,
                "req_1",
                "payments",
                "basis",
                Optional.empty(),
                owner,
                rivals,
                desired(),
                kind,
                credential,
                known,
                written);
    }

    NewPlan plan() {
        Clock clock = Clock.fixed(now, ZoneOffset.UTC);
        Inventory inventory = new Inventory(cluster, istioNamespace, Clock.systemUTC());
        inventory.start();
        try {
            return new IdentityPlanner(cluster, inventory, keyset, new CertificateIntake(clock), clock).plan(job());
        } finally {
            inventory.stop();
        }
    }

    static PlanCheck check(NewPlan plan, CheckCode code) {
        return plan.checks().stream()
                .filter(check -> check.code().equals(code.value()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no check " + code));
    }
}
