package io.waypass.testing.controlplane;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Where a {@link Fault#hold} keeps calls, several at once if it must, until the test lets them go on. */
public final class Hold {

    private final CompletableFuture<Call> reached = new CompletableFuture<>();
    private final CountDownLatch released = new CountDownLatch(1);

    /** A hold that nothing has reached. */
    public Hold() {}

    /**
     * Waits until a call is held here.
     *
     * @param timeout how long at most
     * @return the first call that came
     * @throws AssertionError if none came in time
     */
    public Call awaitReached(Duration timeout) {
        try {
            return reached.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("No call reached the hold within " + timeout, e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted before a call reached the hold", e);
        }
    }

    /** Lets go on what is held, and holds nothing any more. */
    public void release() {
        released.countDown();
    }

    void keep(Call call) throws InterruptedException {
        reached.complete(call);
        released.await();
    }
}
