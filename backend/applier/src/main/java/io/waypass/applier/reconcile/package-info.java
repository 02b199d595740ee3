/** Makes the cluster hold what was approved, and keeps it so. */
@NullMarked
package io.waypass.applier.reconcile;

import org.jspecify.annotations.NullMarked;
