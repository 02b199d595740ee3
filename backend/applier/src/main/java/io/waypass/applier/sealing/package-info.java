/** Publishes the cluster's public keyset, and seals private keys again after a key rotation. */
@NullMarked
package io.waypass.applier.sealing;

import org.jspecify.annotations.NullMarked;
