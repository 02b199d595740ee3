package io.waypass.request;

import io.waypass.certificate.CertificateSubmission;
import java.util.List;

/** A request before it is submitted; one type for each kind of resource. */
public sealed interface NewRequest {

    /** {@return what it proposes} */
    RequestKind kind();

    /** {@return why; the approver reads it} */
    String reason();

    /**
     * A revision of an identity.
     *
     * @param kind what it proposes
     * @param app {@code app_…}
     * @param destination slug
     * @param certificate what the app shall present; nothing where the kind brings no certificate
     * @param reason why
     */
    record OfIdentity(
            RequestKind kind, String app, String destination, CertificateSubmission certificate, String reason)
            implements NewRequest {

        /**
         * A request that brings no certificate: a retirement, or a refresh.
         *
         * @param kind which
         * @param app {@code app_…}
         * @param destination slug
         * @param reason why
         * @return the request
         */
        public static OfIdentity without(RequestKind kind, String app, String destination, String reason) {
            return new OfIdentity(kind, app, destination, CertificateSubmission.nothing(), reason);
        }
    }

    /**
     * Removal of orphans from a cluster.
     *
     * @param cluster name
     * @param uids of orphans, as the report gives them
     * @param reason why
     */
    record OfOrphans(String cluster, List<String> uids, String reason) implements NewRequest {

        /** The most objects of one request: as many as a person can be expected to read before approving. */
        public static final int MOST_OBJECTS = 200;

        /** Copies the list; an object that is named twice is meant once. */
        public OfOrphans {
            uids = uids.stream().distinct().toList();
        }

        @Override
        public RequestKind kind() {
            return RequestKind.REMOVE_ORPHANS;
        }
    }
}
