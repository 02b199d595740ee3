package io.waypass.plan;

import java.util.List;

/**
 * Number of a plan's checks for each level.
 *
 * @param unknown how many could not be evaluated
 */
public record CheckCounts(int passed, int warnings, int failed, int unknown) {

    public static CheckCounts of(List<PlanCheck> checks) {
        int[] counts = new int[PlanCheck.Level.values().length];
        checks.forEach(check -> counts[check.level().ordinal()]++);
        return new CheckCounts(
                counts[PlanCheck.Level.PASSED.ordinal()],
                counts[PlanCheck.Level.WARNING.ordinal()],
                counts[PlanCheck.Level.FAILED.ordinal()],
                counts[PlanCheck.Level.UNKNOWN.ordinal()]);
    }

    /** {@return whether every check passed} */
    public boolean clean() {
        return warnings + failed + unknown == 0;
    }
}
