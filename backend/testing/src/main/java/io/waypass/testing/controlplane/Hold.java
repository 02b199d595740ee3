package io.waypass.testing.controlplane;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Holds the calls of a {@link Fault#hold}, possibly several at once, until the test releases them. */
public final class Hold {

    private final CompletableFuture<Call> reached = new CompletableFuture<>();
    private final CountDownLatch released = new CountDownLatch(1);

    public Hold() {}

    /**
     * Waits until a call is held here.
     *
     * @return the first call that arrived
     * @throws AssertionError if none arrived in time
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

    /** Releases the held calls, and holds no further ones. */
    public void release() {
        released.countDown();
    }

    void keep(Call call) throws InterruptedException {
        reached.complete(call);
        released.await();
    }
}
