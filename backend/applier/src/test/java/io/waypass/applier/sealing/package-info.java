/** How the sealing keyset is published and rotated. */
@NullMarked
package io.waypass.applier.sealing;

import org.jspecify.annotations.NullMarked;
