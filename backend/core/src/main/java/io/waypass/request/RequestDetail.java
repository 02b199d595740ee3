package io.waypass.request;

import io.waypass.certificate.StoredCertificate;
import io.waypass.plan.Plan;
import io.waypass.policy.Ruling;
import java.util.List;
import java.util.Optional;

/**
 * All that there is to see of a request.
 *
 * @param summary as lists show it
 * @param reason why it was asked for
 * @param revision number of the revision that it proposes
 * @param content what it proposes
 * @param plan what would happen, once it is known
 * @param approvals how far the present plan is on its way to be approved
 * @param rulings what each active policy said of the present plan; empty until they were asked
 * @param decisions newest first
 * @param attempts newest first
 */
public record RequestDetail(
        RequestSummary summary,
        String reason,
        int revision,
        RequestContent content,
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

    /** {@return what it proposes, if that is a revision of an identity} */
    public Optional<RequestContent.OfIdentity> identity() {
        return content instanceof RequestContent.OfIdentity identity ? Optional.of(identity) : Optional.empty();
    }

    /** {@return the certificate that it brings, if it brings one} */
    public Optional<StoredCertificate> certificate() {
        return identity().flatMap(RequestContent.OfIdentity::certificate);
    }

    /** {@return the certificate that is presented until then, if one is} */
    public Optional<StoredCertificate> replaced() {
        return identity().flatMap(RequestContent.OfIdentity::replaced);
    }

    public RequestDetail {
        rulings = List.copyOf(rulings);
        decisions = List.copyOf(decisions);
        attempts = List.copyOf(attempts);
    }
}
