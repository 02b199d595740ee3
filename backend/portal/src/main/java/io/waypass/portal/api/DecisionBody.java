package io.waypass.portal.api;

import org.jspecify.annotations.Nullable;

/**
 * A decision on a plan.
 *
 * @param digest of the plan; required
 * @param plan {@code pln_…}, if it must be the present one
 */
record DecisionBody(
        @Nullable String digest,
        @Nullable String plan,
        @Nullable String reason) {}
