package io.waypass.applier.reconcile;

import static io.waypass.applier.SampleIdentity.NAMESPACE;
import static io.waypass.applier.SampleIdentity.NOW;

import io.waypass.applier.SampleIdentity;
import io.waypass.applier.cluster.FakeClusterObjects;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.applier.guardrail.CataloguePublisher;
import io.waypass.applier.inventory.Inventory;
import io.waypass.certificate.CertificateIntake;
import io.waypass.destination.Destinations;
import io.waypass.gateway.Placement;
import io.waypass.identity.Credential;
import io.waypass.identity.IdentitySpec;
import io.waypass.manifests.Manifest;
import io.waypass.manifests.ObjectKind;
import io.waypass.manifests.PlanDigest;
import io.waypass.plan.PlanObject;
import io.waypass.plan.PlanObject.Action;
import io.waypass.reconcile.DesiredState;
import io.waypass.reconcile.ReconcileStore.Goal;
import io.waypass.reconcile.ReconcileStore.Job;
import io.waypass.reconcile.ReconcileStore.Target;
import io.waypass.resource.Condition.Type;
import io.waypass.resource.ObjectPlace;
import io.waypass.resource.Observation.ObservedCondition;
import io.waypass.resource.Operation;
import io.waypass.resource.ResourceEvents.Restored;
import io.waypass.sealing.SealingKeyset;
import io.waypass.task.Fence;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** One identity, its cluster and its job; what a test is about is set before it reconciles. */
final class Scenario {

    static final Duration GRACE = Duration.ofSeconds(60);
    static final Fence FENCE = new Fence("reconcile-sandbox", SampleIdentity.ID, 1);

    final FakeClusterObjects cluster = new FakeClusterObjects(NOW.minus(Duration.ofDays(100)));
    final FakeReconcileStore store = new FakeReconcileStore();
    final List<Manifest> wanted;
    IdentitySpec spec;

    Instant now = NOW;
    Goal goal = Goal.CHANGE;
    Operation operation = Operation.KEEP;
    boolean reportOnly;
    boolean basisHolds = true;
    boolean destinationKept = true;
    Optional<String> digest = Optional.empty();
    Optional<Credential> credential = Optional.of(SampleIdentity.CREDENTIAL);
    Optional<Instant> appliedAt = Optional.empty();
    Optional<String> missingKey = Optional.empty();
    SealingKeyset keyset = SampleIdentity.KEYSET;
    List<Manifest> unwanted = List.of();
    List<PlanObject> applied = List.of();
    List<PlanObject> leftovers = List.of();
    List<Destinations.Entry> catalogue = List.of();
    Optional<ObjectKey> catalogued = Optional.empty();
    final Map<Integer, Instant> firstApplied = new HashMap<>();
    final Map<String, String> relied = new HashMap<>();
    final Map<ObjectPlace, String> known = new HashMap<>();
    final Map<ObjectPlace, Restored> restored = new HashMap<>();
    final Set<ObjectPlace> closed = new HashSet<>();

    Scenario() {
        this(Placement.TEAM_NAMESPACE);
    }

    Scenario(Placement placement) {
        spec = SampleIdentity.spec(placement, 1);
        wanted = new ArrayList<>(SampleIdentity.manifests(spec));
        cluster.put("kubectl", """
                {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "%s"}}
                """.formatted(NAMESPACE));
        cluster.put("kubectl", """
                {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"namespace": "%s", "name": "app1"}}
                """.formatted(NAMESPACE));
        store.job = () -> Optional.of(job());
    }

    /** The identity is applied, and its request done: from now on it is kept. */
    Scenario applied() {
        reconcile();
        if (!store.outcomes.equals(List.of("applied"))) {
            throw new IllegalStateException("not applied: " + store.outcomes);
        }
        return kept(NOW.minus(Duration.ofDays(1)));
    }

    private Scenario kept(Instant since) {
        store.observation
                .orElseThrow()
                .objects()
                .forEach(object -> known.put(
                        new ObjectPlace(object.kind(), object.namespace(), object.name()),
                        object.uid().orElseThrow()));
        goal = Goal.KEEP;
        appliedAt = Optional.of(since);
        forget();
        return this;
    }

    /** A request retires the identity, which is applied. */
    Scenario retiring() {
        applied = wanted.stream()
                .map(manifest -> SampleIdentity.planned(manifest, Action.CREATE))
                .toList();
        unwanted = Manifest.inOrderOfRemoval(own());
        wanted.removeIf(manifest -> !manifest.shared());
        goal = Goal.CHANGE;
        operation = Operation.RETIRE;
        credential = Optional.empty();
        appliedAt = Optional.empty();
        return this;
    }

    /** A request rotates the certificate of the identity, which is applied. */
    Scenario rotating(Credential newer) {
        int revision = spec.revision() + 1;
        firstApplied.putIfAbsent(spec.revision(), NOW.minus(Duration.ofDays(1)));
        applied = wanted.stream()
                .map(manifest -> SampleIdentity.planned(manifest, Action.CREATE))
                .toList();
        unwanted = Stream.concat(wanted.stream(), unwanted.stream())
                .filter(manifest -> manifest.kind().equals(ObjectKind.SECRET.kind()))
                .toList();
        spec = SampleIdentity.rotated(revision, newer);
        credential = Optional.of(newer);
        wanted.clear();
        wanted.addAll(SampleIdentity.manifests(spec));
        goal = Goal.CHANGE;
        appliedAt = Optional.empty();
        return this;
    }

    /** The rotation is applied now, and its request done. */
    Scenario rotated() {
        firstApplied.put(spec.revision(), now);
        known.clear();
        return kept(now);
    }

    void forget() {
        store.outcomes.clear();
        store.changes = List.of();
        store.rounds = 0;
        cluster.calls();
    }

    List<Manifest> own() {
        return wanted.stream().filter(manifest -> !manifest.shared()).toList();
    }

    Job job() {
        return new Job(
                1,
                SampleIdentity.ID,
                goal,
                reportOnly,
                goal == Goal.CLEAR ? Optional.empty() : Optional.of(target()),
                applied,
                leftovers,
                firstApplied,
                known,
                restored,
                closed);
    }

    private Target target() {
        List<PlanObject> objects = new ArrayList<>();
        wanted.forEach(manifest -> objects.add(SampleIdentity.planned(manifest, Action.CREATE)));
        unwanted.forEach(manifest -> objects.add(SampleIdentity.planned(manifest, Action.DELETE)));
        return new Target(
                1,
                "req_1",
                spec.revision(),
                operation,
                new DesiredState.OfIdentity(spec, credential, destinationKept),
                digest.orElseGet(() -> PlanDigest.of(wanted, unwanted)),
                objects,
                relied,
                basisHolds,
                appliedAt);
    }

    Duration reconcile() {
        Clock clock = Clock.fixed(now, ZoneOffset.UTC);
        Inventory inventory = new Inventory(cluster, "istio-system", clock);
        inventory.start();
        try {
            return new DesiredStateReconciler(
                            cluster,
                            inventory,
                            store,
                            keyset,
                            _ -> missingKey,
                            new CertificateIntake(clock),
                            new CataloguePublisher(cluster, () -> catalogue, catalogued),
                            clock,
                            GRACE,
                            "sandbox")
                    .reconcile(SampleIdentity.ID, FENCE);
        } finally {
            inventory.stop();
        }
    }

    /** The identity's own object of a kind. */
    ObjectKey own(ObjectKind kind) {
        return key(kind, false);
    }

    /** The shared object of a kind. */
    ObjectKey shared(ObjectKind kind) {
        return key(kind, true);
    }

    private ObjectKey key(ObjectKind kind, boolean shared) {
        return Stream.concat(wanted.stream(), unwanted.stream())
                .filter(manifest -> manifest.kind().equals(kind.kind()) && manifest.shared() == shared)
                .map(ObjectKey::of)
                .findFirst()
                .orElseThrow();
    }

    /** Somebody else's object is in this place. */
    void stranger(ObjectKey key) {
        cluster.delete(key);
        cluster.put("somebody", """
                {"apiVersion": "%s", "kind": "%s", "metadata": {"namespace": "%s", "name": "%s"}}
                """.formatted(key.apiVersion(), key.kind(), key.namespace(), key.name()));
    }

    /** The condition that was recorded. */
    ObservedCondition inSync() {
        return store.condition(Type.IN_SYNC).orElseThrow();
    }

    /** An object was restored or removed in vain so often, the last time so long ago. */
    void contest(ObjectKey key, int times, Duration ago) {
        restored.put(key.place(), new Restored(times, NOW.minus(ago)));
    }
}
