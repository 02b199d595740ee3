/**
 * The applier's knowledge of the whole mesh, kept current by watches: the facts that plans rely on, and the objects
 * behind them.
 */
@NullMarked
package io.waypass.applier.inventory;

import org.jspecify.annotations.NullMarked;
