package io.waypass.applier.reconcile;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waypass.applier.cluster.ApiServerAway;
import io.waypass.applier.cluster.ApiServerRefused;
import io.waypass.applier.cluster.ClusterObjects;
import io.waypass.applier.cluster.LiveObject;
import io.waypass.applier.cluster.ObjectChanged;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.applier.inventory.Inventory;
import io.waypass.applier.reconcile.ConditionEvaluator.OutOfSync;
import io.waypass.applier.reconcile.LiveStateReader.LiveRead;
import io.waypass.applier.reconcile.LiveStateReader.ObjectComparison;
import io.waypass.certificate.CertificateFacts;
import io.waypass.certificate.CertificateIntake;
import io.waypass.certificate.Finding;
import io.waypass.certificate.PrivateKeyMaterial;
import io.waypass.identity.Credential;
import io.waypass.manifests.IdentityManifests;
import io.waypass.manifests.Manifest;
import io.waypass.manifests.OwnedFields;
import io.waypass.plan.PlanObject;
import io.waypass.reconcile.Fence;
import io.waypass.reconcile.ReconcileStore;
import io.waypass.reconcile.ReconcileStore.Goal;
import io.waypass.reconcile.ReconcileStore.Job;
import io.waypass.reconcile.ReconcileStore.Restored;
import io.waypass.reconcile.ReconcileStore.Target;
import io.waypass.resource.ObjectPlace;
import io.waypass.resource.Observation;
import io.waypass.resource.ObservedObject;
import io.waypass.resource.ResourceChange;
import io.waypass.sealing.SealingKeyset;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The applier's one verb: makes the cluster hold what was approved for an identity, and nothing else of it. It looks at what is there and
 * writes what differs, so that it is safe to run at any time, any number of times, by any replica; who crashed in the middle is
 * completed by the next run.
 *
 * <p>What is written is the approved plan's own manifests, once they are seen to hash to the approved digest. Objects go in the stored
 * order, certificate first and the policy that opens the door last; they are removed the other way round, each seen to be gone before
 * the next. So no state in between sends plaintext or another app's certificate. Before each write the applier makes sure that the
 * identity is still its own to work on, and each write carries the version of the object that was looked at.
 *
 * <p>A field that somebody else owns is not taken. One that was applied under an approved plan before and that somebody changed since is
 * taken back: the approval covers it. If it is changed again and again, Waypass waits longer each time instead of fighting.
 */
public final class IdentityReconciler {

    private static final Logger LOG = LoggerFactory.getLogger(IdentityReconciler.class);

    /** What an approval rested on: another answer, and somebody has to look again. A status that comes and goes is none of these. */
    private static final List<String> VITAL = List.of("host/", "routes/", "rules/", "credential/", "istiod");

    private static final Duration FIRST_LOOK = Duration.ofSeconds(10);

    /** Who looks, and finds each time that somebody was faster, comes back later. */
    private static final int ROUNDS = 4;

    /** So often an object is put right at once; then the wait begins, and doubles. */
    private static final int FREE_ROUNDS = 5;

    private static final Duration FIRST_WAIT = Duration.ofSeconds(10);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);

    /** How often it is seen whether a stranger in the place of one of our objects has gone. */
    private static final Duration STRANGER = Duration.ofSeconds(30);

    /** Nothing will change by itself. */
    private static final Duration NEVER = Duration.ofDays(36_500);

    /**
     * Knows why a private key may not open for the one reason that this applier's keyset file is not the present one.
     */
    @FunctionalInterface
    public interface KeysetLook {

        /**
         * Looks.
         *
         * @param sealedKey that is to be opened
         * @return what to tell people; empty if the file has the key
         */
        Optional<String> lacking(byte[] sealedKey);
    }

    private final ClusterObjects cluster;
    private final LiveStateReader live;
    private final Inventory inventory;
    private final ReconcileStore work;
    private final SealingKeyset keyset;
    private final KeysetLook keysetLook;
    private final CertificateIntake intake;
    private final String clusterName;
    private final ConditionEvaluator conditions;
    private final Clock clock;
    private final ObjectMapper json = new ObjectMapper();

    /**
     * Makes it.
     *
     * @param cluster the API server
     * @param inventory what there is in the whole mesh
     * @param work where jobs come from and outcomes go
     * @param keyset opens sealed keys
     * @param keysetLook knows whether it is the present one
     * @param intake judges once more
     * @param clock tells when
     * @param clusterName for people
     */
    public IdentityReconciler(
            ClusterObjects cluster,
            Inventory inventory,
            ReconcileStore work,
            SealingKeyset keyset,
            KeysetLook keysetLook,
            CertificateIntake intake,
            Clock clock,
            String clusterName) {
        this.cluster = cluster;
        this.live = new LiveStateReader(cluster);
        this.inventory = inventory;
        this.work = work;
        this.keyset = keyset;
        this.keysetLook = keysetLook;
        this.intake = intake;
        this.clusterName = clusterName;
        this.conditions = new ConditionEvaluator(clock);
        this.clock = clock;
    }

    /**
     * Makes the cluster hold what was approved for an identity.
     *
     * @param identity {@code idn_…}
     * @param fence the right to work on it
     * @return how long until it has to be looked at again although nobody tells of a change
     * @throws ApiServerAway if the API server gave no answer; what was done stays done, and a later run completes it
     * @throws ApplyFailed if the cluster refused; already recorded
     * @throws KeysetBehind if this applier has not got the key; another one may
     * @throws Fence.Overtaken if another applier works on the identity now
     */
    public Duration reconcile(String identity, Fence fence) {
        List<ResourceChange> changes = new ArrayList<>();
        for (int round = 1; ; round++) {
            Optional<Job> found = work.job(identity, fence);
            if (found.isEmpty()) {
                return NEVER;
            }
            Job job = found.get();
            try {
                Pass pass = new Pass(job, fence, changes, round < ROUNDS);
                return switch (job.goal()) {
                    case CHANGE -> pass.change();
                    case KEEP -> pass.keep();
                    case CLEAR -> pass.clear();
                };
            } catch (ObjectChanged changed) {
                LOG.debug("{}: {}", identity, changed.getMessage());
                if (round == ROUNDS) {
                    throw waits(job, fence, new ApiServerAway(changed.getMessage()), changes);
                }
            } catch (ApiServerAway away) {
                throw waits(job, fence, away, changes);
            } catch (KeysetBehind behind) {
                work.waits(job, fence, String.valueOf(behind.getMessage()), changes);
                throw behind;
            }
        }
    }

    private ApiServerAway waits(Job job, Fence fence, ApiServerAway away, List<ResourceChange> changes) {
        work.waits(
                job,
                fence,
                "The API server of cluster " + clusterName + " does not answer (" + away.getMessage()
                        + "). Nothing is lost; it is tried again every few seconds.",
                changes);
        return away;
    }

    /** One run over one identity. */
    private final class Pass {

        private final Job job;
        private final Fence fence;
        /** Of earlier rounds, too: what was put right before somebody came between is told. */
        private final List<ResourceChange> changes;

        private final Optional<ApprovedState> approved;
        private final Problems trouble = new Problems();
        private boolean written;

        /** When to look again although nobody tells of a change. */
        private Duration again = NEVER;

        /** Whether an object has to be as it was looked at; in the last round it is enough that it is the same, since noise must not win. */
        private final boolean exactly;

        Pass(Job job, Fence fence, List<ResourceChange> changes, boolean exactly) {
            this.job = job;
            this.approved = job.target().map(ApprovedState::new);
            this.fence = fence;
            this.changes = changes;
            this.exactly = exactly;
        }

        Duration change() {
            long begin = System.nanoTime();
            Target target = job.target().orElseThrow();
            ApprovedState approved = approved();
            List<Manifest> wanted = approved.wanted();
            if (!approved.hashes()) {
                return replan("The stored manifests are not those that were approved. Nothing was applied.");
            }
            boolean retirement = approved.retires();
            List<ObjectComparison> found = live.at(wanted);
            Optional<String> changed = retirement ? foreign(found) : changedSince(target, found);
            if (changed.isPresent()) {
                return replan(changed.get() + " Nothing was applied.");
            }
            long checked = System.nanoTime();
            try {
                judge(approved);
                for (ObjectComparison each : found) {
                    each.live().flatMap(LiveObject::heldBy).ifPresent(holders -> {
                        throw new Refused(
                                "The " + each.key() + " is being deleted, and held by " + String.join(", ", holders)
                                        + ". Nothing that relies on it is written before it is gone.");
                    });
                    if (!each.asApproved()) {
                        write(each, target, takesBack(each));
                    }
                }
                remove(approved.unwanted());
            } catch (ApiServerRefused refusal) {
                throw failed("The API server refused: “" + refusal.words() + "”.");
            } catch (SealingKeyset.SealedKeyDoesNotOpen refusal) {
                throw failed(String.valueOf(refusal.getMessage()));
            } catch (Refused refused) {
                throw failed(String.valueOf(refused.getMessage()));
            }
            long wrote = System.nanoTime();
            Observation observation = retirement
                    ? conditions.gone(live.at(wanted), this::ours)
                    : observe(live.at(wanted), Optional.empty());
            List<String> gone = observation.objects().stream()
                    .filter(object -> object.state() == ObservedObject.State.MISSING)
                    .map(object -> object.kind() + " " + object.namespace() + "/" + object.name())
                    .toList();
            if (!gone.isEmpty()) {
                throw failed("Written, but gone again when read back: " + String.join(", ", gone) + ".");
            }
            long read = System.nanoTime();
            work.applied(job, fence, observation, changes);
            LOG.info(
                    "{}: applied revision {} of {} in {} ms (checks {}, objects {}, read back {}, record {})",
                    target.request(),
                    target.desired().revision(),
                    job.identity(),
                    millis(begin, System.nanoTime()),
                    millis(begin, checked),
                    millis(checked, wrote),
                    millis(wrote, read),
                    millis(read, System.nanoTime()));
            if (observation.objects().stream().anyMatch(object -> object.state() == ObservedObject.State.DIFFERS)) {
                // changed since it was written; a watch that tells of it tells nothing that is not written down
                return Duration.ZERO;
            }
            return retirement ? NEVER : nextTurn(approved.facts());
        }

        private void tell(RuntimeException failure) {
            LOG.warn("{}: {}", job.identity(), failure.getMessage());
            throw failure;
        }

        private Duration replan(String reason) {
            if (!work.replan(job, fence, reason)) {
                throw new ApplyFailed(reason);
            }
            LOG.info("{}: goes back to planning: {}", job.target().orElseThrow().request(), reason);
            return NEVER;
        }

        Duration keep() {
            Target target = job.target().orElseThrow();
            ApprovedState approved = approved();
            List<Manifest> wanted = approved.wanted();
            boolean retired = approved.retires();
            if (!approved.hashes()) {
                // nobody approved what the database says now, so it is not written; what is there was approved
                work.kept(
                        job,
                        fence,
                        retired
                                ? conditions.gone(live.at(wanted), this::ours)
                                : observe(
                                        live.at(wanted),
                                        Optional.of(new OutOfSync(
                                                "NotAsApproved",
                                                "The stored manifests are not those that were approved. Nothing is put right until a new"
                                                        + " request is approved."))),
                        changes);
                return NEVER;
            }
            List<ObjectComparison> found = live.at(wanted);
            Set<ObjectKey> left = new HashSet<>();
            boolean closed = false;
            Optional<String> namespace = retired ? Optional.empty() : namespaceChanged(target, found);
            namespace.ifPresent(words -> trouble.add("NamespaceChanged", words));
            for (ObjectComparison each : found) {
                if (!each.isOff()) {
                    continue;
                }
                int before = trouble.count();
                if (namespace.isPresent()
                        && each.key().namespace().equals(target.desired().app().namespace())) {
                    left.add(each.key());
                    continue;
                }
                ObjectDrift drift = drift(each);
                Optional<Instant> wait = contestedUntil(each);
                if (drift.foreign()) {
                    trouble.add("ForeignObject", drift.sentence());
                    // a stranger without our label may be of a kind that is watched by our label alone
                    again = shorter(again, STRANGER);
                } else if (job.reportOnly()) {
                    changes.add(drift.change(ResourceChange.Type.REPORTED));
                    trouble.add("ReportedOnly", drift.sentence());
                } else if (opens(each) && trouble.any()) {
                    // a route to what is not as approved would send plaintext (measured), a policy would let the app do
                    // so
                    trouble.add("The " + each.key()
                            + " is not put right before everything that it relies on is as approved.");
                } else if (wait.isPresent()) {
                    changes.add(drift.change(ResourceChange.Type.CONTESTED));
                    trouble.add("Contested", drift.sentence() + " " + contest(each, wait.get()));
                } else if (each.live().flatMap(LiveObject::heldBy).isPresent()) {
                    trouble.add(
                            "Terminating",
                            "The " + each.key() + " is being deleted, and held by "
                                    + String.join(
                                            ", ",
                                            each.live().orElseThrow().heldBy().orElseThrow())
                                    + ". It is made again once it is gone.");
                } else {
                    // one that cannot be put right keeps none of the others from it
                    trouble.unless(() -> {
                        write(each, target, true);
                        changes.add(drift.change(ResourceChange.Type.RESTORED));
                        LOG.info("{}: put right: {}", job.identity(), drift.sentence());
                    });
                }
                if (trouble.count() > before) {
                    left.add(each.key());
                    closed |= closes(each);
                }
            }
            if (closed && !job.reportOnly()) {
                closeDoor(wanted);
            }
            trouble.unless(() -> clearAway(approved.unwanted()));
            List<ObjectComparison> now = written ? live.at(wanted) : found;
            work.kept(job, fence, retired ? conditions.gone(now, this::ours) : observe(now, trouble.words()), changes);
            trouble.failure().ifPresent(this::tell);
            if (now.stream().anyMatch(each -> each.isOff() && !left.contains(each.key()))) {
                // changed in this very moment; a watch that tells of it tells nothing that is not written down
                return Duration.ZERO;
            }
            return shorter(again, retired ? NEVER : nextTurn(approved.facts()));
        }

        Duration clear() {
            trouble.unless(() -> clearAway(List.of()));
            work.kept(job, fence, conditions.gone(List.of(), this::ours), changes);
            trouble.failure().ifPresent(this::tell);
            return again;
        }

        /** What the target takes away, and what earlier approvals may have left; if the cluster is only to be told about, it stays. */
        private void clearAway(List<Manifest> unwanted) {
            List<Manifest> all = IdentityManifests.inOrderOfRemoval(Stream.concat(
                            unwanted.stream(), job.leftovers().stream().map(object -> Manifest.of(object.manifest())))
                    .distinct()
                    .toList());
            if (job.reportOnly() && job.goal() == Goal.KEEP) {
                live.at(all).stream()
                        .filter(each -> each.live()
                                .filter(object -> object.carriesMarksOf(each.manifest()))
                                .isPresent())
                        .forEach(each -> changes.add(new ResourceChange(
                                ResourceChange.Type.REPORTED,
                                each.key().kind(),
                                each.key().namespace(),
                                each.key().name(),
                                each.live().orElseThrow().lastWriter(),
                                each.key() + " is there although it was taken away.")));
                return;
            }
            remove(all);
        }

        /** Removes what is ours, in the given order, and sees each gone before the next. */
        private void remove(List<Manifest> unwanted) {
            for (ObjectComparison each : live.at(unwanted)) {
                if (each.read().refusal().isPresent()) {
                    throw new Refused(
                            "The API server refused: “" + each.read().refusal().get() + "”.");
                }
                if (each.live().filter(object -> ours(each, object)).isEmpty()) {
                    continue;
                }
                LiveObject object = each.live().get();
                Optional<Instant> wait = job.goal() == Goal.CHANGE ? Optional.empty() : contestedUntil(each);
                if (wait.isPresent()) {
                    changes.add(new ResourceChange(
                            ResourceChange.Type.CONTESTED,
                            each.key().kind(),
                            each.key().namespace(),
                            each.key().name(),
                            object.lastWriter(),
                            each.key() + " is there again although it was taken away. " + contest(each, wait.get())));
                    // what it relies on stays as long as it does
                    return;
                }
                if (object.heldBy().isEmpty()) {
                    work.confirm(fence);
                    cluster.remove(object, exactly);
                    written = true;
                    if (job.goal() != Goal.CHANGE) {
                        changes.add(new ResourceChange(
                                ResourceChange.Type.REMOVED,
                                each.key().kind(),
                                each.key().namespace(),
                                each.key().name(),
                                object.lastWriter(),
                                each.key() + " was there although it was taken away."));
                    }
                }
                Optional<LiveObject> left =
                        cluster.get(each.key()).filter(now -> now.uid().equals(object.uid()));
                if (left.isPresent()) {
                    throw new Refused(each.key() + " is deleted but held by "
                            + String.join(", ", left.get().heldBy().orElse(List.of("nobody that the cluster names")))
                            + ". What it relies on stays until it is gone.");
                }
            }
        }

        private void write(ObjectComparison each, Target target, boolean force) {
            ObjectNode object = ApprovedState.tree(each.manifest());
            byte[] bytes;
            if (each.manifest().kind().equals("Secret")) {
                bytes = secret(object, target);
            } else {
                bytes = object.toString().getBytes(StandardCharsets.UTF_8);
            }
            try {
                work.confirm(fence);
                cluster.write(each.key(), bytes, each.live(), force, exactly || job.goal() == Goal.CHANGE);
                written = true;
            } finally {
                Arrays.fill(bytes, (byte) 0);
            }
        }

        /** The key is opened for this one write, and wiped before the next. */
        private byte[] secret(ObjectNode object, Target target) {
            Credential credential = target.credential().orElseThrow();
            if (!SecretContent.standsFor(object.path("data"), credential.certificate())) {
                throw new Refused(
                        "The stored certificate or CA is not the one that was approved. Nothing was applied.");
            }
            try (PrivateKeyMaterial key = open(credential)) {
                return SecretContent.write(object, credential.certificate(), key);
            }
        }

        private PrivateKeyMaterial open(Credential credential) {
            keysetLook.lacking(credential.sealedKey()).ifPresent(reason -> {
                throw new KeysetBehind(reason);
            });
            return new PrivateKeyMaterial(keyset.open(credential.sealedKey(), credential.context()));
        }

        /** Before the first write of a change, so that nothing is written when something is wrong with what goes into the Secret. */
        private void judge(ApprovedState approved) {
            approved.target().credential().ifPresent(credential -> {
                try (PrivateKeyMaterial key = open(credential)) {
                    List<Finding> errors = intake.judgeAgain(credential.certificate(), key);
                    if (!errors.isEmpty()) {
                        throw new Refused(errors.getFirst().message());
                    }
                }
                approved.wanted().stream()
                        .filter(manifest -> manifest.kind().equals("Secret"))
                        .filter(manifest -> !SecretContent.standsFor(
                                ApprovedState.tree(manifest).path("data"), credential.certificate()))
                        .findFirst()
                        .ifPresent(_ -> {
                            throw new Refused(
                                    "The stored certificate or CA is not the one that was approved. Nothing was applied.");
                        });
            });
        }

        private ApplyFailed failed(String message) {
            ApprovedState approved = approved();
            LOG.warn("{}: {}", approved.target().request(), message);
            work.failed(
                    job,
                    fence,
                    message,
                    approved.retires()
                            ? conditions.gone(
                                    live.at(Stream.concat(approved.wanted().stream(), approved.unwanted().stream())
                                            .toList()),
                                    this::ours)
                            : observe(live.at(approved.wanted()), Optional.empty()));
            return new ApplyFailed(message);
        }

        private ApprovedState approved() {
            return approved.orElseThrow();
        }

        private Observation observe(List<ObjectComparison> found, Optional<OutOfSync> known) {
            LiveRead shared =
                    live.at(ConditionEvaluator.sharedEntry(approved().target().desired()));
            return conditions.observe(found, shared, approved().facts(), known, this::ours);
        }

        /** What the plan relied on and what could undo it: foreign objects, the namespace, the service account. */
        private Optional<String> changedSince(Target target, List<ObjectComparison> found) {
            if (!target.basisHolds()) {
                return Optional.of(
                        "The catalogue, who owns the namespace, or Waypass itself has changed since the approval.");
            }
            String namespace = target.desired().app().namespace();
            String account = target.desired().app().serviceAccount();
            return foreign(found)
                    .or(() -> cluster.get(new ObjectKey("v1", "ServiceAccount", namespace, account))
                                    .isPresent()
                            ? Optional.empty()
                            : Optional.of("The service account " + account + " is no longer in " + namespace + "."))
                    .or(() -> elsewhere(target, found));
        }

        private Optional<String> foreign(List<ObjectComparison> found) {
            for (ObjectComparison each : found) {
                each.read().refusal().ifPresent(words -> {
                    throw failed("The API server refused: “" + words + "”.");
                });
                Optional<String> objection = each.live().flatMap(object -> {
                    if (!ours(each, object)) {
                        return Optional.of("There is an object in the place of the " + each.key()
                                + " now that this identity does not own; " + object.managers() + " wrote it.");
                    }
                    List<String> others = object.otherEntries(each.manifest());
                    return others.isEmpty()
                            ? Optional.empty()
                            : Optional.of("The " + each.key() + " holds entries that Waypass did not write: "
                                    + String.join(", ", others) + ".");
                });
                if (objection.isPresent()) {
                    return objection;
                }
            }
            return Optional.empty();
        }

        /**
         * What others did that an approval rested on. What was seen when it was planned and cannot be seen now keeps the request
         * waiting: nothing is written on trust.
         */
        private Optional<String> elsewhere(Target target, List<ObjectComparison> found) {
            Map<String, String> vital = target.relied().entrySet().stream()
                    .filter(fact -> VITAL.stream().anyMatch(fact.getKey()::startsWith))
                    .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
            inventory.awaitFirstLook(FIRST_LOOK);
            inventory.unwatchedFor(vital).ifPresent(reason -> {
                throw new ApiServerAway(reason);
            });
            Set<String> own = found.stream().map(each -> each.key().toString()).collect(Collectors.toSet());
            List<String> differences = inventory.changes(vital, own);
            return differences.isEmpty() ? Optional.empty() : Optional.of(String.join(" ", differences));
        }

        private boolean ours(ObjectComparison each) {
            return each.live().filter(object -> ours(each, object)).isPresent();
        }

        /** By its marks, or because it is the very object that we wrote before, whatever was done to its marks since. */
        private boolean ours(ObjectComparison each, LiveObject object) {
            return object.carriesMarksOf(each.manifest())
                    || object.uid().equals(job.known().get(place(each)));
        }

        /** Whether every field of an object was ours already, under the plan that was applied before. */
        private boolean takesBack(ObjectComparison each) {
            if (!each.live()
                    .map(LiveObject::uid)
                    .filter(uid -> uid.equals(job.known().get(place(each))))
                    .isPresent()) {
                return false;
            }
            List<String> fields = OwnedFields.leaves(each.manifest().json()).stream()
                    .filter(field -> !field.equals("metadata.annotations.waypass.io/digest"))
                    .toList();
            return job.applied().stream()
                    .filter(object -> object.action() != PlanObject.Action.DELETE)
                    .map(object -> Manifest.of(object.manifest()))
                    .filter(manifest -> LiveStateReader.key(manifest).equals(each.key()))
                    .anyMatch(manifest -> OwnedFields.leaves(manifest.json()).containsAll(fields));
        }

        private Optional<Restored> restored(ObjectComparison each) {
            return Optional.ofNullable(job.restored().get(place(each)));
        }

        private String contest(ObjectComparison each, Instant until) {
            again = shorter(again, Duration.between(clock.instant(), until));
            return "It was put right " + restored(each).map(Restored::times).orElse(0)
                    + " times and changed again each time; it is tried again at " + seconds(until) + ".";
        }

        /**
         * Whether calls could leave without the certificate because of it: an object behind the door that is gone, somebody else's, or
         * says something else than was approved. A label or an annotation that is fought over is none.
         */
        private boolean closes(ObjectComparison each) {
            return !each.manifest().shared()
                    && !opens(each)
                    && (each.live().filter(object -> ours(each, object)).isEmpty()
                            || !each.live()
                                    .orElseThrow()
                                    .otherEntries(each.manifest())
                                    .isEmpty()
                            || !each.contentAsApproved());
        }

        /** Takes the identity's own policy away, so that the app is refused rather than sent out in plaintext; it comes back by itself. */
        private void closeDoor(List<Manifest> wanted) {
            List<Manifest> policies = wanted.stream()
                    .filter(manifest -> !manifest.shared() && manifest.kind().equals("AuthorizationPolicy"))
                    .toList();
            for (ObjectComparison each : live.at(policies)) {
                if (each.live().filter(object -> ours(each, object)).isPresent()) {
                    trouble.unless(() -> {
                        work.confirm(fence);
                        cluster.remove(each.live().orElseThrow(), exactly);
                        written = true;
                        String why = "The " + each.key()
                                + " was taken away, so that the app is refused: what its calls rely on is"
                                + " not as approved, and they could leave without the certificate. It comes back with that.";
                        trouble.add(why);
                        changes.add(new ResourceChange(
                                ResourceChange.Type.REMOVED,
                                each.key().kind(),
                                each.key().namespace(),
                                each.key().name(),
                                "",
                                why));
                    });
                }
            }
        }

        /**
         * Whether the app's namespace may be somebody else's by now: it is gone, or younger than what was applied. Then nothing is made
         * in it, least of all a Secret with the key.
         */
        private Optional<String> namespaceChanged(Target target, List<ObjectComparison> found) {
            String name = target.desired().app().namespace();
            if (found.stream()
                    .noneMatch(each ->
                            each.read().missing() && each.key().namespace().equals(name))) {
                return Optional.empty();
            }
            Optional<Instant> made =
                    cluster.get(new ObjectKey("v1", "Namespace", "", name)).flatMap(LiveObject::createdAt);
            if (made.isEmpty()) {
                return Optional.of("The namespace " + name + " is not there.");
            }
            return target.appliedAt()
                    .filter(made.get()::isAfter)
                    .map(at -> "The namespace " + name + " was made anew at " + made.get()
                            + ", after this was applied; it may be"
                            + " somebody else's now. Nothing is written there until a refresh is approved.");
        }

        /** Whether calls come to the partner by it. */
        private static boolean opens(ObjectComparison each) {
            return !each.manifest().shared()
                    && (each.key().kind().equals("HTTPRoute")
                            || each.key().kind().equals("AuthorizationPolicy"));
        }

        private Optional<Instant> contestedUntil(ObjectComparison each) {
            return restored(each)
                    .filter(past -> past.times() >= FREE_ROUNDS)
                    .map(past -> past.last().plus(pause(past.times())))
                    .filter(clock.instant()::isBefore);
        }

        private ObjectDrift drift(ObjectComparison each) {
            SortedMap<String, String> lost =
                    each.live().map(object -> object.lost(each.manifest())).orElseGet(Collections::emptySortedMap);
            String manager = lost.values().stream()
                    .filter(name -> !name.isEmpty())
                    .findFirst()
                    .or(() -> each.live().map(LiveObject::lastWriter))
                    .orElse("");
            boolean foreign = each.live().filter(object -> !ours(each, object)).isPresent();
            List<String> others = each.live()
                    .map(object -> object.otherEntries(each.manifest()))
                    .orElse(List.of());
            return new ObjectDrift(each, manager, foreign || !others.isEmpty(), others, List.copyOf(lost.keySet()));
        }
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) <= 0 ? one : other;
    }

    /** How long an object is left alone that was put right so often in vain. */
    static Duration pause(int times) {
        Duration doubled = FIRST_WAIT.multipliedBy(1L << Math.min(10, times - FREE_ROUNDS));
        return doubled.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : doubled;
    }

    private static ObjectPlace place(ObjectComparison each) {
        return new ObjectPlace(
                each.key().kind(), each.key().namespace(), each.key().name());
    }

    /** Until the certificate begins or ceases to be valid, which no watch tells. */
    private Duration nextTurn(CertificateFacts facts) {
        Instant now = clock.instant();
        return Stream.of(facts.notBefore(), facts.notAfter())
                .map(turn -> Duration.between(now, turn.plusSeconds(1)))
                .filter(Duration::isPositive)
                .min(Duration::compareTo)
                .orElse(NEVER);
    }

    private static Instant seconds(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS);
    }

    private static long millis(long from, long to) {
        return Duration.ofNanos(to - from).toMillis();
    }
}
