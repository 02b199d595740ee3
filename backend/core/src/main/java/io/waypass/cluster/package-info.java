/** Clusters, what is done about drift in them, and the objects with the Waypass label that belong to nothing. */
@NullMarked
package io.waypass.cluster;

import org.jspecify.annotations.NullMarked;
