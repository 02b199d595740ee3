package io.waypass.applier.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waypass.applier.cluster.ApiServerRefused;
import io.waypass.applier.cluster.ClusterObjects;
import io.waypass.applier.cluster.LiveObject;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.certificate.CertificateIntake;
import io.waypass.identity.DesiredIdentity;
import io.waypass.manifests.IdentityManifests;
import io.waypass.manifests.Manifest;
import io.waypass.manifests.ObjectDiff;
import io.waypass.manifests.PlanDigest;
import io.waypass.request.NewPlan;
import io.waypass.request.PlanCheck;
import io.waypass.request.PlanObject;
import io.waypass.request.PlanObject.Action;
import io.waypass.request.RequestWork.PlanJob;
import io.waypass.sealing.SealingKeyset;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * Works out what a request would do: renders it, compares with what is there, and lets the API server dry-run every
 * object. Nothing is written to the cluster; the private key is opened only to see that it opens and belongs to the
 * certificate, and never leaves the applier's memory.
 */
public final class Planning {

    private final ClusterObjects cluster;
    private final CredentialChecks credential;
    private final ClusterChecks checks;
    private final Clock clock;
    private final ObjectMapper json = new ObjectMapper();

    /**
     * Makes the planner.
     *
     * @param cluster the API server
     * @param keyset opens sealed keys
     * @param intake judges the certificate once more
     * @param clock tells how long it took
     */
    public Planning(ClusterObjects cluster, SealingKeyset keyset, CertificateIntake intake, Clock clock) {
        this.cluster = cluster;
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
    public NewPlan plan(PlanJob job) {
        Instant begin = clock.instant();
        DesiredIdentity desired = job.desired();
        List<PlanCheck> found = new ArrayList<>(credential.of(job));
        found.addAll(checks.of(job));
        List<Manifest> manifests = IdentityManifests.render(desired);
        boolean namespaceMissing = found.stream()
                .anyMatch(check -> check.code().equals("namespace.exists") && check.level() == PlanCheck.Level.FAILED);
        List<PlanObject> objects = new ArrayList<>();
        for (Manifest manifest : manifests) {
            objects.add(object(desired, manifest, namespaceMissing, found));
        }
        if (found.stream().noneMatch(check -> check.code().equals("object.foreign"))) {
            found.add(new PlanCheck(
                    "object.foreign", PlanCheck.Level.PASSED, "No object of these names belongs to somebody else."));
        }
        if (found.stream()
                .noneMatch(check ->
                        check.code().equals("dry-run.refused") || check.code().equals("field.conflict"))) {
            found.add(new PlanCheck(
                    "dry-run.accepted",
                    PlanCheck.Level.PASSED,
                    "The API server would accept all " + objects.size() + " objects."));
        }
        return new NewPlan(PlanDigest.of(manifests), found, objects, Duration.between(begin, clock.instant()));
    }

    private PlanObject object(
            DesiredIdentity desired, Manifest manifest, boolean namespaceMissing, List<PlanCheck> found) {
        ObjectKey key = new ObjectKey(manifest.apiVersion(), manifest.kind(), manifest.namespace(), manifest.name());
        Optional<LiveObject> live;
        try {
            live = cluster.get(key);
        } catch (ApiServerRefused refusal) {
            found.add(new PlanCheck(
                    "dry-run.refused",
                    PlanCheck.Level.FAILED,
                    "The applier may not read " + key + ": “" + refusal.words()
                            + "”. A platform admin has to give the applier the rights that its chart lists."));
            return planned(manifest, Action.UNKNOWN, "");
        }
        boolean foreign =
                live.filter(object -> !object.belongsTo(desired.publicId())).isPresent();
        String diff = ObjectDiff.between(live.map(LiveObject::comparable), manifest.json());
        if (foreign) {
            LiveObject other = live.orElseThrow();
            found.add(
                    new PlanCheck(
                            "object.foreign",
                            PlanCheck.Level.FAILED,
                            "There is a " + key + " already that this identity does not own; " + other.managers()
                                    + " wrote it"
                                    + other.createdAt()
                                            .map(at -> " (created " + at + ")")
                                            .orElse("")
                                    + ". Waypass takes nothing over. Remove or rename that object, then submit the request again."));
            return planned(manifest, Action.CONFLICT, diff);
        }
        List<String> others = live.map(LiveObject::otherEntries).orElse(List.of());
        if (!others.isEmpty()) {
            found.add(new PlanCheck(
                    "object.foreign",
                    PlanCheck.Level.FAILED,
                    "The " + key + " holds entries that Waypass did not write: " + String.join(", ", others)
                            + ". The gateway could present what they hold instead of the certificate. Remove them, then submit"
                            + " the request again."));
            return planned(manifest, Action.CONFLICT, diff);
        }
        boolean nowhereToTry = namespaceMissing
                && live.isEmpty()
                && manifest.namespace().equals(desired.app().namespace());
        if (!nowhereToTry) {
            dryRun(manifest, found);
        }
        Action action = live.isEmpty() ? Action.CREATE : diff.isEmpty() ? Action.UNCHANGED : Action.UPDATE;
        return planned(manifest, action, diff);
    }

    private void dryRun(Manifest manifest, List<PlanCheck> found) {
        try {
            cluster.apply(applicable(manifest), true);
        } catch (ApiServerRefused refusal) {
            found.add(new PlanCheck(
                    refusal.code() == 409 ? "field.conflict" : "dry-run.refused",
                    PlanCheck.Level.FAILED,
                    "The API server would refuse an object: “" + refusal.words() + "”. "
                            + (refusal.code() == 409
                                    ? "Another field manager owns a field that Waypass would set; settle with its owner who keeps it."
                                    : "Mend what it names, then submit the request again.")));
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
                manifest.json());
    }
}
