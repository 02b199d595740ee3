/** Keeping private keys from everybody but the applier of their cluster, and the keysets that appliers publish for it. */
@NullMarked
package io.waypass.sealing;

import org.jspecify.annotations.NullMarked;
