/** Plans: the changes that a request would make in the cluster, their checks, and the facts that they rely on. */
@NullMarked
package io.waypass.plan;

import org.jspecify.annotations.NullMarked;
