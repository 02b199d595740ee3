/** Publishes the sealing keyset of the cluster and seals keys anew after its rotation. */
@NullMarked
package io.waypass.applier.sealing;

import org.jspecify.annotations.NullMarked;
