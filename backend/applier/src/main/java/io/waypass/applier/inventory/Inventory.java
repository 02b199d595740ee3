package io.waypass.applier.inventory;

import io.waypass.applier.cluster.ClusterObjects;
import io.waypass.applier.cluster.LiveObject;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.applier.cluster.ObjectWatch;
import io.waypass.manifests.ObjectKind;
import io.waypass.manifests.ObjectKind.Watch;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.springframework.context.SmartLifecycle;

/**
 * Facts about the whole mesh, kept current by watches: namespaces, service accounts, Gateways, ServiceEntries,
 * HTTPRoutes, DestinationRules, EnvoyFilters, the Deployments of waypoints, and istiod's Deployment and Leases where the
 * applier may read them. Only the facts that plans and conditions rely on are kept of each object.
 *
 * <p>Facts of a kind that may not be watched are unknown, and are reported as such; the watch is retried, so that a
 * right that is granted later takes effect.
 */
public final class Inventory implements SmartLifecycle {

    /** Receives the watched objects; called from the watches' threads, must return at once. */
    public interface ObjectListener {

        /** The object exists, or has changed. */
        void seen(LiveObject object);

        /** The object was deleted. */
        void gone(ObjectKey object);
    }

    private static final String X_BACKENDS = "xbackends.gateway.networking.x-k8s.io";

    private final ClusterObjects cluster;
    private final String istioNamespace;
    private final FactIndex index = new FactIndex();
    private final Map<String, ObjectWatch> watches = new LinkedHashMap<>();
    private final IstiodSightings istiod;
    private final List<Consumer<Set<String>>> listeners = new CopyOnWriteArrayList<>();
    private final List<Runnable> watchedAgain = new CopyOnWriteArrayList<>();
    private volatile ObjectListener objects = new ObjectListener() {
        @Override
        public void seen(LiveObject object) {}

        @Override
        public void gone(ObjectKey object) {}
    };
    private volatile boolean running;

    /**
     * Watches nothing before it is started.
     *
     * @param istioNamespace namespace of istiod, taken for the mesh's root namespace; blank to leave it out
     * @param clock by which renewals of istiod's leader elections age
     */
    public Inventory(ClusterObjects cluster, String istioNamespace, InstantSource clock) {
        this.cluster = cluster;
        this.istioNamespace = istioNamespace;
        this.istiod = new IstiodSightings(clock);
    }

    /**
     * Registers a listener for changed facts; after the first list of a kind, it gets all facts of the kind.
     *
     * @param heard called from the watches' threads; must return at once
     */
    public void onChange(Consumer<Set<String>> heard) {
        listeners.add(heard);
    }

    /**
     * Registers a listener for kinds that can be watched again.
     *
     * @param heard called from the watches' threads; must return at once
     */
    public void onWatchedAgain(Runnable heard) {
        watchedAgain.add(heard);
    }

    /** Registers a listener for every watched object. One watch of a kind serves plans and drift detection. */
    public void onObject(ObjectListener heard) {
        objects = heard;
    }

    @Override
    public synchronized void start() {
        if (running) {
            return;
        }
        running = true;
        ObjectKind.watched(Watch.WHOLE_MESH)
                .forEach(kind -> watch(kind.kind(), ObjectKey.all(kind), "", this::seen, this::gone));
        watch(
                ObjectKind.CUSTOM_RESOURCE_DEFINITION.kind(),
                ObjectKey.of(ObjectKind.CUSTOM_RESOURCE_DEFINITION, "", X_BACKENDS),
                "",
                _ -> watchBackends(),
                _ -> forgetBackends());
        watch(
                Fact.WAYPOINT_DEPLOYMENTS,
                ObjectKey.all(ObjectKind.DEPLOYMENT),
                Fact.GATEWAY_LABEL,
                waypoint -> heard(index.put("waypoint " + waypoint, Fact.ofWaypoint(waypoint))),
                waypoint -> heard(index.remove("waypoint " + waypoint)));
        if (!istioNamespace.isBlank()) {
            watch(
                    Fact.ISTIOD_DEPLOYMENTS,
                    ObjectKey.of(ObjectKind.DEPLOYMENT, istioNamespace, ""),
                    "app=istiod",
                    this::seen,
                    this::gone);
            watch(
                    ObjectKind.LEASE.kind(),
                    ObjectKey.of(ObjectKind.LEASE, istioNamespace, ""),
                    "",
                    istiod::seen,
                    lease -> istiod.gone(lease.name()));
        }
    }

    /** Called once there is their definition, and at each change of it. */
    private synchronized void watchBackends() {
        String kind = ObjectKind.X_BACKEND.kind();
        if (running && !watches.containsKey(kind)) {
            watch(kind, ObjectKey.all(ObjectKind.X_BACKEND), "", this::seen, this::gone);
        }
    }

    /** With their definition all of them are gone, which their own watch need not tell. */
    private synchronized void forgetBackends() {
        Optional.ofNullable(watches.remove(ObjectKind.X_BACKEND.kind())).ifPresent(ObjectWatch::close);
        heard(index.removeAll(ObjectKind.X_BACKEND.kind()));
    }

    /** {@return namespace of istiod, which is taken for the mesh's root namespace; blank if it is left out} */
    String istioNamespace() {
        return istioNamespace;
    }

    private void watch(
            String what, ObjectKey kind, String labels, Consumer<LiveObject> seen, Consumer<ObjectKey> gone) {
        watches.put(what, cluster.watch(kind, labels, seen, gone, () -> watchedAgain.forEach(Runnable::run)));
    }

    @Override
    public synchronized void stop() {
        running = false;
        watches.values().forEach(ObjectWatch::close);
        watches.clear();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        // starts before the tasks, stops after them
        return DEFAULT_PHASE - 2;
    }

    private void seen(LiveObject object) {
        heard(index.put(object.toString(), Fact.of(object)));
        objects.seen(object);
    }

    private void gone(ObjectKey object) {
        heard(index.remove(object.toString()));
        objects.gone(object);
    }

    private void heard(Set<String> changed) {
        if (!changed.isEmpty()) {
            listeners.forEach(listener -> listener.accept(changed));
        }
    }

    /**
     * Waits until every kind was listed once, or refused once.
     *
     * @param atMost maximum wait
     */
    public void awaitFirstLook(Duration atMost) {
        long deadline = System.nanoTime() + atMost.toNanos();
        List<ObjectWatch> awaited;
        do {
            // the first look at a definition may add the watch of its kind
            awaited = watches();
            for (ObjectWatch watch : awaited) {
                watch.awaitFirstLook(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
            }
        } while (!watches().equals(awaited));
    }

    private synchronized List<ObjectWatch> watches() {
        return List.copyOf(watches.values());
    }

    private synchronized Optional<ObjectWatch> watch(String kind) {
        return Optional.ofNullable(watches.get(kind));
    }

    /**
     * Why a fact is unknown.
     *
     * @return the reason; empty if the fact is known
     */
    public Optional<String> unwatched(String fact) {
        Optional<String> reason = unwatchedSource(Fact.kind(fact));
        return reason.isPresent() || !fact.startsWith("host/") ? reason : unwatchedBackends();
    }

    private Optional<String> unwatchedBackends() {
        return unwatchedSource(ObjectKind.CUSTOM_RESOURCE_DEFINITION.kind())
                .or(() ->
                        watch(ObjectKind.X_BACKEND.kind()).flatMap(_ -> unwatchedSource(ObjectKind.X_BACKEND.kind())));
    }

    private Optional<String> unwatchedSource(String kind) {
        return watch(kind)
                .map(watch -> watch.synced()
                        ? Optional.<String>empty()
                        : Optional.of(watch.problem().orElse("The applier has not seen any " + kind + " yet.")))
                .orElse(Optional.of("The applier does not watch " + kind + "s."));
    }

    /** {@return whether istiod is seen at work now} */
    public IstiodSighting istiod() {
        Optional<String> unwatched =
                unwatched(ObjectKind.LEASE.kind() + "/").or(() -> unwatched(Fact.istiodAvailable()));
        if (unwatched.isPresent()) {
            return new IstiodSighting.Unwatched(unwatched.get());
        }
        Optional<Instant> last = istiod.last();
        if (last.isPresent()) {
            return istiod.isRecent(last.get()) ? new IstiodSighting.AtWork() : new IstiodSighting.Gone(last.get());
        }
        SortedMap<String, String> deployments = index.words(Fact.istiodAvailable(), Set.of());
        return deployments.isEmpty()
                ? new IstiodSighting.None()
                : deployments.containsValue(Fact.AVAILABLE)
                        ? new IstiodSighting.AtWork()
                        : new IstiodSighting.Unavailable();
    }

    /** {@return what is not watched, the workloads of the mesh included, each with the reason} */
    public SortedMap<String, String> unwatchedSources() {
        SortedMap<String, String> found = new TreeMap<>();
        sources().forEach(source -> unwatched(source + "/").ifPresent(reason -> found.put(source, reason)));
        return found;
    }

    private synchronized Set<String> sources() {
        return Set.copyOf(watches.keySet());
    }

    /** {@return kinds that are not watched, each with the reason} */
    public SortedMap<String, String> unwatchedKinds() {
        SortedMap<String, String> found = new TreeMap<>();
        for (ObjectKind kind : ObjectKind.watched(Watch.WHOLE_MESH)) {
            unwatched(kind.kind() + "/").ifPresent(reason -> found.put(kind.kind(), reason));
        }
        return found;
    }

    /**
     * Returns the statements about a fact.
     *
     * @param own the plan's own objects, which do not count
     * @return by object
     */
    public SortedMap<String, String> words(String fact, Set<String> own) {
        return index.words(fact, fact.startsWith("object/") ? Set.of() : own);
    }

    /**
     * Compares the facts that a plan relied on with the current ones. A fact that is unknown now has not changed; a
     * fact that was unknown then and is known now has.
     *
     * @param own the plan's own objects, which do not count
     * @return the changes in words; empty if there are none
     */
    public List<String> changes(Map<String, String> relied, Set<String> own) {
        return relied.entrySet().stream()
                .filter(entry -> unwatched(entry.getKey()).isEmpty())
                .filter(entry -> !now(entry.getKey(), own).equals(entry.getValue()))
                .map(entry -> sentence(entry.getKey(), entry.getValue(), now(entry.getKey(), own)))
                .sorted()
                .collect(Collectors.toList());
    }

    /**
     * Why facts that a plan relied on are unknown now.
     *
     * @return the first reason; empty if all are known
     */
    public Optional<String> unwatchedFor(Map<String, String> relied) {
        return relied.entrySet().stream()
                .filter(entry -> !entry.getValue().equals(ReliedFacts.UNSEEN))
                .flatMap(entry -> unwatched(entry.getKey()).stream())
                .findFirst();
    }

    private String now(String fact, Set<String> own) {
        return FactIndex.text(words(fact, own));
    }

    private static String sentence(String fact, String before, String now) {
        String[] parts = fact.split("/", 2);
        String what = switch (parts[0]) {
            case "host" -> "The ServiceEntries that claim " + parts[1];
            case "routes" -> "The HTTPRoutes that take the app's calls";
            case "rules" -> "The DestinationRules for " + parts[1];
            case "wildcard-rules" -> "The DestinationRules in " + parts[1] + " for hosts with an asterisk";
            case "waypoint" -> "The Deployment of the waypoint " + parts[1];
            case "credential" -> "The DestinationRules that present " + parts[1];
            case "principal-header" -> "The EnvoyFilters in " + parts[1] + " that set the principal's header";
            case "istiod" -> parts.length > 1 ? "The " + parts[1] + " of istiod" : "What istiod permits";
            case "object" -> parts[1].replaceFirst("/", " ");
            default -> parts[0] + " " + parts[1];
        };
        boolean many = switch (parts[0]) {
            case "host", "routes", "rules", "wildcard-rules", "credential", "principal-header" -> true;
            default -> false;
        };
        if (parts.length > 1 && parts[1].isEmpty()) {
            return parts[0] + "s can be seen now.";
        }
        if (before.equals(ReliedFacts.UNSEEN)) {
            return what + " can be seen now.";
        }
        if (!many && now.equals(FactIndex.NOTHING)) {
            return what + " is gone.";
        }
        if (!many && before.equals(FactIndex.NOTHING)) {
            return what + " is there now.";
        }
        return what + (many ? " have changed." : " has changed.");
    }

    /**
     * Creates a reader of facts for one plan; it records what the plan relied on.
     *
     * @param own the plan's own objects, which do not count
     */
    public ReliedFacts reliedFacts(Set<String> own) {
        return new ReliedFacts(this, own);
    }
}
