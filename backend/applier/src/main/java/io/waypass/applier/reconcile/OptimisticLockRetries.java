package io.waypass.applier.reconcile;

/**
 * Optimistic-lock retries before backing off: a write is refused if the object changed since it was read, and the round begins again.
 *
 * @param rounds how many rounds at most
 */
record OptimisticLockRetries(int rounds) {

    static final OptimisticLockRetries STANDARD = new OptimisticLockRetries(4);

    boolean isLast(int round) {
        return round >= rounds;
    }
}
