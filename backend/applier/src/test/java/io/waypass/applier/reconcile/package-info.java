/** Tests of {@link io.waypass.applier.reconcile}. */
@org.jspecify.annotations.NullMarked
package io.waypass.applier.reconcile;
