/** Gateways and the catalogue of external services behind them. */
@NullMarked
package io.waypass.destination;

import org.jspecify.annotations.NullMarked;
