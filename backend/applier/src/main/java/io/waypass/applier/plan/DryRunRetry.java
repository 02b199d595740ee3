package io.waypass.applier.plan;

import io.waypass.applier.cluster.ApiServerRefused;
import io.waypass.applier.cluster.ClusterObjects;
import io.waypass.manifests.Manifest;
import io.waypass.manifests.ObjectKind;
import io.waypass.plan.PlanObject;
import io.waypass.reconcile.PlanningStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries dry runs again that had no result when a request was planned, because an admission webhook did not answer. Once all have one, the
 * request is planned again.
 */
public final class DryRunRetry {

    private static final Logger LOG = LoggerFactory.getLogger(DryRunRetry.class);
    private static final String CAUSE = "A dry run that had no result has one now: what did not answer answers again.";

    private final ClusterObjects cluster;
    private final PlanningStore store;

    public DryRunRetry(ClusterObjects cluster, PlanningStore store) {
        this.cluster = cluster;
        this.store = store;
    }

    /**
     * Retries the dry runs of a request that waits for a decision; does nothing for any other.
     *
     * @param request {@code req_…}
     * @throws ApiServerRefused if one still has no result; the caller retries later
     * @throws io.waypass.applier.cluster.ApiServerAway if the API server did not answer
     */
    public void retry(String request) {
        store.findUntried(request).ifPresent(untried -> {
            untried.objects().stream().filter(DryRunRetry::isTried).forEach(this::tryOut);
            if (store.replan(untried.waiting(), CAUSE)) {
                LOG.info("{}: is planned again: {}", request, CAUSE);
            }
        });
    }

    private static boolean isTried(PlanObject object) {
        return switch (object.action()) {
            // as in the plan: the API server would look for its Role
            case CREATE -> !object.kind().equals(ObjectKind.ROLE_BINDING.kind());
            case UPDATE, UNCHANGED -> true;
            case DELETE, CONFLICT, UNKNOWN -> false;
        };
    }

    /** A refusal is a result, too: the new plan shows it. */
    private void tryOut(PlanObject object) {
        try {
            cluster.tryOut(ObjectPlanner.applicable(Manifest.of(object.manifest())));
        } catch (ApiServerRefused refusal) {
            if (refusal.isUnjudged()) {
                throw refusal;
            }
        }
    }
}
