package io.waypass.reconcile;

import io.waypass.cluster.OrphanRemovalObject;
import io.waypass.identity.Credential;
import io.waypass.identity.IdentitySpec;
import io.waypass.identity.Rival;
import io.waypass.plan.PlanObject;
import io.waypass.request.RequestKind;
import io.waypass.resource.ObjectPlace;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A request to plan, with everything in the database that its plan is made from; one type for each kind of resource. */
public sealed interface PlanJob {

    /** {@return key of the request inside the database} */
    long requestId();

    /** {@return {@code req_…}} */
    String request();

    /** {@return a digest of everything in the database that the plan is made from} */
    String basis();

    /** {@return why the request is replanned; empty for the first plan} */
    Optional<String> cause();

    /** {@return the client credential that planning opens; empty if there is none} */
    default Optional<Credential> credential() {
        return Optional.empty();
    }

    /**
     * A request about an identity.
     *
     * @param requestId key inside the database
     * @param request {@code req_…}
     * @param team slug of the requesting team
     * @param basis digest of everything in the database that the plan is made from
     * @param cause why the request is replanned; empty for the first plan
     * @param owner slug of the team that owns the app's namespace now, if any
     * @param rivals other identities for the same principal at the same host
     * @param credential that the app would present; empty for a retirement
     * @param known UID of each object when it was observed last, by place
     * @param written the identity's own objects that approved plans may have left in the cluster, each in its newest form; one that the
     *     newest plan removes ({@link PlanObject.Action#DELETE}) may be there for a while yet
     */
    record OfIdentity(
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
            List<PlanObject> written)
            implements PlanJob {

        public OfIdentity {
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
     * A request to remove orphans.
     *
     * @param requestId key inside the database
     * @param request {@code req_…}
     * @param basis digest of everything in the database that the plan is made from
     * @param cause why the request is replanned; empty for the first plan
     */
    record OfOrphans(
            long requestId, String request, String basis, Optional<String> cause, List<OrphanRemovalObject> objects)
            implements PlanJob {

        public OfOrphans {
            objects = List.copyOf(objects);
        }
    }
}
