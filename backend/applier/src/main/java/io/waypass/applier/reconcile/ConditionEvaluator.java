package io.waypass.applier.reconcile;

import io.waypass.applier.cluster.LiveObject;
import io.waypass.resource.Condition.Status;
import io.waypass.resource.Condition.Type;
import io.waypass.resource.Observation;
import io.waypass.resource.Observation.ObservedCondition;
import io.waypass.resource.ObservedObject;
import io.waypass.resource.ObservedObject.State;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Evaluates the conditions that every resource has: {@code Applied} and {@code InSync}. */
final class ConditionEvaluator {

    /** A specific reason why a resource is not in sync. */
    record OutOfSync(String reason, String message) {}

    private final Clock clock;

    ConditionEvaluator(Clock clock) {
        this.clock = clock;
    }

    /**
     * Observes a resource that is not retired.
     *
     * @param pending objects that are replaced and still exist; they are no part of the approved state
     * @param ofKind conditions of its kind
     * @param known why it is not in sync, if that is known
     * @param ownership decides whose UIDs are kept; that of a foreign object is not, because UIDs identify our own objects
     */
    Observation observe(
            List<ObjectComparison> found,
            List<PendingRemoval> pending,
            List<ObservedCondition> ofKind,
            Optional<OutOfSync> known,
            Ownership ownership) {
        List<ObservedObject> objects = objects(found, ownership);
        List<ObservedCondition> conditions = new ArrayList<>();
        conditions.add(applied(objects, pending));
        conditions.add(inSync(objects, known));
        conditions.addAll(ofKind);
        return new Observation(
                conditions,
                Stream.concat(objects.stream(), pending.stream().map(this::observed))
                        .toList());
    }

    /** Observes a retired resource, of which only shared objects remain. */
    Observation gone(List<ObjectComparison> shared, Ownership ownership) {
        return new Observation(List.of(), objects(shared, ownership));
    }

    private List<ObservedObject> objects(List<ObjectComparison> found, Ownership ownership) {
        return found.stream().map(each -> observed(each, ownership.owns(each))).toList();
    }

    private ObservedObject observed(PendingRemoval removal) {
        return observed(removal.found(), true, State.PENDING_REMOVAL);
    }

    private ObservedObject observed(ObjectComparison found, boolean ours) {
        State state = found.read().refusal().isPresent()
                ? State.UNKNOWN
                : found.live().isEmpty() ? State.MISSING : found.asApproved() ? State.AS_APPROVED : State.DIFFERS;
        return observed(found, ours, state);
    }

    private ObservedObject observed(ObjectComparison found, boolean ours, State state) {
        return new ObservedObject(
                found.manifest().apiVersion(),
                found.manifest().kind(),
                found.manifest().namespace(),
                found.manifest().name(),
                state,
                found.live().filter(_ -> ours).map(LiveObject::uid),
                found.live().map(LiveObject::resourceVersion),
                clock.instant(),
                found.live().flatMap(LiveObject::fingerprints));
    }

    private static ObservedCondition applied(List<ObservedObject> objects, List<PendingRemoval> pending) {
        long there = objects.stream()
                .filter(object -> object.state() == State.AS_APPROVED || object.state() == State.DIFFERS)
                .count();
        boolean unknown = objects.stream().anyMatch(object -> object.state() == State.UNKNOWN);
        return there == objects.size()
                ? new ObservedCondition(
                        Type.APPLIED,
                        Status.TRUE,
                        "ReadBack",
                        "All " + objects.size() + " objects are written." + replaced(pending))
                : new ObservedCondition(
                        Type.APPLIED,
                        unknown ? Status.UNKNOWN : Status.FALSE,
                        unknown ? "NotReadable" : "Incomplete",
                        there + " of " + objects.size() + " objects were seen in the cluster.");
    }

    /** No status tells when Envoy has switched, so only what Waypass does is said to be done. */
    private static String replaced(List<PendingRemoval> pending) {
        return pending.isEmpty()
                ? ""
                : " The gateway takes up the new certificate within seconds, which no status reports. "
                        + pending.stream()
                                .map(removal ->
                                        "The Secret " + removal.found().key().name()
                                                + " of an earlier certificate is removed at "
                                                + removal.due().truncatedTo(ChronoUnit.SECONDS) + ".")
                                .collect(Collectors.joining(" "));
    }

    private static ObservedCondition inSync(List<ObservedObject> objects, Optional<OutOfSync> known) {
        List<String> off = objects.stream()
                .filter(object -> object.state() != State.AS_APPROVED)
                .map(object -> object.kind() + " " + object.name() + " "
                        + object.state().value())
                .toList();
        if (known.isPresent()) {
            return new ObservedCondition(
                    Type.IN_SYNC,
                    Status.FALSE,
                    known.get().reason(),
                    known.get().message());
        }
        boolean unknown = objects.stream().anyMatch(object -> object.state() == State.UNKNOWN);
        return off.isEmpty()
                ? new ObservedCondition(
                        Type.IN_SYNC, Status.TRUE, "AsApproved", "The cluster holds what was approved, field by field.")
                : new ObservedCondition(
                        Type.IN_SYNC,
                        unknown ? Status.UNKNOWN : Status.FALSE,
                        unknown ? "NotReadable" : "Differs",
                        String.join("; ", off) + ".");
    }
}
