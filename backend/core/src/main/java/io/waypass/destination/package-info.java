/** The catalogue of external services behind the gateways. */
@NullMarked
package io.waypass.destination;

import org.jspecify.annotations.NullMarked;
