package io.waypass.portal.page;

import io.waypass.request.RequestSubject;
import io.waypass.request.RequestSummary;
import org.jspecify.annotations.Nullable;

/**
 * The identity that a request is about.
 *
 * @param id {@code idn_…}
 * @param subject of the certificate that the app presents there; null if unknown
 */
public record RequestedIdentity(
        String id,
        String app,
        String namespace,
        String host,
        @Nullable String subject) {

    /** {@return the identity, with the subject of the proposed certificate; null if the request is about something else} */
    public static @Nullable RequestedIdentity of(RequestSummary summary) {
        return summary.identity()
                .map(identity -> of(identity, identity.subject().orElse(null)))
                .orElse(null);
    }

    /** {@return the identity, with the subject of the shown certificate} */
    public static RequestedIdentity of(RequestSubject.OfIdentity identity, @Nullable String subject) {
        return new RequestedIdentity(
                identity.identityId(), identity.app(), identity.principal().namespace(), identity.host(), subject);
    }
}
