package io.waypass.mesh;

import java.time.Instant;
import java.util.List;

/**
 * One message of istiod to the waypoint.
 *
 * @param at when it went on to Envoy
 * @param type {@code Listener}, {@code Cluster}, {@code ClusterLoadAssignment}, {@code Secret} …
 * @param sent names of the resources that are new or changed
 * @param removed names of the resources that are gone
 */
public record ConfigurationChange(Instant at, String type, List<String> sent, List<String> removed) {

    public ConfigurationChange {
        sent = List.copyOf(sent);
        removed = List.copyOf(removed);
    }
}
