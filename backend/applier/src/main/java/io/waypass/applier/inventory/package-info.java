/** What the applier knows of the whole mesh, kept by watch: facts that plans rely on, and who makes them true. */
@NullMarked
package io.waypass.applier.inventory;

import org.jspecify.annotations.NullMarked;
