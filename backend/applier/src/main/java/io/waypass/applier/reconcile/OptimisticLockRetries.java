package io.waypass.applier.reconcile;

/**
 * Optimistic-lock retries before backing off: a write is refused if the object changed since it was read, and the run starts again.
 *
 * @param rounds maximum number of runs
 */
record OptimisticLockRetries(int rounds) {

    static final OptimisticLockRetries STANDARD = new OptimisticLockRetries(4);

    boolean isLast(int round) {
        return round >= rounds;
    }
}
