package io.waypass.applier.plan;

import io.waypass.applier.cluster.ApiServerRefused;
import io.waypass.applier.cluster.ClusterObjects;
import io.waypass.applier.cluster.LiveObject;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.applier.inventory.Fact;
import io.waypass.applier.inventory.ReliedFacts;
import io.waypass.applier.mesh.FactChecks;
import io.waypass.applier.mesh.MeshChecks;
import io.waypass.cluster.Cluster;
import io.waypass.destination.Destination;
import io.waypass.gateway.Gateway;
import io.waypass.manifests.ObjectKind;
import io.waypass.plan.CheckCode;
import io.waypass.plan.PlanCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

/**
 * What has to hold in the cluster for a destination and its gateway to work, whichever app calls. What cannot be seen is said to be
 * unknown, never passed.
 */
final class DestinationChecks {

    private final ClusterObjects cluster;

    DestinationChecks(ClusterObjects cluster) {
        this.cluster = cluster;
    }

    /** All checks of a destination that is already in the cluster. */
    List<PlanCheck> of(Cluster registered, Gateway gateway, Destination destination, ReliedFacts reliedFacts) {
        List<PlanCheck> found = new ArrayList<>(gateway(gateway, reliedFacts));
        found.add(MeshChecks.flavour(registered, reliedFacts));
        found.add(MeshChecks.principalHeader(registered, gateway, reliedFacts));
        found.add(MeshChecks.crossNamespace(gateway, reliedFacts));
        found.addAll(sharedServiceEntry(gateway, destination, reliedFacts));
        found.add(MeshChecks.host(gateway, destination, reliedFacts));
        return found;
    }

    List<PlanCheck> gateway(Gateway gateway, ReliedFacts reliedFacts) {
        String namespace = gateway.namespace();
        String name = namespace + "/" + gateway.name();
        Optional<LiveObject> live;
        try {
            live = cluster.get(ObjectKey.of(ObjectKind.GATEWAY, namespace, gateway.name()));
        } catch (ApiServerRefused refusal) {
            return List.of(FactChecks.unseen(CheckCode.GATEWAY_EXISTS, "the gateway " + name, refusal.words()));
        }
        reliedFacts.read(Fact.gateway(namespace, gateway.name()), live);
        if (live.isEmpty()) {
            return List.of(CheckCode.GATEWAY_EXISTS.failed(
                    "There is no Gateway " + name + ".", "A platform admin has to create the egress waypoint first."));
        }
        return List.of(
                CheckCode.GATEWAY_EXISTS.passed("The Gateway " + name + " exists."),
                FactChecks.reported(
                        CheckCode.GATEWAY_PROGRAMMED,
                        "The gateway " + name + " is programmed.",
                        "the gateway " + name,
                        FactChecks.condition(live.get().at("/status/conditions"), "Programmed")));
    }

    List<PlanCheck> sharedServiceEntry(Gateway gateway, Destination destination, ReliedFacts reliedFacts) {
        String namespace = gateway.namespace();
        String name = destination.sharedServiceEntry();
        String host = destination.host();
        String full = namespace + "/" + name;
        Optional<LiveObject> entry;
        try {
            entry = cluster.get(ObjectKey.of(ObjectKind.SERVICE_ENTRY, namespace, name));
        } catch (ApiServerRefused refusal) {
            return List.of(FactChecks.unseen(
                    CheckCode.SHARED_SERVICE_ENTRY_EXISTS, "the ServiceEntry " + full, refusal.words()));
        }
        reliedFacts.read(Fact.serviceEntry(namespace, name), entry);
        boolean claims = entry.filter(
                        live -> StreamSupport.stream(live.at("/spec/hosts").spliterator(), false)
                                .anyMatch(claimed -> claimed.asText().equals(host)))
                .isPresent();
        if (!claims) {
            return List.of(CheckCode.SHARED_SERVICE_ENTRY_EXISTS.failed(
                    entry.isEmpty()
                            ? "There is no ServiceEntry " + full + ", to which all calls to " + host + " go."
                            : "The ServiceEntry " + full + " does not claim the host " + host + ".",
                    "A platform admin has to " + (entry.isEmpty() ? "create" : "mend") + " it first."));
        }
        return List.of(
                CheckCode.SHARED_SERVICE_ENTRY_EXISTS.passed("The ServiceEntry " + full + " claims " + host + "."),
                FactChecks.reported(
                        CheckCode.SHARED_SERVICE_ENTRY_BOUND,
                        "The ServiceEntry " + full + " is bound to the waypoint.",
                        "the ServiceEntry " + full,
                        FactChecks.condition(entry.get().at("/status/conditions"), "istio.io/WaypointBound")));
    }
}
