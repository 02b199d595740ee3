package io.waypass.applier.sealing;

import io.waypass.cluster.Cluster;
import io.waypass.cluster.Clusters;
import io.waypass.sealing.Sealer;
import io.waypass.sealing.SealingKeyId;
import io.waypass.sealing.SealingKeyset;
import io.waypass.sealing.SealingKeyset.Published;
import io.waypass.sealing.SealingKeysets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * Publishes the cluster's public keyset as soon as the cluster is registered, and keeps checking it.
 *
 * <p>Appliers of one cluster may have different files during a roll-out. They never move each other's key back: a
 * published key is replaced only by one that comes after it in the own file, so the newest primary wins and stays. A
 * published key that is not in the own file is left alone and reported, until the file or the publisher is fixed;
 * requests whose keys are sealed with it wait for an applier that has it.
 */
public final class KeysetPublication implements SmartLifecycle {

    /** Relation of the published keyset to the own one. */
    public enum Standing {
        /** Not checked yet. */
        NOT_CHECKED("the published sealing key has not been checked yet"),
        /** The cluster does not exist yet. */
        NOT_REGISTERED("the cluster is not registered yet"),
        /** The own primary is published. */
        PUBLISHED("the primary is published"),
        /** Another applier published a newer key of the own file. */
        BEHIND("another applier published a newer key of this file"),
        /** The published key is not in the file, so the own one is not published. */
        WITHHELD("the published sealing key is not in this applier's keyset file");

        private final String reason;

        Standing(String reason) {
            this.reason = reason;
        }

        /** {@return the same in words} */
        public String reason() {
            return reason;
        }
    }

    /**
     * Intervals.
     *
     * @param check between two checks of the published keyset
     * @param reseal between two searches for private keys that are sealed with an older key
     */
    public record Rhythm(Duration check, Duration reseal) {}

    private static final Logger LOG = LoggerFactory.getLogger(KeysetPublication.class);
    private static final Duration SOON = Duration.ofMillis(500);

    private final Clusters clusters;
    private final SealingKeysets keysets;
    private final SealingKeyset keyset;
    private final String cluster;
    private final Resealer resealer;
    private final Rhythm rhythm;
    private boolean replace;
    private String told = "";
    private boolean databaseAway;
    private long resealed = System.nanoTime();
    private volatile Standing standing = Standing.NOT_CHECKED;
    private volatile CountDownLatch stopping = new CountDownLatch(0);
    private Thread thread = new Thread();

    /**
     * @param cluster name of the applier's cluster
     * @param replace whether the first check publishes although the published key is not in the keyset
     * @param resealer runs once the keyset is published, and then at its interval
     */
    public KeysetPublication(
            Clusters clusters,
            SealingKeysets keysets,
            SealingKeyset keyset,
            String cluster,
            boolean replace,
            Resealer resealer,
            Rhythm rhythm) {
        this.clusters = clusters;
        this.keysets = keysets;
        this.keyset = keyset;
        this.cluster = cluster;
        this.replace = replace;
        this.resealer = resealer;
        this.rhythm = rhythm;
    }

    /** {@return result of the last check} */
    public Standing standing() {
        return standing;
    }

    /**
     * Finds the published key that this applier's file lacks, if a private key is sealed with it and therefore cannot
     * be opened here.
     *
     * @return the published key; empty if the file is not the reason
     */
    Optional<SealingKeyId> lackingFor(byte[] sealedKey) {
        return SealingKeyId.of(sealedKey)
                .filter(id -> !keyset.keys().contains(id))
                .filter(id -> clusters.find(cluster)
                        .flatMap(keysets::sealer)
                        .map(Sealer::key)
                        .filter(id::equals)
                        .isPresent());
    }

    /**
     * Text for people about a private key that only another applier of the cluster can open.
     *
     * @return the sentence; empty if this applier's file is not the reason
     */
    public Optional<String> behind(byte[] sealedKey) {
        return lackingFor(sealedKey).map(id -> {
            LOG.warn("A private key is sealed for key {}, which is not in this applier's keyset file", id);
            return "An applier of cluster " + cluster + " was started with an older sealing keyset, so the private key"
                    + " does not open there. Nothing is lost; it is tried again every few seconds.";
        });
    }

    @Override
    public void start() {
        CountDownLatch stop = new CountDownLatch(1);
        stopping = stop;
        thread = Thread.ofVirtual().name("keyset-publication").start(() -> keepChecking(stop));
    }

    @Override
    public void stop() {
        stopping.countDown();
        try {
            // resealing a row takes milliseconds; an interrupt would cut its connection
            if (!thread.join(Duration.ofSeconds(2))) {
                thread.interrupt();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return stopping.getCount() > 0;
    }

    private void keepChecking(CountDownLatch stop) {
        try {
            while (!stop.await(checkOnce().toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.trace("Checking the published sealing key");
            }
        } catch (InterruptedException _) {
            LOG.debug("Interrupted while stopping");
        }
    }

    /** Checks once; no failure ends the loop. */
    private Duration checkOnce() {
        try {
            check();
            databaseAway = false;
        } catch (DataAccessException | TransactionException e) {
            if (!databaseAway && isRunning()) {
                databaseAway = true;
                LOG.warn("The database is away; the sealing key is checked when it is back");
                LOG.debug("What the database said", e);
            }
            return SOON;
        } catch (RuntimeException e) {
            LOG.error("The sealing key could not be checked", e);
        }
        return switch (standing) {
            case NOT_CHECKED, NOT_REGISTERED -> SOON.compareTo(rhythm.check()) < 0 ? SOON : rhythm.check();
            case PUBLISHED, BEHIND, WITHHELD -> rhythm.check();
        };
    }

    /** Checks once, and acts on the result. */
    void check() {
        Optional<Cluster> registered = clusters.find(cluster);
        if (registered.isEmpty()) {
            standing = Standing.NOT_REGISTERED;
            tellOnce(
                    "not registered",
                    () -> LOG.info(
                            "Cluster {} is not registered yet; waiting for a platform admin to register it", cluster));
            return;
        }
        Standing before = standing;
        Optional<Standing> found = compare(registered.get());
        if (found.isEmpty()) {
            standing = Standing.NOT_CHECKED;
            return;
        }
        standing = found.get();
        replace = false;
        if (standing != before
                || System.nanoTime() - resealed >= rhythm.reseal().toNanos()) {
            if (standing == Standing.PUBLISHED) {
                resealer.run(this::isRunning);
            } else {
                resealer.count();
            }
            resealed = System.nanoTime();
        }
    }

    /** Publishes if it should; empty if another applier published at the same moment. */
    private Optional<Standing> compare(Cluster registered) {
        Optional<String> published = keysets.published(registered);
        Published how = published.map(keyset::compare).orElse(Published.OLDER);
        if (how == Published.FOREIGN && replace) {
            LOG.warn(
                    "WAYPASS_SEALING_KEYSET_REPLACE is set: the published sealing key of cluster {}, key {}, is replaced by key"
                            + " {}. What was sealed for it opens only with a file that has it. Take the setting away now.",
                    cluster,
                    idOf(published),
                    keyset.primary());
            how = Published.OLDER;
        }
        return switch (how) {
            case CURRENT -> Optional.of(Standing.PUBLISHED);
            case OLDER -> {
                if (!keysets.publish(registered, published, keyset.publicKeyset())) {
                    yield Optional.empty();
                }
                tellOnce(
                        "published " + keyset.primary(),
                        () -> LOG.info("Published the sealing key of cluster {}, key {}", cluster, keyset.primary()));
                yield Optional.of(Standing.PUBLISHED);
            }
            case NEWER -> {
                tellOnce(
                        "behind " + idOf(published),
                        () -> LOG.info(
                                "The published sealing key of cluster {} is key {}, a newer key of this applier's file,"
                                        + " in which key {} is the primary still. Both open here. Give this applier the"
                                        + " promoted file too.",
                                cluster,
                                idOf(published),
                                keyset.primary()));
                yield Optional.of(Standing.BEHIND);
            }
            case FOREIGN -> {
                tellOnce(
                        "withheld " + idOf(published),
                        () -> LOG.error(
                                "The published sealing key of cluster {} is key {}, which is not in this applier's keyset"
                                        + " file (keys {}): the file is an older one or another cluster's. Private keys that"
                                        + " are sealed now do not open here, so this applier publishes nothing, and requests"
                                        + " with such keys wait. Give it the file that has key {} and restart it. If that"
                                        + " file is lost for good, start once with WAYPASS_SEALING_KEYSET_REPLACE=true.",
                                cluster,
                                idOf(published),
                                keyset.keys(),
                                idOf(published)));
                yield Optional.of(Standing.WITHHELD);
            }
        };
    }

    private static String idOf(Optional<String> published) {
        try {
            return published
                    .map(Sealer::of)
                    .map(Sealer::key)
                    .map(Object::toString)
                    .orElse("none");
        } catch (IllegalArgumentException _) {
            return "unreadable";
        }
    }

    private void tellOnce(String what, Runnable tell) {
        if (!told.equals(what)) {
            told = what;
            tell.run();
        }
    }
}
