package io.waypass.request;

import io.waypass.certificate.StoredCertificate;
import io.waypass.decision.Decision;
import io.waypass.destination.Destination;
import io.waypass.gateway.Gateway;
import io.waypass.plan.Plan;
import io.waypass.policy.Ruling;
import java.util.List;
import java.util.Optional;

/**
 * All that there is to see of a request.
 *
 * @param summary as lists show it
 * @param teamId key of the team inside the database
 * @param reason why the team asks
 * @param revision the identity's revision that it asks for
 * @param destination where to
 * @param gateway through which gateway
 * @param certificate what the app would present; empty for a retirement
 * @param replaced the version that is presented until then; empty for a first one
 * @param plan what would happen, once it is known
 * @param approvals how far the present plan is on its way to be approved
 * @param rulings what each active policy said of the present plan; empty until they were asked
 * @param decisions newest first
 * @param attempts newest first
 */
public record RequestDetail(
        RequestSummary summary,
        long teamId,
        String reason,
        int revision,
        Destination destination,
        Gateway gateway,
        Optional<StoredCertificate> certificate,
        Optional<StoredCertificate> replaced,
        Optional<Plan> plan,
        Approvals approvals,
        List<Ruling.Result> rulings,
        List<Decision> decisions,
        List<Attempt> attempts) {

    /**
     * How far a plan is on its way to be approved.
     *
     * @param given how many approvals it has
     * @param needed how many it takes
     */
    public record Approvals(int given, int needed) {

        /** {@return whether it has as many as it takes} */
        public boolean enough() {
            return given >= needed;
        }
    }

    /** Copies the lists. */
    public RequestDetail {
        rulings = List.copyOf(rulings);
        decisions = List.copyOf(decisions);
        attempts = List.copyOf(attempts);
    }
}
