package io.waypass.applier.reconcile;

import io.waypass.applier.cluster.ApiServerRefused;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.applier.guardrail.CataloguePublisher;
import io.waypass.reconcile.ReconcileStore;
import io.waypass.resource.Observation;
import io.waypass.resource.ObservedObject;
import io.waypass.sealing.SealingKeyset;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Applies an approved change: checks its basis, writes, removes, reads back and records. */
final class ChangeApplier {

    private static final Logger LOG = LoggerFactory.getLogger(ChangeApplier.class);

    /** Reason of a resource whose approved change the cluster did not take. */
    private static final String NOT_APPLIED = "NotApplied";

    private final LiveStateReader live;
    private final ReconcileStore store;
    private final CataloguePublisher catalogue;
    private final ApprovalBasis basis;
    private final SecretFiller secrets;
    private final ObjectWriter writer;
    private final LeftoverRemover leftovers;
    private final Door door;
    private final ObservationReader observations;

    ChangeApplier(
            LiveStateReader live,
            ReconcileStore store,
            CataloguePublisher catalogue,
            ApprovalBasis basis,
            SecretFiller secrets,
            ObjectWriter writer,
            LeftoverRemover leftovers,
            Door door,
            ObservationReader observations) {
        this.live = live;
        this.store = store;
        this.catalogue = catalogue;
        this.basis = basis;
        this.secrets = secrets;
        this.writer = writer;
        this.leftovers = leftovers;
        this.door = door;
        this.observations = observations;
    }

    Duration apply(Reconciliation round) {
        long begin = System.nanoTime();
        ApprovedState approved = round.approved();
        if (!approved.hashes()) {
            return replan(round, "The stored manifests are not those that were approved. Nothing was applied.");
        }
        List<ObjectComparison> found = live.at(approved.wanted());
        Optional<String> changed;
        try {
            changed = changedSinceApproval(round, found);
        } catch (ApiServerRefused refusal) {
            throw failed(round, refusal.sentence());
        }
        if (changed.isPresent()) {
            return replan(round, changed.get() + " Nothing was applied.");
        }
        long checked = System.nanoTime();
        write(round, found);
        long wrote = System.nanoTime();
        Observation observation = readBack(round);
        long read = System.nanoTime();
        store.recordApplied(round.job(), round.fence(), observation, round.changes());
        LOG.info(
                "{}: applied revision {} of {} in {} ms (checks {}, objects {}, read back {}, record {})",
                round.target().request(),
                round.target().revision(),
                round.resource(),
                millis(begin, System.nanoTime()),
                millis(begin, checked),
                millis(checked, wrote),
                millis(wrote, read),
                millis(read, System.nanoTime()));
        return nextCheck(round, observation);
    }

    private Duration replan(Reconciliation round, String reason) {
        if (!store.replan(round.job(), round.fence(), reason)) {
            throw new ApplyFailed(reason);
        }
        LOG.info("{}: goes back to planning: {}", round.target().request(), reason);
        return Reconciliation.NEVER;
    }

    /** What changed since the approval. A retirement needs none of the facts that an app needs. */
    private Optional<String> changedSinceApproval(Reconciliation round, List<ObjectComparison> found) {
        if (round.approved().retires()) {
            return objection(round, found);
        }
        return ApprovalBasis.changeInDatabase(round.target())
                .or(() -> objection(round, found))
                .or(() -> basis.changeInCluster(round.target(), found));
    }

    private Optional<String> objection(Reconciliation round, List<ObjectComparison> found) {
        for (ObjectComparison each : found) {
            each.read().refusal().ifPresent(words -> {
                throw failed(round, "The API server refused: “" + words + "”.");
            });
            Optional<String> objection = ChangeDecider.objection(each, round.ownership());
            if (objection.isPresent()) {
                return objection;
            }
        }
        return Optional.empty();
    }

    private void write(Reconciliation round, List<ObjectComparison> found) {
        try {
            secrets.check(round.approved());
            if (!round.approved().retires()) {
                // the cluster guards the destination's host before an object relies on it
                catalogue.publish();
            }
            for (ObjectComparison each : found) {
                switch (ChangeDecider.decide(each, round.ownership())) {
                    case NONE -> {}
                    case AWAIT_DELETION ->
                        throw new Refused("The " + each.key() + " is being deleted, and held by "
                                + String.join(", ", each.heldBy().orElseThrow())
                                + ". Nothing that relies on it is written before it is gone.");
                    case WRITE -> {
                        writer.write(round, each, false);
                        Door.recordOpened(round, each);
                    }
                    case WRITE_AND_REVERT -> writer.write(round, each, true);
                }
            }
            leftovers.removeLeftovers(round, round.approved().unwanted());
        } catch (ApiServerRefused refusal) {
            throw failed(round, refusal.sentence());
        } catch (SealingKeyset.SealedKeyDoesNotOpen | Refused refusal) {
            throw failed(round, String.valueOf(refusal.getMessage()));
        }
    }

    private Observation readBack(Reconciliation round) {
        Observation observation =
                observations.observe(round, live.at(round.approved().wanted()), Optional.empty());
        List<String> gone = observation.objects().stream()
                .filter(object -> object.state() == ObservedObject.State.MISSING)
                .map(object -> object.kind() + " " + object.namespace() + "/" + object.name())
                .toList();
        if (!gone.isEmpty()) {
            throw failed(round, "Written, but gone again when read back: " + String.join(", ", gone) + ".");
        }
        return observation;
    }

    private Duration nextCheck(Reconciliation round, Observation observation) {
        boolean changedMeanwhile =
                observation.objects().stream().anyMatch(object -> object.state() == ObservedObject.State.DIFFERS);
        // a watch does not enqueue the resource for a change since the write, because nothing is recorded yet
        round.checkAgainIn(changedMeanwhile ? Duration.ZERO : observations.untilNextChange(round.approved()));
        return round.nextCheck();
    }

    private ApplyFailed failed(Reconciliation round, String message) {
        ApprovedState approved = round.approved();
        LOG.warn("{}: {}", round.target().request(), message);
        List<ObjectComparison> now = live.at(
                approved.retires()
                        ? Stream.concat(approved.wanted().stream(), approved.unwanted().stream())
                                .toList()
                        : approved.wanted());
        Problems problems = new Problems();
        problems.add(NOT_APPLIED, message);
        if (!approved.retires() && !round.job().reportOnly() && isUnsafe(round, now)) {
            now = closeDoor(round, now, problems);
        }
        store.recordFailure(
                round.job(),
                round.fence(),
                message,
                observations.observe(round, now, problems.words()),
                round.changes());
        return new ApplyFailed(message);
    }

    private List<ObjectComparison> closeDoor(Reconciliation round, List<ObjectComparison> now, Problems problems) {
        Set<ObjectKey> closed = door.close(round, round.approved().wanted(), problems);
        return now.stream()
                .map(each ->
                        closed.contains(each.key()) ? new ObjectComparison(each.manifest(), live.at(each.key())) : each)
                .toList();
    }

    /**
     * Whether calls could leave without the certificate. Objects that are as the plan before approved them carry calls as before; those that
     * only the new plan has, such as a rotation's Secret, are not relied on until the others have changed.
     */
    private static boolean isUnsafe(Reconciliation round, List<ObjectComparison> found) {
        List<ObjectComparison> relied = found.stream()
                .filter(each -> !each.manifest().shared() && !Door.opens(each.manifest()))
                .flatMap(each -> round.ownership().before(each).stream())
                .toList();
        boolean asBefore =
                !relied.isEmpty() && relied.stream().noneMatch(each -> Door.isUnsafe(each, round.ownership()));
        return !asBefore && found.stream().anyMatch(each -> isUnsafe(round, each));
    }

    /** Whether calls could leave without the certificate because of an object that is not as the plan before approved it. */
    private static boolean isUnsafe(Reconciliation round, ObjectComparison found) {
        return found.differs()
                && Door.isUnsafe(found, round.ownership())
                && round.ownership()
                        .before(found)
                        .filter(before -> !Door.isUnsafe(before, round.ownership()))
                        .isEmpty();
    }

    private static long millis(long from, long to) {
        return Duration.ofNanos(to - from).toMillis();
    }
}
