package io.waypass.plan;

import io.waypass.identity.Credential;
import io.waypass.identity.IdentitySpec;
import io.waypass.identity.Rival;
import io.waypass.request.RequestKind;
import io.waypass.resource.ObjectPlace;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Requests as the applier of one cluster works on them: it makes plans, and applies what a decision covers. Every method
 * may be called again after a crash; a step that was done already changes nothing.
 */
public interface PlanningStore {

    /**
     * A request that is to be planned.
     *
     * @param requestId key inside the database
     * @param request {@code req_…}
     * @param team slug of the team that asks
     * @param basis stands for everything in the database that the plan is made from
     * @param cause why a plan is made anew; empty for the first
     * @param owner slug of the team that the app's namespace belongs to now, if any
     * @param rivals other identities for the same principal at the same host
     * @param desired what to render
     * @param kind what is asked for
     * @param credential what the app would present; empty for a retirement
     * @param known uid of each of its objects as it was seen last, by place
     * @param written the identity's own objects of every plan that was approved: they may be in the cluster; each in its newest form
     */
    record PlanJob(
            long requestId,
            String request,
            String team,
            String basis,
            Optional<String> cause,
            Optional<String> owner,
            List<Rival> rivals,
            IdentitySpec desired,
            RequestKind kind,
            Optional<Credential> credential,
            Map<ObjectPlace, String> known,
            List<PlanObject> written) {

        /** Copies the lists. */
        public PlanJob {
            rivals = List.copyOf(rivals);
            known = Map.copyOf(known);
            written = List.copyOf(written);
        }

        @Override
        public String toString() {
            return "PlanJob[" + request + ", revision " + desired.revision() + "]";
        }
    }

    /**
     * A request that waits for a decision, and what its plan relied on.
     *
     * @param requestId key inside the database
     * @param request {@code req_…}
     * @param plan public id of its plan
     * @param own the plan's own objects, each as kind, space, namespace, slash, name
     * @param relied what the cluster said, by name of the fact
     * @param basisHolds whether the database still says what the plan was made from
     * @param cause why the plan took the place of an earlier one; empty for the first
     */
    record Waiting(
            long requestId,
            String request,
            String plan,
            Set<String> own,
            Map<String, String> relied,
            boolean basisHolds,
            Optional<String> cause) {}

    /**
     * Takes up a request to plan it.
     *
     * @param request {@code req_…}
     * @return the job; empty if it is not waiting for a plan (any more)
     */
    Optional<PlanJob> planJob(String request);

    /**
     * Keeps a plan and moves the request on: to {@code pending}, or to {@code invalid} if a check failed.
     *
     * @param job what was planned
     * @param plan what was found
     */
    void planned(PlanJob job, NewPlan plan);

    /**
     * Says why a request is still not planned or applied; its status stays.
     *
     * @param requestId key inside the database
     * @param task {@code plan} or {@code apply}
     * @param reason for people, such as an API server that does not answer, and when it is tried again
     */
    void waits(long requestId, String task, String reason);

    /**
     * The requests that wait for a decision in this cluster.
     *
     * @param facts only those whose plan relied on one of these; empty for all of them
     * @return oldest first
     */
    List<Waiting> waiting(Optional<Set<String>> facts);

    /**
     * One request that waits for a decision in this cluster.
     *
     * @param request {@code req_…}
     * @return it, if it waits
     */
    Optional<Waiting> waiting(String request);

    /**
     * What a plan was made from has changed while it waited for a decision: it is made anew.
     *
     * @param waiting the request and the plan that no longer holds
     * @param cause what changed, for people
     * @return whether it goes back to planning; not if it was decided, withdrawn or planned anew meanwhile
     */
    boolean planAnew(Waiting waiting, String cause);
}
