package io.waypass.request;

import io.waypass.certificate.CertificateSubmission;
import java.util.List;

/** A request before it is submitted; one type for each kind of resource. */
public sealed interface NewRequest {

    RequestKind kind();

    /** {@return the reason, for the approver} */
    String reason();

    /**
     * A proposed revision of an identity.
     *
     * @param app {@code app_…}
     * @param destination slug
     * @param certificate the client certificate; empty if the kind has none
     */
    record OfIdentity(
            RequestKind kind, String app, String destination, CertificateSubmission certificate, String reason)
            implements NewRequest {

        /**
         * {@return a request of a kind without a certificate: a retirement, or a refresh}
         *
         * @param app {@code app_…}
         * @param destination slug
         */
        public static OfIdentity without(RequestKind kind, String app, String destination, String reason) {
            return new OfIdentity(kind, app, destination, CertificateSubmission.nothing(), reason);
        }
    }

    /**
     * A proposed removal of orphans.
     *
     * @param cluster name
     * @param uids of orphans, from the report
     */
    record OfOrphans(String cluster, List<String> uids, String reason) implements NewRequest {

        /** Maximum number of objects of one request; a person is expected to read the whole list before approving. */
        public static final int MOST_OBJECTS = 200;

        /** Removes duplicates. */
        public OfOrphans {
            uids = uids.stream().distinct().toList();
        }

        @Override
        public RequestKind kind() {
            return RequestKind.REMOVE_ORPHANS;
        }
    }
}
