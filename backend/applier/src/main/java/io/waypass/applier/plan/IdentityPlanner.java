package io.waypass.applier.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waypass.applier.cluster.ApiServerRefused;
import io.waypass.applier.cluster.ClusterObjects;
import io.waypass.applier.cluster.LiveObject;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.applier.inventory.Fact;
import io.waypass.applier.inventory.Inventory;
import io.waypass.applier.inventory.ReliedFacts;
import io.waypass.certificate.CertificateIntake;
import io.waypass.identity.IdentitySpec;
import io.waypass.manifests.IdentityManifests;
import io.waypass.manifests.Manifest;
import io.waypass.manifests.ObjectDiff;
import io.waypass.manifests.ObjectKind;
import io.waypass.manifests.PlanDigest;
import io.waypass.plan.CheckCode;
import io.waypass.plan.NewPlan;
import io.waypass.plan.PlanCheck;
import io.waypass.plan.PlanObject;
import io.waypass.plan.PlanObject.Action;
import io.waypass.reconcile.PlanJob;
import io.waypass.request.RequestKind;
import io.waypass.sealing.SealingKeyset;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Works out what a request about an identity would do: renders it, compares with what is there, and lets the API server dry-run every
 * object. Nothing is written to the cluster; the private key is opened only to see that it opens and belongs to the
 * certificate, and never leaves the applier's memory.
 */
final class IdentityPlanner {

    /** How long a plan waits for the inventory's first look; what is not seen by then is unknown. */
    private static final Duration FIRST_LOOK = Duration.ofSeconds(10);

    private final ClusterObjects cluster;
    private final Inventory inventory;
    private final CredentialChecks credential;
    private final ClusterChecks checks;
    private final Clock clock;
    private final ObjectMapper json = new ObjectMapper();

    IdentityPlanner(
            ClusterObjects cluster, Inventory inventory, SealingKeyset keyset, CertificateIntake intake, Clock clock) {
        this.cluster = cluster;
        this.inventory = inventory;
        this.credential = new CredentialChecks(keyset, intake, clock);
        this.checks = new ClusterChecks(cluster);
        this.clock = clock;
    }

    /**
     * Plans a request.
     *
     * @param job what to plan
     * @return the plan
     * @throws io.waypass.applier.cluster.ApiServerAway if the API server gave no answer
     */
    NewPlan plan(PlanJob.OfIdentity job) {
        Instant begin = clock.instant();
        inventory.awaitFirstLook(FIRST_LOOK);
        IdentitySpec desired = job.desired();
        boolean retirement = job.kind() == RequestKind.RETIRE_IDENTITY;
        List<Manifest> manifests = Stream.concat(
                        IdentityManifests.renderSharedAccess(desired).stream(),
                        retirement ? Stream.empty() : IdentityManifests.render(desired).stream())
                .toList();
        Set<String> places = manifests.stream()
                .map(manifest -> ObjectKey.of(manifest).toString())
                .collect(Collectors.toSet());
        List<Manifest> written = Manifest.inOrderOfRemoval(job.written().stream()
                .map(object -> Manifest.of(object.manifest()))
                .filter(manifest -> !places.contains(ObjectKey.of(manifest).toString()))
                .toList());
        ReliedFacts reliedFacts = inventory.reliedFacts(Stream.concat(
                        places.stream(),
                        written.stream().map(manifest -> ObjectKey.of(manifest).toString()))
                .collect(Collectors.toSet()));
        List<PlanCheck> found = new ArrayList<>();
        job.credential().ifPresent(presented -> found.addAll(credential.of(presented)));
        if (!retirement) {
            // who goes needs nothing of what who comes needs
            found.addAll(checks.of(job, reliedFacts));
            found.addAll(ManifestChecks.of(manifests.stream().map(this::tree).toList()));
        }
        boolean namespaceMissing =
                found.stream().anyMatch(check -> check.is(CheckCode.NAMESPACE_EXISTS, PlanCheck.Level.FAILED));
        List<PlanObject> objects = new ArrayList<>();
        for (Manifest manifest : manifests) {
            objects.add(object(desired, manifest, namespaceMissing, reliedFacts, found));
        }
        List<Manifest> removed = new ArrayList<>();
        for (Manifest manifest : written) {
            if (removable(job, manifest, reliedFacts, found)) {
                removed.add(manifest);
                objects.add(planned(manifest, Action.DELETE, ObjectDiff.removal(manifest.json())));
            }
        }
        passedUnlessSaid(found, CheckCode.OBJECT_FOREIGN, "No object of these names belongs to somebody else.");
        passedUnlessSaid(
                found, CheckCode.FIELD_CONFLICT, "No other field manager owns a field that Waypass would set.");
        boolean conflicts = found.stream()
                .anyMatch(check -> check.code().equals(CheckCode.FIELD_CONFLICT.value())
                        && check.level() == PlanCheck.Level.FAILED);
        if (!conflicts) {
            passedUnlessSaid(
                    found,
                    CheckCode.DRY_RUN_ACCEPTED,
                    namespaceMissing
                            ? "What could be tried without the namespace, the API server would accept."
                            : "The API server would accept all " + manifests.size() + " objects.");
        }
        return new NewPlan(
                PlanDigest.of(manifests, removed),
                found,
                objects,
                reliedFacts.relied(),
                Duration.between(begin, clock.instant()));
    }

    private static void passedUnlessSaid(List<PlanCheck> found, CheckCode code, String message) {
        if (found.stream().noneMatch(check -> check.code().equals(code.value()))) {
            found.add(code.passed(message));
        }
    }

    /** What is not ours any more is left alone; what is not there is named all the same, since it must not be there afterwards. */
    private boolean removable(
            PlanJob.OfIdentity job, Manifest manifest, ReliedFacts reliedFacts, List<PlanCheck> found) {
        ObjectKey key = ObjectKey.of(manifest);
        Read read = read(key, reliedFacts, found);
        Optional<LiveObject> live = read.object();
        String uid = job.known().get(key.place());
        return read.refused()
                || live.isEmpty()
                || live.get().carriesMarksOf(manifest)
                || live.get().uid().equals(uid);
    }

    /** What is in a place; nothing if it may not be read. */
    private record Read(Optional<LiveObject> object, boolean refused) {}

    /** Reads an object, and keeps what the plan relies on of it; that it may not be read is a check that failed. */
    private Read read(ObjectKey key, ReliedFacts reliedFacts, List<PlanCheck> found) {
        try {
            Optional<LiveObject> live = cluster.get(key);
            if (ObjectKind.writtenFacts().contains(ObjectKind.of(key.kind()))) {
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

    private PlanObject object(
            IdentitySpec desired,
            Manifest manifest,
            boolean namespaceMissing,
            ReliedFacts reliedFacts,
            List<PlanCheck> found) {
        ObjectKey key = ObjectKey.of(manifest);
        Read read = read(key, reliedFacts, found);
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
                    "There is a " + key + " already that this identity does not own; " + other.managers() + " wrote it"
                            + other.createdAt().map(this::age).orElse("") + ".",
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
        boolean nowhereToTry = live.isEmpty()
                && (namespaceMissing
                                && manifest.namespace().equals(desired.app().namespace())
                        // the API server looks into the Role, which the same plan is about to make
                        || manifest.kind().equals("RoleBinding"));
        if (!nowhereToTry) {
            dryRun(key, manifest, found);
        }
        Action action = live.isEmpty() ? Action.CREATE : diff.isEmpty() ? Action.UNCHANGED : Action.UPDATE;
        return planned(manifest, action, diff);
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

    /** The Secret's fingerprints stand in for its content: what the API server checks of it is that the keys are there. */
    private ObjectNode applicable(Manifest manifest) {
        ObjectNode object = tree(manifest);
        if (manifest.kind().equals("Secret") && object.path("data") instanceof ObjectNode data) {
            data.properties()
                    .forEach(entry -> data.put(
                            entry.getKey(),
                            Base64.getEncoder()
                                    .encodeToString(entry.getValue().asText().getBytes(StandardCharsets.UTF_8))));
        }
        return object;
    }

    private ObjectNode tree(Manifest manifest) {
        try {
            return (ObjectNode) json.readTree(manifest.json());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a rendered manifest is no JSON", e);
        }
    }

    private static PlanObject planned(Manifest manifest, Action action, String diff) {
        return new PlanObject(
                manifest.apiVersion(),
                manifest.kind(),
                manifest.namespace(),
                manifest.name(),
                action,
                diff,
                manifest.json(),
                !manifest.shared());
    }
}
