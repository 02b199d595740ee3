/** What the applier says to the API server, and hears from it. */
@NullMarked
package io.waypass.applier.cluster;

import org.jspecify.annotations.NullMarked;
