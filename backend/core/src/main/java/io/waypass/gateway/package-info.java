/** Egress waypoints, and where their per-app objects live. */
@NullMarked
package io.waypass.gateway;

import org.jspecify.annotations.NullMarked;
