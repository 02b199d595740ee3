package io.waypass.portal.page;

import io.waypass.request.RequestSubject;
import io.waypass.request.RequestSummary;
import org.jspecify.annotations.Nullable;

/**
 * What a request says of the identity that it is about; a request about anything else has none of it.
 *
 * @param id {@code idn_…}
 * @param app name
 * @param namespace of the app
 * @param host the destination's host
 * @param subject of the certificate that the app presents there; null if that is not told
 */
public record RequestedIdentity(
        String id,
        String app,
        String namespace,
        String host,
        @Nullable String subject) {

    /** {@return the identity, with the subject that the request's own certificate has; null without an identity} */
    public static @Nullable RequestedIdentity of(RequestSummary summary) {
        return summary.identity()
                .map(identity -> of(identity, identity.subject().orElse(null)))
                .orElse(null);
    }

    /** {@return the identity, with the subject of the certificate that is shown} */
    public static RequestedIdentity of(RequestSubject.OfIdentity identity, @Nullable String subject) {
        return new RequestedIdentity(
                identity.identityId(), identity.app(), identity.principal().namespace(), identity.host(), subject);
    }
}
