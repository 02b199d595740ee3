package io.waypass.applier.mesh;

import io.waypass.applier.inventory.Fact;
import io.waypass.applier.inventory.PrincipalHeaderFilter;
import io.waypass.applier.inventory.PrincipalHeaderFilter.Deed;
import io.waypass.applier.inventory.ReliedFacts;
import io.waypass.cluster.Cluster;
import io.waypass.cluster.Flavour;
import io.waypass.gateway.Gateway;
import io.waypass.plan.CheckCode;
import io.waypass.plan.PlanCheck;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Whether an EnvoyFilter writes the caller's principal into the header that routes and policies match on. Without it
 * every status is True and every call is 403 (measured); so is it in another context: upstream istiod builds a waypoint's
 * listener in {@code SIDECAR_INBOUND}, the Solo guide has {@code GATEWAY}.
 */
final class PrincipalHeaderCheck {

    private static final String WAYPOINT_CLASS = "GatewayClass/istio-waypoint";

    private final Gateway gateway;
    private final Set<String> contexts;
    private final SortedMap<String, PrincipalHeaderFilter> found = new TreeMap<>();
    private final SortedMap<String, PrincipalHeaderFilter> attached = new TreeMap<>();

    private PrincipalHeaderCheck(Cluster cluster, Gateway gateway) {
        this.gateway = gateway;
        this.contexts = cluster.flavour() == Flavour.SOLO ? Set.of("ANY", "GATEWAY") : Set.of("ANY", "SIDECAR_INBOUND");
    }

    static PlanCheck of(Cluster cluster, Gateway gateway, ReliedFacts facts) {
        String fact = Fact.principalHeader(gateway.namespace());
        PrincipalHeaderCheck check = new PrincipalHeaderCheck(cluster, gateway);
        check.read(facts.of(fact), "Gateway/" + gateway.name());
        if (!facts.rootNamespace().isBlank()) {
            check.read(facts.of(Fact.principalHeader(facts.rootNamespace())), WAYPOINT_CLASS);
        }
        return facts.unwatched(fact)
                .map(reason -> FactChecks.unseen(CheckCode.GATEWAY_PRINCIPAL_HEADER, "all EnvoyFilters", reason))
                .orElseGet(check::result);
    }

    private void read(SortedMap<String, String> statements, String target) {
        statements.forEach((object, statement) -> {
            PrincipalHeaderFilter filter = PrincipalHeaderFilter.parse(statement);
            found.put(object, filter);
            if (filter.targets().contains(target)) {
                attached.put(object, filter);
            }
        });
    }

    private PlanCheck result() {
        String name = gateway.namespace() + "/" + gateway.name();
        if (found.isEmpty()) {
            return failed(
                    "No EnvoyFilter writes the caller's principal into the header that routes match on, at the gateway "
                            + name + ".");
        }
        if (attached.isEmpty()) {
            return failed("The " + names(found) + " is not attached to the gateway " + name
                    + ". A waypoint takes an EnvoyFilter whose targetRefs name its Gateway in the same namespace; a workloadSelector does"
                    + " nothing.");
        }
        SortedMap<String, PrincipalHeaderFilter> forging = doing(Deed.FORGES);
        if (!forging.isEmpty()) {
            return failed("The " + names(forging)
                    + " sets the principal's header to something else than the caller's principal"
                    + " (filter state io.istio.peer_principal).");
        }
        SortedMap<String, PrincipalHeaderFilter> writing = doing(Deed.WRITES);
        if (writing.isEmpty()) {
            Set<String> elsewhere = attached.values().stream()
                    .flatMap(filter -> filter.in(Deed.WRITES).stream())
                    .collect(Collectors.toSet());
            return failed(
                    elsewhere.isEmpty()
                            ? "The " + names(attached)
                                    + " does not set the principal's header from the filter state io.istio.peer_principal, before routes"
                                    + " are matched."
                            : "The " + names(attached) + " writes the principal's header in the context "
                                    + String.join(", ", elsewhere)
                                    + ", where it does nothing here: a waypoint of this cluster takes "
                                    + contexts.stream().sorted().collect(Collectors.joining(" or ")) + ".");
        }
        if (doing(Deed.REMOVES_FIRST).isEmpty()) {
            return unfit("The " + names(writing)
                    + " does not remove what the caller sent under the header's name before it writes the principal, so that a caller"
                    + " without a principal could forge one.");
        }
        if (doing(Deed.CLEANS).isEmpty()) {
            return CheckCode.GATEWAY_PRINCIPAL_HEADER.warning(
                    "The " + names(writing)
                            + " writes the principal's header, and nothing at the gateway removes it again. The route of each identity removes"
                            + " it; a call that takes another route would show the app's SPIFFE id to the partner.",
                    "Add the header to request_headers_to_remove, as the operator guide shows it.");
        }
        return CheckCode.GATEWAY_PRINCIPAL_HEADER.passed(
                "The " + names(writing) + " writes the caller's principal into the header that routes match on.");
    }

    private static PlanCheck failed(String what) {
        return unfit(what + " Calls are refused with 403, although the mesh reports every status as True.");
    }

    private static PlanCheck unfit(String what) {
        return CheckCode.GATEWAY_PRINCIPAL_HEADER.failed(
                what,
                "Apply the gateway's EnvoyFilter as the operator guide shows it for this cluster's distribution of Istio.");
    }

    private SortedMap<String, PrincipalHeaderFilter> doing(Deed deed) {
        return attached.entrySet().stream()
                .filter(filter -> filter.getValue().does(deed, contexts))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (one, _) -> one, TreeMap::new));
    }

    private static String names(SortedMap<String, PrincipalHeaderFilter> filters) {
        return String.join(", the ", filters.keySet());
    }
}
