package io.waypass.request;

import io.waypass.app.Principal;
import java.time.Instant;
import java.util.Optional;

/** What a request is about, as lists show it; one type for each kind of resource. */
public sealed interface RequestSubject {

    /**
     * An identity: an app presents a certificate at a destination.
     *
     * @param identityId {@code idn_…}
     * @param appId {@code app_…}
     * @param app name of the app
     * @param principal who the app is inside the mesh
     * @param destination slug
     * @param host the destination's host
     * @param subject of the certificate, if the request brings one
     * @param notAfter end of the certificate's validity
     * @param inUseUntil end of validity of the certificate that is in use until then; empty if none is
     */
    record OfIdentity(
            String identityId,
            String appId,
            String app,
            Principal principal,
            String destination,
            String host,
            Optional<String> subject,
            Optional<Instant> notAfter,
            Optional<Instant> inUseUntil)
            implements RequestSubject {}

    /**
     * Objects of a cluster that belong to nothing.
     *
     * @param objects how many are on the list
     */
    record OfOrphans(int objects) implements RequestSubject {}
}
