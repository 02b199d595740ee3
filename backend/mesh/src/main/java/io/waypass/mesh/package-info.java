/**
 * A mesh without nodes on the loopback interface: a real istiod, a real Envoy as waypoint, callers in ztunnel's place,
 * and a partner's nginx. What a cluster's nodes would do is played, and {@link io.waypass.mesh.PlayedNodes} says what.
 */
@NullMarked
package io.waypass.mesh;

import org.jspecify.annotations.NullMarked;
