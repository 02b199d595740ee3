package io.waypass.request;

import io.waypass.app.Principal;
import java.time.Instant;
import java.util.Optional;

/** What a request is about, as lists show it; one type for each kind of resource. */
public sealed interface RequestSubject {

    /**
     * {@return what it is about, in one line, such as {@code app1 → my-nginx.foo.bar}} @param cluster name of the resource's cluster
     */
    String title(String cluster);

    /** {@return the call that it is about, as policies see it} */
    Call call();

    /**
     * An app's call to a destination. What is about no call has none of its texts, so that no rule about one holds.
     *
     * @param namespace of the app
     * @param app name
     * @param serviceAccount of the app
     * @param principal SPIFFE id of the app
     * @param destination slug
     * @param host of the destination
     */
    record Call(
            String namespace, String app, String serviceAccount, String principal, String destination, String host) {

        private static final Call NONE = new Call("", "", "", "", "", "");
    }

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
            implements RequestSubject {

        @Override
        public String title(String cluster) {
            return app + " → " + host;
        }

        @Override
        public Call call() {
            return new Call(
                    principal.namespace(), app, principal.serviceAccount(), principal.spiffeId(), destination, host);
        }
    }

    /**
     * Objects of a cluster that belong to nothing.
     *
     * @param objects how many are on the list
     */
    record OfOrphans(int objects) implements RequestSubject {

        @Override
        public String title(String cluster) {
            return (objects == 1 ? "1 orphan" : objects + " orphans") + " of cluster " + cluster;
        }

        @Override
        public Call call() {
            return Call.NONE;
        }
    }
}
