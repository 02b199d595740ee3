/** Egress waypoints, and where their per-app objects are. */
@NullMarked
package io.waypass.gateway;

import org.jspecify.annotations.NullMarked;
