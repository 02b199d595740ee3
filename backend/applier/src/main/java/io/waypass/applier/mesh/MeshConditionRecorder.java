package io.waypass.applier.mesh;

import io.waypass.applier.inventory.FactNews;
import io.waypass.applier.inventory.FactNews.News;
import io.waypass.applier.inventory.Inventory;
import io.waypass.applier.inventory.IstiodSighting;
import io.waypass.identity.IdentityRevisions.Applied;
import io.waypass.identity.IdentitySpec;
import io.waypass.reconcile.MeshConditionStore;
import io.waypass.resource.Observations.ResourceCondition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Keeps the conditions that the mesh decides current for all applied identities: host claimed elsewhere, route shadowed, gateway not
 * ready, and so on. The watches of the inventory say which facts changed; the identities that rely on them are evaluated in memory, and
 * what differs is recorded in batches. The API server is not asked.
 *
 * <p>Every applier of a cluster does this. They record the same, and a row that is the same already is not written.
 */
public final class MeshConditionRecorder implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(MeshConditionRecorder.class);

    /** How often it is looked whether istiod is still seen, and everything still watched: no watch reports silence. */
    private static final Duration GLANCE = Duration.ofSeconds(5);

    /** How often the applied identities are compared with the database: another applier may have applied one. */
    private static final Duration COMPARE = Duration.ofMinutes(1);

    private static final Duration FIRST_LOOK = Duration.ofMinutes(1);
    private static final int LOADED_AT_ONCE = 500;
    private static final int RECORDED_AT_ONCE = 5_000;

    private record Glance(IstiodSighting istiod, Map<String, String> unwatched) {}

    private final Inventory inventory;
    private final MeshConditionStore store;
    private final Duration gather;
    private final Duration retry;
    private final FollowedIdentities followed;
    private final FactNews news = new FactNews();
    private Glance last;
    private long compared;
    private volatile boolean running;
    private Thread thread = new Thread();

    /** @param gather how long changes are gathered before they are evaluated */
    public MeshConditionRecorder(Inventory inventory, MeshConditionStore store, Duration gather) {
        this(inventory, store, gather, Duration.ofSeconds(1));
    }

    /** @param retry how long is waited after the database did not answer */
    MeshConditionRecorder(Inventory inventory, MeshConditionStore store, Duration gather, Duration retry) {
        this.retry = retry;
        this.inventory = inventory;
        this.store = store;
        this.gather = gather;
        this.followed = new FollowedIdentities(inventory);
        this.last = glance();
        news.everything();
        news.follow(inventory);
    }

    @Override
    public void start() {
        running = true;
        news.everything();
        thread = Thread.ofPlatform().name("mesh-conditions").daemon().start(this::loop);
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

    /** An identity was reconciled; it may be applied now, or with another revision, or not any more. */
    public void reconciled(String identity) {
        news.resource(identity);
    }

    private void loop() {
        try {
            inventory.awaitFirstLook(FIRST_LOOK);
            while (running) {
                news.await(GLANCE);
                TimeUnit.NANOSECONDS.sleep(gather.toNanos());
                round();
            }
        } catch (InterruptedException | IllegalStateException e) {
            if (running) {
                LOG.error("Conditions about the mesh are not recorded any more", e);
            }
        }
    }

    /** Evaluates what has changed until now. */
    void round() throws InterruptedException {
        News heard = news.take();
        try {
            Set<String> concerned = new HashSet<>(followed.relyingOn(heard.facts()));
            concerned.addAll(load(heard.resources()));
            if (heard.everything() || System.nanoTime() - compared > COMPARE.toNanos()) {
                concerned.addAll(compare());
                compared = System.nanoTime();
            }
            Glance now = glance();
            if (heard.everything() || !now.equals(last)) {
                concerned.addAll(followed.all());
                last = now;
            }
            record(concerned);
        } catch (RuntimeException e) {
            LOG.warn("Conditions about the mesh could not be recorded ({}); it is tried again", e.getMessage());
            news.everything();
            TimeUnit.NANOSECONDS.sleep(retry.toNanos());
        }
    }

    private Glance glance() {
        return new Glance(inventory.istiod(), Map.copyOf(inventory.unwatchedSources()));
    }

    /** {@return identities that are new, or have another revision} */
    private Set<String> compare() {
        List<Applied> present = store.listApplied();
        followed.retainOnly(present.stream().map(Applied::identity).collect(Collectors.toSet()));
        return load(present.stream()
                .filter(each -> followed.revision(each.identity())
                        .filter(revision -> revision == each.revision())
                        .isEmpty())
                .map(Applied::identity)
                .toList());
    }

    private Set<String> load(Collection<String> identities) {
        List<String> wanted = List.copyOf(identities);
        for (int from = 0; from < wanted.size(); from += LOADED_AT_ONCE) {
            List<String> some = wanted.subList(from, Math.min(wanted.size(), from + LOADED_AT_ONCE));
            Map<Long, IdentitySpec> loaded = store.load(some);
            some.forEach(followed::forget);
            loaded.forEach(followed::follow);
        }
        return Set.copyOf(wanted);
    }

    private void record(Set<String> concerned) {
        List<ResourceCondition> changed = new ArrayList<>(followed.evaluate(concerned));
        for (int from = 0; from < changed.size(); from += RECORDED_AT_ONCE) {
            List<ResourceCondition> some = changed.subList(from, Math.min(changed.size(), from + RECORDED_AT_ONCE));
            store.record(some);
            followed.recorded(some);
        }
    }
}
