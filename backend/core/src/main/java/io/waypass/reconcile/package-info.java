/** Stores of an applier: jobs to plan, reconcile and remove, and their outcomes. */
@NullMarked
package io.waypass.reconcile;

import org.jspecify.annotations.NullMarked;
