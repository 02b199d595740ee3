package io.waypass.resource;

import io.waypass.resource.Condition.Status;
import io.waypass.resource.Condition.Type;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Adds up conditions to {@link Type#READY}: False if any of them says no, Unknown if any of them is unknown, missing or old, True
 * otherwise. It is evaluated when conditions are read and not stored, because it also depends on whether anybody watches the cluster
 * at that time.
 *
 * <p>What istiod reported is old once istiod is not seen any more ({@link #NOT_SEEN}): those conditions become Unknown here.
 * A True of all conditions is no proof: istiod reports True of objects that it does not use (measured).
 */
public final class Readiness {

    /** Reason of {@link Type#MESH_REPORTING} where istiod was seen, and is not any more. */
    public static final String NOT_SEEN = "IstiodNotSeen";

    /** Reason of {@link Type#MESH_REPORTING} where no istiod was ever seen. */
    public static final String NO_ISTIOD = "NoIstiod";

    private static final int NAMED = 3;

    private Readiness() {}

    /**
     * Adds the sum to observed conditions.
     *
     * @param observed as stored; none for a resource that is not observed, which has no sum either
     * @param watch the last report on watching the cluster; empty if no applier ever watched it
     * @return the sum first, then the conditions in their order
     */
    public static List<Condition> summed(List<Condition> observed, Optional<WatchHealth> watch) {
        if (observed.isEmpty()) {
            return List.of();
        }
        List<Condition> current = current(observed);
        return Stream.concat(Stream.of(sum(current, watch)), current.stream()).toList();
    }

    /** {@return whether no istiod was ever seen, which explains everything that nobody has reported} */
    public static boolean isWithoutMesh(List<Condition> conditions) {
        return find(conditions, Type.MESH_REPORTING)
                .filter(reporting -> reporting.status() == Status.UNKNOWN
                        && reporting.reason().equals(NO_ISTIOD))
                .isPresent();
    }

    private static List<Condition> current(List<Condition> observed) {
        Optional<Condition> unseen = find(observed, Type.MESH_REPORTING)
                .filter(reporting -> reporting.status() == Status.UNKNOWN
                        && reporting.reason().equals(NOT_SEEN));
        return observed.stream()
                .map(condition -> unseen.filter(_ -> condition.type().isReportedByMesh())
                        .filter(_ -> condition.status() != Status.UNKNOWN)
                        .map(gone -> old(condition, gone))
                        .orElse(condition))
                .toList();
    }

    private static Condition old(Condition condition, Condition unseen) {
        return new Condition(
                condition.type(),
                Status.UNKNOWN,
                "Old",
                "The last report is " + condition.status().value() + ", " + condition.reason()
                        + ", and older than the time at which istiod was seen last.",
                latest(List.of(condition, unseen), Condition::lastTransitionAt),
                condition.observedAt());
    }

    private static Condition sum(List<Condition> conditions, Optional<WatchHealth> watch) {
        Instant observed = latest(conditions, Condition::observedAt);
        if (watch.filter(WatchHealth::clear).isEmpty()) {
            Instant since = watch.map(WatchHealth::seenAt).orElse(observed);
            String why = watch.map(last -> last.unwatched()
                            .map(reason -> "The applier does not watch everything: " + reason)
                            .orElse("No applier has reported on the cluster since " + last.seenAt() + "."))
                    .orElse("No applier has ever reported on the cluster.");
            return new Condition(Type.READY, Status.UNKNOWN, "NotWatched", why, since, observed);
        }
        List<Condition> bad = with(conditions, Status.FALSE);
        if (!bad.isEmpty()) {
            return new Condition(Type.READY, Status.FALSE, "NotReady", words(bad), earliest(bad), observed);
        }
        List<Condition> unknown = with(conditions, Status.UNKNOWN);
        List<String> missing = missing(conditions);
        if (!unknown.isEmpty() || !missing.isEmpty()) {
            Instant settled = with(conditions, Status.TRUE).stream()
                    .map(Condition::lastTransitionAt)
                    .max(Comparator.naturalOrder())
                    .orElse(Instant.MIN);
            Instant since = unknown.isEmpty() ? observed : later(earliest(unknown), settled);
            return new Condition(
                    Type.READY,
                    Status.UNKNOWN,
                    "NotKnown",
                    unknown.isEmpty() ? "Not observed yet: " + String.join(", ", missing) + "." : words(unknown),
                    since,
                    observed);
        }
        return new Condition(
                Type.READY,
                Status.TRUE,
                "AllHold",
                "As far as everything that is watched can tell, a call of the app gets through with the app's own certificate.",
                latest(conditions, Condition::lastTransitionAt),
                observed);
    }

    private static List<String> missing(List<Condition> conditions) {
        return Arrays.stream(Type.values())
                .filter(type -> type != Type.READY && find(conditions, type).isEmpty())
                .map(Type::value)
                .toList();
    }

    /** What decides first: a mesh that is not seen explains the others that are unknown. */
    private static String words(List<Condition> deciding) {
        List<Condition> first = new ArrayList<>(deciding);
        if (isWithoutMesh(first)) {
            first.removeIf(condition -> condition.type().needsMesh() && condition.type() != Type.MESH_REPORTING);
        }
        first.sort(Comparator.comparing((Condition condition) -> condition.type() != Type.MESH_REPORTING)
                .thenComparing(Condition::type));
        return first.stream()
                        .limit(NAMED)
                        .map(condition -> condition.type().value() + ": " + condition.message())
                        .collect(Collectors.joining(" "))
                + (first.size() > NAMED ? " And " + (first.size() - NAMED) + " more." : "");
    }

    private static List<Condition> with(List<Condition> conditions, Status status) {
        return conditions.stream()
                .filter(condition -> condition.status() == status)
                .toList();
    }

    private static Optional<Condition> find(List<Condition> conditions, Type type) {
        return conditions.stream().filter(condition -> condition.type() == type).findFirst();
    }

    private static Instant earliest(List<Condition> conditions) {
        return conditions.stream()
                .map(Condition::lastTransitionAt)
                .min(Comparator.naturalOrder())
                .orElseThrow();
    }

    private static Instant latest(List<Condition> conditions, Function<Condition, Instant> time) {
        return conditions.stream().map(time).max(Comparator.naturalOrder()).orElseThrow();
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }
}
