package io.waypass.request;

import io.waypass.app.Principal;
import java.time.Instant;
import java.util.Optional;

/** The subject of a request, as lists show it; one type for each kind of resource. */
public sealed interface RequestSubject {

    /** {@return one line, such as {@code app1 → my-nginx.foo.bar}} @param cluster name of the resource's cluster */
    String title(String cluster);

    /** {@return the call, as policies see it} */
    Call call();

    /**
     * An app's call to a destination. For subjects without a call all components are empty, so that no rule about a call holds.
     *
     * @param principal SPIFFE id of the app
     * @param destination slug
     */
    record Call(
            String namespace, String app, String serviceAccount, String principal, String destination, String host) {

        private static final Call NONE = new Call("", "", "", "", "", "");
    }

    /**
     * An identity.
     *
     * @param identityId {@code idn_…}
     * @param appId {@code app_…}
     * @param destination slug
     * @param subject of the proposed certificate, if there is one
     * @param notAfter end of the proposed certificate's validity
     * @param inUseUntil end of validity of the certificate in use; empty if none is
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
     * A removal of orphans.
     *
     * @param objects number of objects on the list
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
