package io.waypass.applier.plan;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waypass.applier.cluster.ApiServerRefused;
import io.waypass.applier.cluster.ClusterObjects;
import io.waypass.applier.cluster.LiveObject;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.applier.inventory.Fact;
import io.waypass.applier.inventory.Inventory;
import io.waypass.applier.inventory.ReliedFacts;
import io.waypass.manifests.Manifest;
import io.waypass.manifests.ObjectDiff;
import io.waypass.manifests.ObjectKind;
import io.waypass.manifests.PlanDigest;
import io.waypass.plan.CheckCode;
import io.waypass.plan.PlanCheck;
import io.waypass.plan.PlanObject;
import io.waypass.plan.PlanObject.Action;
import io.waypass.resource.ObjectPlace;
import io.waypass.resource.ResourceKind;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.ListIterator;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Plans the objects of one kind of resource, whatever the kind: compares each with what is in its place, lets the API server dry-run it,
 * and adds a check for each obstacle. The planner of a kind renders and has checks of its own.
 */
final class ObjectPlanner {

    /** How long a plan waits for the inventory's first look; what is not seen by then is unknown. */
    private static final Duration FIRST_LOOK = Duration.ofSeconds(10);

    private final ClusterObjects cluster;
    private final Inventory inventory;
    private final ResourceKind kind;
    private final Clock clock;

    ObjectPlanner(ClusterObjects cluster, Inventory inventory, ResourceKind kind, Clock clock) {
        this.cluster = cluster;
        this.inventory = inventory;
        this.kind = kind;
        this.clock = clock;
    }

    /** Opens the record of what a plan relies on; waits for the inventory's first look. Objects of the plan itself are no facts. */
    ReliedFacts reliedFacts(List<Manifest> manifests, List<Manifest> leftovers) {
        inventory.awaitFirstLook(FIRST_LOOK);
        return inventory.reliedFacts(Stream.concat(manifests.stream(), leftovers.stream())
                .map(manifest -> ObjectKey.of(manifest).toString())
                .collect(Collectors.toSet()));
    }

    /**
     * Plans an object that shall exist.
     *
     * @param nowhereToTry whether a dry run of its creation is impossible, because its namespace does not exist
     */
    PlanObject plan(Manifest manifest, boolean nowhereToTry, ReliedFacts reliedFacts, List<PlanCheck> found) {
        ObjectKey key = ObjectKey.of(manifest);
        Read read = read(manifest, reliedFacts, found);
        if (read.refused()) {
            return planned(manifest, Action.UNKNOWN, "");
        }
        Optional<LiveObject> live = read.object();
        boolean foreign =
                live.filter(object -> !object.carriesMarksOf(manifest)).isPresent();
        String diff = ObjectDiff.between(live.map(LiveObject::comparable), manifest.json());
        if (foreign) {
            LiveObject other = live.orElseThrow();
            found.add(CheckCode.OBJECT_FOREIGN.failed(
                    "There is a " + key + " already that this " + kind.value() + " does not own; " + other.managers()
                            + " wrote it" + other.createdAt().map(this::age).orElse("") + ".",
                    "Waypass takes nothing over. Remove or rename that object, then submit the request again."));
            return planned(manifest, Action.CONFLICT, diff);
        }
        List<String> others = live.map(object -> object.otherEntries(manifest)).orElse(List.of());
        if (!others.isEmpty()) {
            found.add(CheckCode.OBJECT_FOREIGN.failed(
                    "The " + key + " holds entries that Waypass did not write: " + String.join(", ", others)
                            + ". The gateway could present what they hold instead of the certificate.",
                    "Remove them, then submit the request again."));
            return planned(manifest, Action.CONFLICT, diff);
        }
        // for a RoleBinding, the API server looks into the Role, which the same plan is about to make
        boolean untried = live.isEmpty() && (nowhereToTry || manifest.kind().equals(ObjectKind.ROLE_BINDING.kind()));
        if (!untried) {
            dryRun(key, manifest, found);
        }
        Action action = live.isEmpty() ? Action.CREATE : diff.isEmpty() ? Action.UNCHANGED : Action.UPDATE;
        return planned(manifest, action, diff);
    }

    /**
     * Plans the removal of an object that an earlier plan wrote. One that does not exist is named all the same, since it must not exist
     * afterwards, unless the plan before has removed it.
     *
     * @param removedBefore whether the plan that was applied before removes it, too
     * @param known uid of each of the resource's objects as it was seen last, by place
     * @return empty if what is in its place is not ours any more, and is left alone
     */
    Optional<PlanObject> planRemoval(
            Manifest manifest,
            boolean removedBefore,
            Map<ObjectPlace, String> known,
            ReliedFacts reliedFacts,
            List<PlanCheck> found) {
        ObjectKey key = ObjectKey.of(manifest);
        Read read = read(manifest, reliedFacts, found);
        Optional<LiveObject> live = read.object();
        boolean removable = read.refused()
                || live.isEmpty() && !removedBefore
                || live.isPresent()
                        && (live.get().carriesMarksOf(manifest)
                                || live.get().uid().equals(known.get(key.place())));
        return removable
                ? Optional.of(planned(manifest, Action.DELETE, ObjectDiff.removal(manifest.json())))
                : Optional.empty();
    }

    /**
     * Adds that the checks of single objects passed, except those that found something.
     *
     * @param accepted the message if no dry run was refused
     */
    static void passWhatDidNotFail(List<PlanCheck> found, String accepted) {
        passUnlessFound(found, CheckCode.OBJECT_FOREIGN, "No object of these names belongs to somebody else.");
        passUnlessFound(found, CheckCode.FIELD_CONFLICT, "No other field manager owns a field that Waypass would set.");
        boolean conflicts =
                found.stream().anyMatch(check -> check.is(CheckCode.FIELD_CONFLICT, PlanCheck.Level.FAILED));
        if (!conflicts) {
            passUnlessFound(found, CheckCode.DRY_RUN_ACCEPTED, accepted);
        }
    }

    private static void passUnlessFound(List<PlanCheck> found, CheckCode code, String message) {
        if (found.stream().noneMatch(check -> check.code().equals(code.value()))) {
            found.add(code.passed(message));
        }
    }

    /** Digest of a plan of these objects: of those that are applied, and of those that are removed. */
    static String digest(List<PlanObject> objects) {
        Map<Boolean, List<Manifest>> byRemoval = objects.stream()
                .collect(Collectors.partitioningBy(
                        object -> object.action() == Action.DELETE,
                        Collectors.mapping(object -> Manifest.of(object.manifest()), Collectors.toList())));
        return PlanDigest.of(byRemoval.get(false), byRemoval.get(true));
    }

    /** What is in a place; nothing if it may not be read. */
    private record Read(Optional<LiveObject> object, boolean refused) {}

    /**
     * Reads an object, and keeps what the plan relies on of it; that it may not be read is a check that failed. No plan relies on whether
     * a shared object exists: the first of several approvals creates it for all.
     */
    private Read read(Manifest manifest, ReliedFacts reliedFacts, List<PlanCheck> found) {
        ObjectKey key = ObjectKey.of(manifest);
        try {
            Optional<LiveObject> live = cluster.get(key);
            if (!manifest.shared() && ObjectKind.writtenFacts().contains(ObjectKind.of(key.kind()))) {
                reliedFacts.read(Fact.object(key), live);
            }
            return new Read(live, false);
        } catch (ApiServerRefused refusal) {
            found.add(CheckCode.DRY_RUN_ACCEPTED.failed(
                    "The applier may not read " + key + ": “" + refusal.words() + "”.",
                    "A platform admin has to give the applier the rights that its chart lists."));
            return new Read(Optional.empty(), true);
        }
    }

    private String age(Instant created) {
        Duration age = Duration.between(created, clock.instant());
        String words = age.toDays() > 1
                ? age.toDays() + " days"
                : age.toHours() > 1
                        ? age.toHours() + " hours"
                        : age.toMinutes() > 1 ? age.toMinutes() + " minutes" : "moments";
        return ", " + words + " ago (" + created + ")";
    }

    private void dryRun(ObjectKey key, Manifest manifest, List<PlanCheck> found) {
        try {
            cluster.tryOut(applicable(manifest));
        } catch (ApiServerRefused refusal) {
            if (refusal.isUnjudged()) {
                addUnjudged(key, refusal, found);
                return;
            }
            found.add(
                    refusal.conflicts().isEmpty()
                            ? CheckCode.DRY_RUN_ACCEPTED.failed(
                                    "The API server would refuse an object: “" + refusal.words() + "”.",
                                    "Mend what it names, then submit the request again.")
                            : CheckCode.FIELD_CONFLICT.failed(
                                    "Of the " + key + ", "
                                            + refusal.conflicts().stream()
                                                    .map(conflict ->
                                                            conflict.manager() + " owns the field " + conflict.field())
                                                    .collect(Collectors.joining(", "))
                                            + ", which Waypass would set.",
                                    "Settle with who runs that manager who keeps the field, then submit the request again."));
        }
    }

    /** One check for all objects: what is in their way is the same, most of the time. */
    private static void addUnjudged(ObjectKey key, ApiServerRefused refusal, List<PlanCheck> found) {
        for (ListIterator<PlanCheck> checks = found.listIterator(); checks.hasNext(); ) {
            PlanCheck check = checks.next();
            if (check.is(CheckCode.DRY_RUN_ACCEPTED, PlanCheck.Level.UNKNOWN)) {
                checks.set(CheckCode.DRY_RUN_ACCEPTED.unknown(
                        check.message() + " The dry run of the " + key + " has no result either.", check.toDo()));
                return;
            }
        }
        found.add(CheckCode.DRY_RUN_ACCEPTED.unknown(
                "The dry run of the " + key + " has no result. " + refusal.sentence(),
                "Nothing is lost: as soon as there is a result, the request is planned again. It can be decided before;"
                        + " what is approved is applied once the API server takes it."));
    }

    /** The Secret's fingerprints stand in for its content: what the API server checks of it is that the keys are there. */
    static ObjectNode applicable(Manifest manifest) {
        ObjectNode object = manifest.tree();
        if (manifest.kind().equals(ObjectKind.SECRET.kind()) && object.path("data") instanceof ObjectNode data) {
            data.properties()
                    .forEach(entry -> data.put(
                            entry.getKey(),
                            Base64.getEncoder()
                                    .encodeToString(entry.getValue().asText().getBytes(StandardCharsets.UTF_8))));
        }
        return object;
    }

    private PlanObject planned(Manifest manifest, Action action, String diff) {
        return new PlanObject(
                manifest.apiVersion(),
                manifest.kind(),
                manifest.namespace(),
                manifest.name(),
                action,
                diff,
                manifest.json(),
                manifest.belongsTo(kind));
    }
}
