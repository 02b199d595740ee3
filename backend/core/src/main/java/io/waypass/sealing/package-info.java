/**
 * Seals private keys so that only the applier of their cluster can open them, and stores the public keysets for that.
 */
@NullMarked
package io.waypass.sealing;

import org.jspecify.annotations.NullMarked;
