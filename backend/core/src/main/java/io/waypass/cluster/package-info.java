/** Clusters, their drift policy, and orphans: objects with the Waypass label that belong to nothing. */
@NullMarked
package io.waypass.cluster;

import org.jspecify.annotations.NullMarked;
