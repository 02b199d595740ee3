package io.waypass.request;

import io.waypass.certificate.StoredCertificate;
import io.waypass.destination.Destination;
import io.waypass.destination.Gateway;
import java.util.List;
import java.util.Optional;

/**
 * All that there is to see of a request.
 *
 * @param summary as lists show it
 * @param reason why the team asks
 * @param revision the identity's revision that it asks for
 * @param destination where to
 * @param gateway through which gateway
 * @param certificate what the app would present
 * @param replaced the version that it takes the place of
 * @param plan what would happen, once it is known
 * @param decisions newest first
 * @param attempts newest first
 */
public record RequestDetail(
        RequestSummary summary,
        String reason,
        int revision,
        Destination destination,
        Gateway gateway,
        Optional<StoredCertificate> certificate,
        Optional<StoredCertificate> replaced,
        Optional<Plan> plan,
        List<Decision> decisions,
        List<Attempt> attempts) {

    /** Copies the lists. */
    public RequestDetail {
        decisions = List.copyOf(decisions);
        attempts = List.copyOf(attempts);
    }
}
