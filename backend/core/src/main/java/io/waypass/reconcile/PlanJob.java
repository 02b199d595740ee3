package io.waypass.reconcile;

import io.waypass.identity.Credential;
import java.util.Optional;

/** A request that is to be planned, with everything in the database that its plan is made from; one type for each kind of resource. */
public sealed interface PlanJob permits IdentityPlanJob, OrphanRemovalPlanJob {

    /** {@return key of the request inside the database} */
    long requestId();

    /** {@return {@code req_…}} */
    String request();

    /** {@return what stands for everything in the database that the plan is made from} */
    String basis();

    /** {@return why a plan is made anew; empty for the first} */
    Optional<String> cause();

    /** {@return the client credential that has to be opened to make the plan, if one has} */
    default Optional<Credential> credential() {
        return Optional.empty();
    }
}
