package io.waypass.mesh;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** Waits for conditions. */
final class Conditions {

    private Conditions() {}

    /**
     * Waits until a condition holds.
     *
     * @param what completes the sentence “waited in vain until …”
     * @throws IllegalStateException if it does not hold in time
     */
    static void await(String what, Duration limit, Callable<Boolean> condition) {
        long deadline = System.nanoTime() + limit.toNanos();
        try {
            while (!condition.call()) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException("waited in vain until " + what);
                }
                TimeUnit.MILLISECONDS.sleep(50);
            }
        } catch (RuntimeException e) {
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting until " + what, e);
        } catch (Exception e) {
            throw new IllegalStateException("could not see whether " + what, e);
        }
    }
}
