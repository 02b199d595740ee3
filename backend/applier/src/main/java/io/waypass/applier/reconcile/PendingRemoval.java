package io.waypass.applier.reconcile;

import java.time.Instant;

/**
 * A replaced Secret that still exists.
 *
 * @param due when it is removed
 */
record PendingRemoval(ObjectComparison found, Instant due) {}
