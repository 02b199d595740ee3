package io.waypass.portal.page;

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

    /** {@return the identity, with the subject that the request's own certificate has} */
    public static RequestedIdentity of(RequestSummary summary) {
        return of(summary, summary.subject().orElse(null));
    }

    /** {@return the identity, with the subject of the certificate that is shown} */
    public static RequestedIdentity of(RequestSummary summary, @Nullable String subject) {
        return new RequestedIdentity(
                summary.identityId(), summary.app(), summary.principal().namespace(), summary.host(), subject);
    }

    /** {@return the identity in one line} */
    public String title() {
        return app + " → " + host;
    }
}
