package io.waypass.applier;

import io.waypass.testing.junit.PatientWaits;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Lets actors run one step at a time in an order that a seed decides, so that an interleaving can be repeated. An actor is a thread that
 * asks for its turn before each step; what it does between two turns nobody else sees half done.
 */
final class Turns {

    /** An actor dies here, as a process does. */
    static final class Crash extends RuntimeException {
        Crash() {
            super("the applier is killed here", null, false, false);
        }
    }

    private static final ThreadLocal<Actor> CURRENT = new ThreadLocal<>();

    private final class Actor {
        final Semaphore turn = new Semaphore(0);
        final Semaphore parked = new Semaphore(0);
        final Thread thread;
        volatile boolean done;

        Actor(String name, Runnable life) {
            thread = Thread.ofPlatform().name(name).daemon().start(() -> {
                CURRENT.set(this);
                try {
                    park();
                    life.run();
                } catch (Throwable e) {
                    failure.compareAndSet(null, e);
                } finally {
                    done = true;
                    parked.release();
                }
            });
        }

        private void park() {
            parked.release();
            turn.acquireUninterruptibly();
        }
    }

    private final List<Actor> actors = new ArrayList<>();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final Random random;
    private int steps;

    Turns(Random random) {
        this.random = random;
    }

    void actor(String name, Runnable life) {
        actors.add(new Actor(name, life));
    }

    /** Waits for the calling actor's next turn; nothing for a thread that is none. */
    static void step() {
        Actor actor = CURRENT.get();
        if (actor != null) {
            actor.park();
        }
    }

    /** Runs all actors to their end, checking the world after each step. */
    void run(Runnable check) throws InterruptedException {
        for (Actor actor : actors) {
            await(actor);
        }
        while (failure.get() == null) {
            List<Actor> alive = actors.stream().filter(actor -> !actor.done).toList();
            if (alive.isEmpty()) {
                break;
            }
            Actor next = alive.get(random.nextInt(alive.size()));
            next.turn.release();
            await(next);
            steps++;
            check.run();
        }
        Throwable failed = failure.get();
        if (failed != null) {
            throw new AssertionError("an actor failed: " + failed, failed);
        }
    }

    int steps() {
        return steps;
    }

    private static void await(Actor actor) throws InterruptedException {
        if (!actor.parked.tryAcquire(PatientWaits.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError(actor.thread.getName() + " does not come to its next step");
        }
    }
}
