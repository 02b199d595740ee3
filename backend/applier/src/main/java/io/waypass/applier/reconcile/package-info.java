/** Reconciles the cluster with what was approved: changes, drift, leftovers and orphans. */
@NullMarked
package io.waypass.applier.reconcile;

import org.jspecify.annotations.NullMarked;
