package io.waypass.applier.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waypass.testing.PostgresServer;
import io.waypass.testing.PostgresServer.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

class IdentityLockIT {

    private final TestDatabase database = PostgresServer.freshDatabase();
    private final JdbcClient owner = JdbcClient.create(database.owner());

    @Test
    void whoComesWhileAnotherWorksOnTheIdentityWaitsAndThenGoesOn() throws Exception {
        IdentityLock lock = new IdentityLock(database.applier(), Duration.ofSeconds(30));
        List<String> order = new CopyOnWriteArrayList<>();
        CountDownLatch mayEnd = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> first = threads.submit(() -> lock.holding(1, () -> {
                order.add("first begins");
                await(mayEnd);
                order.add("first ends");
            }));
            Awaitility.await().until(() -> !order.isEmpty());
            Future<?> second = threads.submit(() -> lock.holding(1, () -> order.add("second")));
            Awaitility.await().until(() -> waiting() == 1);
            lock.holding(2, () -> order.add("another identity"));
            mayEnd.countDown();
            first.get();
            second.get();
        }

        assertThat(order).containsExactly("first begins", "another identity", "first ends", "second");
    }

    @Test
    void whoWaitsTooLongIsToldThatTheIdentityIsTakenAndMayComeAgain() {
        IdentityLock patient = new IdentityLock(database.applier(), Duration.ofSeconds(30));
        IdentityLock hasty = new IdentityLock(database.applier(), Duration.ofMillis(20));

        patient.holding(
                1, () -> assertThatThrownBy(() -> hasty.holding(1, () -> {})).isInstanceOf(IdentityWork.Busy.class));

        hasty.holding(1, () -> {});
    }

    private long waiting() {
        return owner.sql("select count(*) from pg_locks where locktype = 'advisory' and not granted")
                .query(Long.class)
                .single();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
