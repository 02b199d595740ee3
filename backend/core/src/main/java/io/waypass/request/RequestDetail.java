package io.waypass.request;

import io.waypass.certificate.StoredCertificate;
import io.waypass.plan.Plan;
import io.waypass.policy.Ruling;
import java.util.List;
import java.util.Optional;

/**
 * A request in full.
 *
 * @param revision number of the proposed revision
 * @param plan empty until the request is planned
 * @param approvals of the present plan
 * @param rulings of each active policy on the present plan; empty until policies are evaluated
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
     * Approvals of a plan.
     *
     * @param given number that it has
     * @param needed number that it needs
     */
    public record Approvals(int given, int needed) {

        public boolean enough() {
            return given >= needed;
        }
    }

    /** {@return the content, if it is a revision of an identity} */
    public Optional<RequestContent.OfIdentity> identity() {
        return content instanceof RequestContent.OfIdentity identity ? Optional.of(identity) : Optional.empty();
    }

    /** {@return the proposed certificate; empty if the kind has none} */
    public Optional<StoredCertificate> certificate() {
        return identity().flatMap(RequestContent.OfIdentity::certificate);
    }

    /** {@return the certificate that it replaces; empty for the first} */
    public Optional<StoredCertificate> replaced() {
        return identity().flatMap(RequestContent.OfIdentity::replaced);
    }

    public RequestDetail {
        rulings = List.copyOf(rulings);
        decisions = List.copyOf(decisions);
        attempts = List.copyOf(attempts);
    }
}
