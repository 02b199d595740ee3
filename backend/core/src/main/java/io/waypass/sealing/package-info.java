/** Keeping private keys from everybody but the applier of their cluster. */
@NullMarked
package io.waypass.sealing;

import org.jspecify.annotations.NullMarked;
