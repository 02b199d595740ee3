/** Calls to the API server and watches of it. */
@NullMarked
package io.waypass.applier.cluster;

import org.jspecify.annotations.NullMarked;
