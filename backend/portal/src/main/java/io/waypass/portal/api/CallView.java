package io.waypass.portal.api;

import io.waypass.app.Principal;
import io.waypass.identity.IdentitySummary;
import io.waypass.request.RequestSubject;

/**
 * The app that calls, and the destination.
 *
 * @param app {@code app_…}
 * @param principal SPIFFE id
 * @param destination slug
 */
record CallView(String app, String appName, String principal, String destination, String host) {

    static CallView of(IdentitySummary.Call call) {
        return of(call.appId(), call.app(), call.principal(), call.destination(), call.host());
    }

    static CallView of(RequestSubject.OfIdentity identity) {
        return of(identity.appId(), identity.app(), identity.principal(), identity.destination(), identity.host());
    }

    private static CallView of(String appId, String app, Principal principal, String destination, String host) {
        return new CallView(appId, app, principal.spiffeId(), destination, host);
    }
}
