package io.waypass.applier.plan;

import io.waypass.applier.cluster.ApiServerRefused;
import io.waypass.applier.cluster.ClusterObjects;
import io.waypass.applier.cluster.LiveObject;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.applier.inventory.Fact;
import io.waypass.applier.inventory.ReliedFacts;
import io.waypass.destination.Destination;
import io.waypass.gateway.Gateway;
import io.waypass.gateway.Placement;
import io.waypass.manifests.ObjectKind;
import io.waypass.plan.CheckCode;
import io.waypass.plan.PlanCheck;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
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
    List<PlanCheck> of(Gateway gateway, Destination destination, ReliedFacts reliedFacts) {
        List<PlanCheck> found = new ArrayList<>(gateway(gateway, reliedFacts));
        found.add(crossNamespace(gateway, reliedFacts));
        found.addAll(sharedServiceEntry(gateway, destination, reliedFacts));
        found.add(host(gateway, destination, reliedFacts));
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

    static PlanCheck crossNamespace(Gateway gateway, ReliedFacts reliedFacts) {
        if (gateway.placement() == Placement.GATEWAY_NAMESPACE) {
            return CheckCode.GATEWAY_CROSS_NAMESPACE.passed(
                    "All objects live in the gateway's namespace; no permission of istiod is needed.");
        }
        String wanted = gateway.namespace() + "/" + gateway.serviceAccount();
        SortedMap<String, String> seen = reliedFacts.of(Fact.istiod());
        Optional<String> unwatched = reliedFacts.unwatched(Fact.istiod());
        if (unwatched.isPresent() || seen.isEmpty() || seen.containsValue("unseen")) {
            return CheckCode.GATEWAY_CROSS_NAMESPACE.unknown(
                    "Whether istiod lets " + wanted + " use secrets and routes of app namespaces cannot be seen. "
                            + unwatched.orElse(
                                    seen.isEmpty()
                                            ? "There is no Deployment of istiod where the applier looks."
                                            : "istiod takes the value from somewhere else than its Deployment."),
                    "Look at PERMIT_CROSS_NAMESPACE_RESOURCE_ACCESS of istiod: it has to name " + wanted + ".");
        }
        List<String> without = seen.entrySet().stream()
                .filter(istiod -> Arrays.stream(istiod.getValue()
                                .substring(istiod.getValue().indexOf(' ') + 1)
                                .split(","))
                        // not trimmed, because istiod does not trim
                        .noneMatch(wanted::equals))
                .map(Map.Entry::getKey)
                .toList();
        return without.isEmpty()
                ? CheckCode.GATEWAY_CROSS_NAMESPACE.passed(
                        "istiod permits " + wanted + " to use secrets and routes of app namespaces.")
                : CheckCode.GATEWAY_CROSS_NAMESPACE.failed(
                        String.join(", ", without) + " does not permit " + wanted
                                + " to use secrets and routes of app namespaces. Every status would be True, yet no certificate would be"
                                + " presented.",
                        "Add " + wanted
                                + " to PERMIT_CROSS_NAMESPACE_RESOURCE_ACCESS of istiod, without blanks around commas. The plan is made"
                                + " anew then.");
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

    /** A second ServiceEntry of the same host is a second service without the waypoint, and no status says so (measured). */
    static PlanCheck host(Gateway gateway, Destination destination, ReliedFacts reliedFacts) {
        String host = destination.host();
        SortedMap<String, String> claims = reliedFacts.of(Fact.host(host));
        claims.remove("ServiceEntry " + gateway.namespace() + "/" + destination.sharedServiceEntry());
        return FactChecks.noOthers(
                CheckCode.HOST_UNIQUE,
                reliedFacts.unwatched(Fact.host(host)),
                "all ServiceEntries",
                claims,
                "No other ServiceEntry of the mesh claims " + host + ".",
                " also claims " + host + ". Calls could take it instead of the gateway.",
                "It has to go first.");
    }
}
