package io.waypass.applier.work;

import io.waypass.directory.Directory;
import io.waypass.sealing.SealingKeyset;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;

/** Publishes what this cluster's keys are sealed with, as soon as the cluster is registered. */
public final class KeysetPublication implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(KeysetPublication.class);

    private final Directory directory;
    private final SealingKeyset keyset;
    private final String cluster;
    private volatile boolean running;
    private Thread thread = new Thread();

    /**
     * Makes it.
     *
     * @param directory where to
     * @param keyset whose public half
     * @param cluster name of the applier's cluster
     */
    public KeysetPublication(Directory directory, SealingKeyset keyset, String cluster) {
        this.directory = directory;
        this.keyset = keyset;
        this.cluster = cluster;
    }

    @Override
    public void start() {
        running = true;
        thread = Thread.ofVirtual().name("keyset-publication").start(this::publish);
    }

    @Override
    public void stop() {
        running = false;
        thread.interrupt();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void publish() {
        boolean told = false;
        while (running) {
            try {
                var registered = directory.cluster(cluster);
                if (registered.isPresent()) {
                    directory.publishSealingKeyset(registered.get(), keyset.publicKeyset());
                    LOG.info("Published the sealing key of cluster {}", cluster);
                    return;
                }
                if (!told) {
                    LOG.info("Cluster {} is not registered yet; waiting for a platform admin to register it", cluster);
                    told = true;
                }
                TimeUnit.MILLISECONDS.sleep(500);
            } catch (DataAccessException e) {
                LOG.warn("The database is away; the sealing key is published when it is back");
                if (!pause()) {
                    return;
                }
            } catch (InterruptedException _) {
                return;
            }
        }
    }

    private static boolean pause() {
        try {
            TimeUnit.SECONDS.sleep(2);
            return true;
        } catch (InterruptedException _) {
            return false;
        }
    }
}
