package io.waypass.applier.apply;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waypass.applier.cluster.ApiServerAway;
import io.waypass.applier.cluster.ApiServerRefused;
import io.waypass.applier.cluster.ClusterObjects;
import io.waypass.applier.cluster.LiveObject;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.applier.inventory.Inventory;
import io.waypass.certificate.CertificateIntake;
import io.waypass.certificate.Finding;
import io.waypass.certificate.PrivateKeyMaterial;
import io.waypass.identity.Observation;
import io.waypass.identity.ObservedObject;
import io.waypass.manifests.Manifest;
import io.waypass.manifests.PlanDigest;
import io.waypass.request.RequestWork;
import io.waypass.request.RequestWork.ApplyJob;
import io.waypass.sealing.SealingKeyset;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what was approved, and nothing else: the approved plan's own manifests, once they are seen to hash to the approved
 * digest and what the plan relied on still holds. Objects go in the stored order, certificate first and the policy that
 * opens the door last, so that no state in between sends plaintext or another app's certificate. Safe to run again at any
 * time: what is there already is applied to no effect.
 */
public final class Applying {

    private static final Logger LOG = LoggerFactory.getLogger(Applying.class);

    /** What an approval rested on: another answer, and somebody has to look again. A status that comes and goes is none of these. */
    private static final List<String> VITAL = List.of("host/", "routes/", "rules/", "credential/", "istiod");

    private final ClusterObjects cluster;
    private final Inventory inventory;
    private final RequestWork work;
    private final SealingKeyset keyset;
    private final CertificateIntake intake;
    private final Observing observing;
    private final ObjectMapper json = new ObjectMapper();
    private static final Duration FIRST_LOOK = Duration.ofSeconds(10);

    /**
     * Makes it.
     *
     * @param cluster the API server
     * @param inventory what there is in the whole mesh
     * @param work where jobs come from and outcomes go
     * @param keyset opens sealed keys
     * @param intake judges once more
     * @param observing reads back
     */
    public Applying(
            ClusterObjects cluster,
            Inventory inventory,
            RequestWork work,
            SealingKeyset keyset,
            CertificateIntake intake,
            Observing observing) {
        this.cluster = cluster;
        this.inventory = inventory;
        this.work = work;
        this.keyset = keyset;
        this.intake = intake;
        this.observing = observing;
    }

    /**
     * Applies an approved request.
     *
     * @param job what was approved
     * @throws ApiServerAway if the API server gave no answer; what was done stays done, and a later run completes it
     * @throws ApplyFailed if the cluster refused; already recorded
     */
    public void apply(ApplyJob job) {
        long begin = System.nanoTime();
        List<Manifest> manifests = job.objects().stream()
                .map(object -> Manifest.of(object.manifest()))
                .toList();
        String digest = PlanDigest.of(manifests);
        if (!digest.equals(job.approvedDigest())) {
            LOG.error(
                    "{}: the stored manifests hash to {}, not to the approved {}",
                    job.request(),
                    digest,
                    job.approvedDigest());
            work.replan(job, "The stored manifests are not those that were approved. Nothing was applied.");
            return;
        }
        long checked;
        try {
            Optional<String> changed = changedSince(job, manifests);
            if (changed.isPresent()) {
                LOG.info("{}: goes back to planning: {}", job.request(), changed.get());
                work.replan(job, changed.get() + " Nothing was applied.");
                return;
            }
            checked = System.nanoTime();
            write(job, manifests);
        } catch (ApiServerRefused refusal) {
            throw failed(job, manifests, "The API server refused: “" + refusal.words() + "”.");
        } catch (SealingKeyset.SealedKeyDoesNotOpen refusal) {
            throw failed(job, manifests, String.valueOf(refusal.getMessage()));
        }
        long written = System.nanoTime();
        Observation observation = observing.observe(job, manifests);
        List<String> gone = observation.objects().stream()
                .filter(object -> object.state() == ObservedObject.State.MISSING)
                .map(object -> object.kind() + " " + object.namespace() + "/" + object.name())
                .toList();
        if (!gone.isEmpty()) {
            throw recorded(
                    job, "Written, but gone again when read back: " + String.join(", ", gone) + ".", observation);
        }
        long read = System.nanoTime();
        work.applied(job, observation);
        LOG.info(
                "{}: applied revision {} of {} in {} ms (checks {}, objects {}, read back {}, record {})",
                job.request(),
                job.desired().revision(),
                job.desired().publicId(),
                millis(begin, System.nanoTime()),
                millis(begin, checked),
                millis(checked, written),
                millis(written, read),
                millis(read, System.nanoTime()));
    }

    private ApplyFailed failed(ApplyJob job, List<Manifest> manifests, String message) {
        return recorded(job, message, observing.observe(job, manifests));
    }

    private ApplyFailed recorded(ApplyJob job, String message, Observation observation) {
        LOG.warn("{}: {}", job.request(), message);
        work.failed(job, message, observation);
        return new ApplyFailed(message);
    }

    /**
     * Fills what has to be filled before the first object is sent, so that nothing is written when the content is not
     * what was approved: the digest covers the fingerprints, and the fingerprints have to be those of the content.
     */
    private void write(ApplyJob job, List<Manifest> manifests) {
        try (PrivateKeyMaterial key = new PrivateKeyMaterial(keyset.open(job.sealedKey(), job.context()))) {
            List<Finding> errors = intake.judgeAgain(job.certificate(), key);
            if (!errors.isEmpty()) {
                throw failed(job, manifests, errors.getFirst().message());
            }
            List<ObjectNode> objects = new ArrayList<>();
            for (Manifest manifest : manifests) {
                ObjectNode object = tree(manifest);
                ((ObjectNode) object.path("metadata").path("annotations"))
                        .put("waypass.io/digest", job.approvedDigest());
                if (manifest.kind().equals("Secret")) {
                    if (!SecretContent.standsFor(object.path("data"), job.certificate())) {
                        throw failed(
                                job,
                                manifests,
                                "The stored certificate or CA is not the one that was approved. Nothing was applied.");
                    }
                    SecretContent.fill(object, job.certificate(), key);
                }
                objects.add(object);
            }
            objects.forEach(object -> cluster.apply(object, false));
        }
    }

    /** What the plan relied on and what could undo it: foreign objects, the namespace, the service account. */
    private Optional<String> changedSince(ApplyJob job, List<Manifest> manifests) {
        if (!job.basisHolds()) {
            return Optional.of("The catalogue, or who owns the namespace, has changed since the approval.");
        }
        List<Callable<Optional<String>>> looks = new ArrayList<>();
        for (Manifest manifest : manifests) {
            ObjectKey key =
                    new ObjectKey(manifest.apiVersion(), manifest.kind(), manifest.namespace(), manifest.name());
            looks.add(() -> cluster.get(key).flatMap(live -> objection(key, live, job)));
        }
        String namespace = job.desired().app().namespace();
        String account = job.desired().app().serviceAccount();
        looks.add(() -> cluster.get(new ObjectKey("v1", "ServiceAccount", namespace, account))
                        .isPresent()
                ? Optional.empty()
                : Optional.of("The service account " + account + " is no longer in " + namespace + "."));
        return together(looks).stream().flatMap(Optional::stream).findFirst().or(() -> elsewhere(job, manifests));
    }

    /**
     * What others did that an approval rested on. What was seen when it was planned and cannot be seen now keeps the request waiting:
     * nothing is written on trust.
     */
    private Optional<String> elsewhere(ApplyJob job, List<Manifest> manifests) {
        Map<String, String> vital = job.relied().entrySet().stream()
                .filter(fact -> VITAL.stream().anyMatch(fact.getKey()::startsWith))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        inventory.awaitFirstLook(FIRST_LOOK);
        inventory.blindFor(vital).ifPresent(reason -> {
            throw new ApiServerAway(reason);
        });
        List<String> changes = inventory.changes(
                vital,
                manifests.stream()
                        .map(manifest -> new ObjectKey(
                                        manifest.apiVersion(), manifest.kind(), manifest.namespace(), manifest.name())
                                .toString())
                        .collect(Collectors.toSet()));
        return changes.isEmpty() ? Optional.empty() : Optional.of(String.join(" ", changes));
    }

    private static Optional<String> objection(ObjectKey key, LiveObject live, ApplyJob job) {
        if (!live.belongsTo(job.desired().publicId())) {
            return Optional.of(
                    "There is a " + key + " now that this identity does not own; " + live.managers() + " wrote it.");
        }
        return live.otherEntries().isEmpty()
                ? Optional.empty()
                : Optional.of("The " + key + " holds entries that Waypass did not write: "
                        + String.join(", ", live.otherEntries()) + ".");
    }

    /** Runs calls side by side; the first that fails speaks for all. */
    static <T> List<T> together(List<Callable<T>> calls) {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<T>> futures = calls.stream().map(threads::submit).toList();
            List<T> results = new ArrayList<>();
            for (Future<T> future : futures) {
                results.add(future.get());
            }
            return results;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while calling the API server", e);
        }
    }

    private ObjectNode tree(Manifest manifest) {
        try {
            return (ObjectNode) json.readTree(manifest.json());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a stored manifest is no JSON", e);
        }
    }

    private static long millis(long from, long to) {
        return Duration.ofNanos(to - from).toMillis();
    }
}
