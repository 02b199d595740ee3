package io.waypass.applier.guardrail;

import io.waypass.destination.Destinations;
import io.waypass.gateway.Gateway;
import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The catalogue in the form that policies look up: everything is a key, because a policy finds a key in one step, and pays for each entry
 * that it has to go through. Hosts and labels have no underscore, so no key is of two kinds:
 *
 * <table>
 * <caption>Keys</caption>
 * <tr><td>{@code my-nginx.foo.bar}</td><td>a catalogued host; the value is its slug, or several</td></tr>
 * <tr><td>{@code .foo.bar}, {@code .bar}</td><td>the domains above it: what a wildcard covers</td></tr>
 * <tr><td>{@code _gateway.istio-egress.egress-waypoint}</td><td>the waypoint of a catalogued destination</td></tr>
 * <tr><td>{@code _gateway-namespace.istio-egress}</td><td>its namespace</td></tr>
 * </table>
 *
 * <p>Each is a valid key of a ConfigMap: letters, digits, dashes, underscores and dots, up to 253.
 */
final class CatalogueEntries {

    private CatalogueEntries() {}

    /** {@return keys and values, in order: the same for the same destinations} */
    static SortedMap<String, String> of(Collection<Destinations.Entry> destinations) {
        SortedMap<String, String> entries = new TreeMap<>();
        for (Destinations.Entry each : destinations) {
            String host = each.destination().host();
            entries.merge(host, each.destination().slug(), (one, another) -> one + "," + another);
            for (int dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
                entries.put(host.substring(dot), "");
            }
            Gateway gateway = each.gateway();
            entries.put("_gateway." + gateway.namespace() + "." + gateway.name(), "");
            entries.put("_gateway-namespace." + gateway.namespace(), "");
        }
        return entries;
    }
}
