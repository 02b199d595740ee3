package io.waypass.applier.task;

import com.github.kagkarlsson.scheduler.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * One clock for all appliers of a cluster: the database's. Whether a task is due, whether its applier is alive, and the
 * recorded time of an event must not depend on how well the clocks of two machines agree, nor on a clock being set.
 * Between two readings, and while the database is away, the monotonic clock counts on. The machine's own clock is used
 * only until the first reading.
 */
public final class DatabaseClock implements Clock, SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseClock.class);

    /** A larger difference is logged. */
    private static final Duration LARGE = Duration.ofSeconds(2);

    private record Reading(Instant at, long nanos) {
        Instant now() {
            return at.plusNanos(System.nanoTime() - nanos);
        }
    }

    private final JdbcClient jdbc;
    private final Duration every;
    private volatile Reading reading;
    private volatile CountDownLatch stopping = new CountDownLatch(0);
    private boolean read;

    /**
     * Uses the machine's clock until the first reading.
     *
     * @param every interval of the readings
     */
    public DatabaseClock(JdbcClient jdbc, InstantSource machine, Duration every) {
        this.jdbc = jdbc;
        this.every = every;
        this.reading = new Reading(machine.instant(), System.nanoTime());
    }

    @Override
    public Instant now() {
        return reading.now();
    }

    /** Reads the database's time now. */
    public void set() {
        try {
            long begin = System.nanoTime();
            Instant theirs = jdbc.sql("select clock_timestamp()")
                    .query(OffsetDateTime.class)
                    .single()
                    .toInstant();
            long end = System.nanoTime();
            Reading now = new Reading(theirs, begin + (end - begin) / 2);
            Duration jump = Duration.between(reading.now(), now.now()).abs();
            if (jump.compareTo(LARGE) > 0) {
                LOG.warn(
                        "The {} differs from the database's clock by {} ms; tasks go by the database's",
                        read ? "time that has passed here" : "clock of this machine",
                        jump.toMillis());
            }
            reading = now;
            read = true;
        } catch (RuntimeException e) {
            LOG.debug("The database's clock could not be read", e);
        }
    }

    @Override
    public void start() {
        CountDownLatch stop = new CountDownLatch(1);
        stopping = stop;
        set();
        Thread.ofVirtual().name("database-clock").start(() -> {
            try {
                while (!stop.await(every.toNanos(), TimeUnit.NANOSECONDS)) {
                    set();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    @Override
    public void stop() {
        stopping.countDown();
    }

    @Override
    public boolean isRunning() {
        return stopping.getCount() > 0;
    }

    @Override
    public int getPhase() {
        // starts before the tasks
        return DEFAULT_PHASE - 2;
    }
}
