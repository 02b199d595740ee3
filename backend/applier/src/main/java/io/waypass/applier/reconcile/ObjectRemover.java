package io.waypass.applier.reconcile;

import io.waypass.applier.cluster.ClusterObjects;
import io.waypass.applier.cluster.LiveObject;
import io.waypass.applier.reconcile.ContestBackoff.Contest;
import io.waypass.manifests.Manifest;
import io.waypass.resource.ResourceEvent;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes an identity's objects in order, each seen to be gone before the next, so that no object outlives what it relies on. */
final class ObjectRemover {

    private static final Logger LOG = LoggerFactory.getLogger(ObjectRemover.class);

    private final ClusterObjects cluster;
    private final LiveStateReader live;
    private final ObjectWriter writer;
    private final RemovalDecider decider;
    private final Clock clock;

    ObjectRemover(
            ClusterObjects cluster, LiveStateReader live, ObjectWriter writer, RemovalDecider decider, Clock clock) {
        this.cluster = cluster;
        this.live = live;
        this.writer = writer;
        this.decider = decider;
        this.clock = clock;
    }

    /**
     * Removes the identity's own objects, in the given order.
     *
     * @throws Refused if an object cannot be read, or does not go; later objects stay
     */
    void removeInOrder(Reconciliation round, List<Manifest> unwanted) {
        for (ObjectComparison found : live.at(unwanted)) {
            Instant now = clock.instant();
            RemovalDecider.Decision decision = decider.decide(round, found, now);
            switch (decision.action()) {
                case REFUSE ->
                    throw new Refused(
                            "The API server refused: “" + found.read().refusal().orElseThrow() + "”.");
                case LEAVE -> {}
                case POSTPONE ->
                    round.postpone(new PendingRemoval(found, decision.due().orElseThrow()), now);
                case WAIT -> {
                    recordContest(round, found, decision.contest().orElseThrow(), now);
                    return;
                }
                case AWAIT_DELETION -> requireGone(found);
                case REMOVE -> {
                    remove(round, found, decision.due().isPresent());
                    requireGone(found);
                }
            }
        }
    }

    private static void recordContest(Reconciliation round, ObjectComparison found, Contest contest, Instant now) {
        round.checkAgainIn(Duration.between(now, contest.until()));
        round.record(
                ResourceEvent.Type.CONTESTED,
                found,
                found.live().orElseThrow().lastWriter(),
                found.key() + " is there again although it was taken away. " + contest.sentence());
    }

    private void remove(Reconciliation round, ObjectComparison found, boolean replaced) {
        LiveObject object = found.live().orElseThrow();
        writer.remove(round, object);
        if (replaced && round.isKnown(found)) {
            LOG.info("{}: removed {}, which another Secret replaced", round.resource(), found.key());
        } else if (!round.isChange()) {
            round.record(
                    ResourceEvent.Type.REMOVED,
                    found,
                    object.lastWriter(),
                    found.key() + " was there although it was taken away.");
        }
    }

    private void requireGone(ObjectComparison found) {
        String uid = found.live().orElseThrow().uid();
        Optional<LiveObject> left =
                cluster.get(found.key()).filter(now -> now.uid().equals(uid));
        if (left.isPresent()) {
            throw new Refused(found.key() + " is deleted but held by "
                    + String.join(", ", left.get().heldBy().orElse(List.of("nobody that the cluster names")))
                    + ". What it relies on stays until it is gone.");
        }
    }
}
