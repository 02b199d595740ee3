package io.waypass.applier.cluster;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A watch by a fabric8 informer. It retries for ever when it is refused or the API server cannot be reached. */
final class InformerWatch implements ObjectWatch {

    private static final Logger LOG = LoggerFactory.getLogger(InformerWatch.class);

    /** A lost connection is renewed within this time; after a longer outage the kind counts as unwatched. */
    private static final Duration RENEWAL = Duration.ofSeconds(10);

    private static final Duration LOOK = Duration.ofMillis(200);

    private final ObjectKey kind;
    private final SharedIndexInformer<GenericKubernetesResource> informer;
    private final CountDownLatch firstLook = new CountDownLatch(1);
    private final Runnable watchedAgain;
    private final AtomicReference<@Nullable Outage> outage = new AtomicReference<>();
    private volatile boolean seen;
    private volatile boolean closed;

    /**
     * An outage of a watch: its reason, whether the API server refused, whether it was reported, and its start in
     * nanoseconds.
     */
    private record Outage(String words, boolean refused, boolean told, long since) {
        boolean isUnwatched() {
            return refused || System.nanoTime() - since > RENEWAL.toNanos();
        }
    }

    InformerWatch(
            ObjectKey kind,
            SharedIndexInformer<GenericKubernetesResource> informer,
            Consumer<GenericKubernetesResource> seen,
            Consumer<GenericKubernetesResource> gone,
            Runnable watchedAgain) {
        this.kind = kind;
        this.informer = informer;
        this.watchedAgain = watchedAgain;
        informer.addEventHandler(new ResourceEventHandler<>() {
            @Override
            public void onAdd(GenericKubernetesResource object) {
                seen.accept(object);
            }

            @Override
            public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource object) {
                seen.accept(object);
            }

            @Override
            public void onDelete(GenericKubernetesResource object, boolean finalStateUnknown) {
                gone.accept(object);
            }
        });
        informer.exceptionHandler((_, refusal) -> {
            tell(refusal);
            return true;
        });
    }

    void start() {
        // completes when every object of the first list was reported and the watch is established, after any number of
        // retries
        informer.start().whenComplete((_, refusal) -> {
            if (refusal == null) {
                seen = true;
                firstLook.countDown();
            } else {
                tell(refusal);
            }
        });
        Thread.ofVirtual().name("watch of " + kind.kind()).start(this::follow);
    }

    private void tell(Throwable refusal) {
        String words = words(refusal);
        Outage before = outage.getAndUpdate(earlier -> new Outage(
                words, answered(refusal).isPresent(), true, earlier == null ? System.nanoTime() : earlier.since()));
        firstLook.countDown();
        if (!closed && (before == null || !before.words().equals(words))) {
            LOG.warn("{} It is tried again", words);
        }
    }

    /** fabric8 does not report that an established watch lost its connection (7.5.2), so its state is polled. */
    private void follow() {
        try {
            while (!closed) {
                TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
                if (seen) {
                    look(outage.get());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look(@Nullable Outage present) {
        boolean watching;
        try {
            watching = informer.isWatching();
        } catch (NullPointerException e) {
            // fabric8 7.5.2 throws while a watch is being established: its Reflector reports that before it has the
            // watch
            return;
        }
        if (watching) {
            if (present != null && outage.compareAndSet(present, null) && present.told() && !closed) {
                LOG.info("{}s are watched again", kind.kind());
                watchedAgain.run();
            }
        } else if (present == null) {
            outage.compareAndSet(
                    null,
                    new Outage(
                            "Watching " + kind.kind() + "s does not work: the connection is lost.",
                            false,
                            false,
                            System.nanoTime()));
        } else if (!present.told() && present.isUnwatched()) {
            if (outage.compareAndSet(present, new Outage(present.words(), false, true, present.since())) && !closed) {
                LOG.warn("{} It is tried again", present.words());
            }
        }
    }

    private static Optional<KubernetesClientException> answered(Throwable refusal) {
        for (Throwable cause = refusal; cause != null; cause = cause.getCause()) {
            // 410 means that the watch is too old, which is no refusal: everything is listed again then
            if (cause instanceof KubernetesClientException answer
                    && answer.getCode() >= 400
                    && answer.getCode() < 500
                    && answer.getCode() != 410
                    && answer.getCode() != 429) {
                return Optional.of(answer);
            }
        }
        return Optional.empty();
    }

    private String words(Throwable refusal) {
        return answered(refusal)
                .map(answer -> "The applier may not watch " + kind.kind() + "s: “"
                        + (answer.getStatus() == null
                                ? "HTTP " + answer.getCode()
                                : answer.getStatus().getMessage())
                        + "”.")
                .orElse("Watching " + kind.kind() + "s does not work: " + refusal.getMessage() + ".");
    }

    @Override
    public boolean synced() {
        Outage present = outage.get();
        return seen && (present == null || !present.isUnwatched());
    }

    @Override
    public Optional<String> problem() {
        return Optional.ofNullable(outage.get()).map(Outage::words);
    }

    @Override
    public void awaitFirstLook(Duration atMost) {
        try {
            if (!firstLook.await(atMost.toNanos(), TimeUnit.NANOSECONDS)) {
                LOG.warn("{}s were not seen within {} ms", kind.kind(), atMost.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the inventory", e);
        }
    }

    @Override
    public void close() {
        closed = true;
        informer.stop();
    }
}
