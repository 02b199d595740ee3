package io.waypass.applier.plan;

import com.fasterxml.jackson.databind.JsonNode;
import io.waypass.applier.cluster.ApiServerRefused;
import io.waypass.applier.cluster.ClusterObjects;
import io.waypass.applier.cluster.LiveObject;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.identity.DesiredIdentity;
import io.waypass.manifests.IdentityManifests;
import io.waypass.request.PlanCheck;
import io.waypass.request.PlanCheck.Level;
import io.waypass.request.RequestWork.PlanJob;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.StreamSupport;

/** What has to hold in the cluster for an identity to work. What cannot be seen is said to be unknown, never passed. */
final class ClusterChecks {

    private static final String ISTIO = "networking.istio.io/v1";

    private final ClusterObjects cluster;

    ClusterChecks(ClusterObjects cluster) {
        this.cluster = cluster;
    }

    List<PlanCheck> of(PlanJob job) {
        DesiredIdentity desired = job.desired();
        List<PlanCheck> found = new ArrayList<>();
        namespace(desired, found);
        found.add(serviceAccount(desired));
        found.add(gateway(desired));
        sharedServiceEntry(desired, found);
        found.add(hosts(desired));
        return found;
    }

    private void namespace(DesiredIdentity desired, List<PlanCheck> found) {
        String name = desired.app().namespace();
        Optional<LiveObject> namespace;
        try {
            namespace = cluster.get(new ObjectKey("v1", "Namespace", "", name));
        } catch (ApiServerRefused refusal) {
            found.add(unseen("namespace.exists", "the namespace " + name, refusal));
            return;
        }
        if (namespace.isEmpty()) {
            found.add(new PlanCheck(
                    "namespace.exists",
                    Level.FAILED,
                    "There is no namespace " + name + " in cluster "
                            + desired.cluster().name() + ". Create it, or register the app in the one where it runs."));
            return;
        }
        found.add(new PlanCheck("namespace.exists", Level.PASSED, "The namespace " + name + " exists."));
        String mode =
                namespace.get().at("/metadata/labels/istio.io~1dataplane-mode").asText();
        found.add(
                mode.equals("ambient")
                        ? new PlanCheck("namespace.ambient", Level.PASSED, "The namespace is in the ambient mesh.")
                        : new PlanCheck(
                                "namespace.ambient",
                                Level.WARNING,
                                "The namespace " + name
                                        + " has no label istio.io/dataplane-mode=ambient. Unless the pods carry it themselves,"
                                        + " the app is outside the mesh, has no principal there, and its calls do not pass the gateway."));
    }

    private PlanCheck serviceAccount(DesiredIdentity desired) {
        String name = desired.app().serviceAccount();
        return looking(
                "service-account.exists",
                "the service account " + name,
                () -> cluster.get(new ObjectKey(
                                        "v1", "ServiceAccount", desired.app().namespace(), name))
                                .isPresent()
                        ? new PlanCheck(
                                "service-account.exists",
                                Level.PASSED,
                                "The service account " + name + " exists; the mesh will know the app as "
                                        + desired.app().principal().spiffeId() + ".")
                        : new PlanCheck(
                                "service-account.exists",
                                Level.FAILED,
                                "There is no service account " + name + " in "
                                        + desired.app().namespace()
                                        + ". Create it and let the app's pods run as it, or register the app under another name with the one that they run as."));
    }

    private PlanCheck gateway(DesiredIdentity desired) {
        String name = desired.gateway().namespace() + "/" + desired.gateway().name();
        return looking("gateway.programmed", "the gateway " + name, () -> {
            Optional<LiveObject> gateway = cluster.get(new ObjectKey(
                    "gateway.networking.k8s.io/v1",
                    "Gateway",
                    desired.gateway().namespace(),
                    desired.gateway().name()));
            if (gateway.isEmpty()) {
                return new PlanCheck(
                        "gateway.programmed",
                        Level.FAILED,
                        "There is no Gateway " + name + ". A platform admin has to create the egress waypoint first.");
            }
            return reported(
                    "gateway.programmed",
                    "The gateway " + name + " is programmed.",
                    "the gateway " + name,
                    condition(gateway.get().at("/status/conditions"), "Programmed"));
        });
    }

    private void sharedServiceEntry(DesiredIdentity desired, List<PlanCheck> found) {
        String name = desired.destination().sharedServiceEntry();
        String full = desired.gateway().namespace() + "/" + name;
        found.add(looking("shared-service-entry.bound", "the ServiceEntry " + full, () -> {
            Optional<LiveObject> entry = cluster.get(
                    new ObjectKey(ISTIO, "ServiceEntry", desired.gateway().namespace(), name));
            if (entry.isEmpty()) {
                return new PlanCheck(
                        "shared-service-entry.bound",
                        Level.FAILED,
                        "There is no ServiceEntry " + full + ", to which all calls to "
                                + desired.destination().host() + " go. A platform admin has to create it first.");
            }
            return reported(
                    "shared-service-entry.bound",
                    "The ServiceEntry " + full + " is bound to the waypoint.",
                    "the ServiceEntry " + full,
                    condition(entry.get().at("/status/conditions"), "istio.io/WaypointBound"));
        }));
    }

    /** A second ServiceEntry of the same host is a second service without the waypoint, and no status says so (measured). */
    private PlanCheck hosts(DesiredIdentity desired) {
        return looking("host.unique", "all ServiceEntries", () -> {
            String host = desired.destination().host();
            String synthetic = IdentityManifests.syntheticHost(
                    desired.app().name(), desired.app().namespace(), host);
            for (LiveObject entry : cluster.list(ISTIO, "ServiceEntry")) {
                boolean shared = entry.namespace().equals(desired.gateway().namespace())
                        && entry.name().equals(desired.destination().sharedServiceEntry());
                if (shared || entry.belongsTo(desired.publicId())) {
                    continue;
                }
                for (JsonNode claimed : entry.at("/spec/hosts")) {
                    if (claimed.asText().equals(host) || claimed.asText().equals(synthetic)) {
                        return new PlanCheck(
                                "host.unique",
                                Level.FAILED,
                                "The ServiceEntry " + entry.namespace() + "/" + entry.name() + " also claims "
                                        + claimed.asText()
                                        + ". Calls could take it instead of the gateway. It has to go first.");
                    }
                }
            }
            return new PlanCheck("host.unique", Level.PASSED, "No other ServiceEntry of the mesh claims " + host + ".");
        });
    }

    private static PlanCheck reported(String code, String good, String what, Optional<JsonNode> condition) {
        if (condition.isEmpty()) {
            return new PlanCheck(
                    code, Level.UNKNOWN, "Nobody has reported on " + what + ". Is the mesh's control plane running?");
        }
        return condition.get().path("status").asText().equals("True")
                ? new PlanCheck(code, Level.PASSED, good)
                : new PlanCheck(
                        code,
                        Level.WARNING,
                        "The mesh reports on " + what + ": "
                                + condition.get().path("reason").asText() + ", “"
                                + condition.get().path("message").asText()
                                + "”. Until it is mended, calls do not get through.");
    }

    static Optional<JsonNode> condition(JsonNode conditions, String type) {
        return StreamSupport.stream(conditions.spliterator(), false)
                .filter(condition -> condition.path("type").asText().equals(type))
                .filter(condition -> !condition.path("status").asText().equals("Unknown"))
                .findFirst();
    }

    private static PlanCheck looking(String code, String what, Supplier<PlanCheck> look) {
        try {
            return look.get();
        } catch (ApiServerRefused refusal) {
            return unseen(code, what, refusal);
        }
    }

    private static PlanCheck unseen(String code, String what, ApiServerRefused refusal) {
        return new PlanCheck(
                code, Level.UNKNOWN, "The applier may not look at " + what + ": “" + refusal.words() + "”.");
    }
}
