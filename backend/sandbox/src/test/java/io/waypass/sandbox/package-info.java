/** The product end to end, on real parts. */
@NullMarked
package io.waypass.sandbox;

import org.jspecify.annotations.NullMarked;
