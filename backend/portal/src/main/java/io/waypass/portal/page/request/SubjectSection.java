package io.waypass.portal.page.request;

import io.waypass.certificate.StoredCertificate;
import io.waypass.cluster.OrphanRemovalObject;
import io.waypass.cluster.RemovalOutcome;
import io.waypass.plan.Plan;
import io.waypass.plan.PlanObject;
import io.waypass.portal.page.CallPath;
import io.waypass.portal.page.CertificatePass;
import io.waypass.portal.page.Comparison;
import io.waypass.portal.page.RequestedIdentity;
import io.waypass.request.RequestContent;
import io.waypass.request.RequestDetail;
import io.waypass.request.RequestKind;
import io.waypass.request.RequestSubject;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The subject section of a request's page; one type, and one template, for each kind of resource. */
sealed interface SubjectSection {

    /**
     * {@return the template with the fragments {@code heading}, {@code actions}, {@code deletes}, {@code content} and {@code credential},
     * each of which takes the view}
     */
    String template();

    /** {@return the address at which the same can be requested again} */
    String again();

    /** {@return number of objects that are still to be deleted, without those that others of the plan replace} */
    long deletes(Plan plan);

    /** {@return whether the manifests of deleted objects are unfolded, because nothing above says what they are} */
    boolean unfoldsDeletes();

    /** {@return prefix of the messages around the decision} */
    String decision();

    static SubjectSection of(RequestDetail detail, Instant now) {
        return switch (detail.content()) {
            case RequestContent.OfIdentity identity -> OfIdentity.of(detail, identity, now);
            case RequestContent.OfOrphans removal ->
                OfOrphans.of(detail.summary().cluster(), removal);
        };
    }

    /**
     * {@return what of the section changes while the page is open; empty if nothing does. An open page asks every second, so nothing is
     * built for it that does not change}
     */
    static String seen(RequestDetail detail) {
        return switch (detail.content()) {
            case RequestContent.OfIdentity _ -> "";
            case RequestContent.OfOrphans removal ->
                "-"
                        + Integer.toHexString(OfOrphans.of(detail.summary().cluster(), removal)
                                .hashCode());
        };
    }

    /**
     * An identity.
     *
     * @param path of a call
     * @param findings about the certificate
     * @param comparison with the certificate that it replaces; null if it replaces none
     * @param pass the certificate that the app would present, or presents until it is retired; null if unknown
     * @param again address at which the same can be requested again
     */
    record OfIdentity(
            RequestedIdentity identity,
            CallPath path,
            List<FindingRow> findings,
            @Nullable Comparison comparison,
            @Nullable CertificatePass pass,
            String again)
            implements SubjectSection {

        static OfIdentity of(RequestDetail detail, RequestContent.OfIdentity content, Instant now) {
            RequestSubject.OfIdentity identity = detail.summary().identity().orElseThrow();
            RequestKind kind = detail.summary().kind();
            Optional<StoredCertificate> presented =
                    kind == RequestKind.RETIRE_IDENTITY ? content.replaced() : content.certificate();
            Optional<String> subject =
                    presented.map(certificate -> certificate.facts().subject());
            return new OfIdentity(
                    RequestedIdentity.of(identity, subject.orElse(null)),
                    CallPath.planned(
                            identity.app(),
                            identity.principal(),
                            content.gateway(),
                            content.destination(),
                            subject.orElse("")),
                    FindingRow.of(content.certificate()
                            .map(StoredCertificate::findings)
                            .orElse(List.of())),
                    // a refresh repeats the certificate, so there is nothing to compare
                    content.certificate()
                            .filter(_ -> kind != RequestKind.REFRESH)
                            .flatMap(newer -> content.replaced().map(older -> Comparison.of(older, newer)))
                            .orElse(null),
                    presented
                            .map(certificate -> CertificatePass.of(certificate, now))
                            .orElse(null),
                    again(kind, identity));
        }

        private static String again(RequestKind kind, RequestSubject.OfIdentity identity) {
            return switch (kind) {
                case RETIRE_IDENTITY -> "/identities/" + identity.identityId() + "/retirement";
                case REFRESH -> "/identities/" + identity.identityId() + "/refresh";
                default -> "/requests/new?app=" + identity.appId() + "&destination=" + identity.destination();
            };
        }

        @Override
        public String template() {
            return "request/identity";
        }

        @Override
        public long deletes(Plan plan) {
            return deletes(plan.objects());
        }

        /** A rotation replaces a Secret, which is no loss to warn of. */
        static long deletes(List<PlanObject> objects) {
            boolean secretKept = objects.stream()
                    .anyMatch(object -> isSecret(object) && object.action() != PlanObject.Action.DELETE);
            return objects.stream()
                    .filter(object -> object.action() == PlanObject.Action.DELETE)
                    .filter(object -> !(secretKept && isSecret(object)))
                    .count();
        }

        private static boolean isSecret(PlanObject object) {
            return object.kind().equals("Secret");
        }

        @Override
        public boolean unfoldsDeletes() {
            return true;
        }

        @Override
        public String decision() {
            return "decision";
        }
    }

    /**
     * A removal of orphans.
     *
     * @param cluster name
     * @param orphans number of objects that are orphans now
     * @param deleted number of deleted objects
     * @param open number of orphans without an outcome
     */
    record OfOrphans(String cluster, List<ObjectRow> objects, long orphans, long deleted, long open)
            implements SubjectSection {

        /** An object with its state: the outcome, or else {@code orphan}, or {@code claimed} if it is no longer an orphan. */
        record ObjectRow(
                String kind,
                String namespace,
                String name,
                String uid,
                String state,
                @Nullable String message) {
            static ObjectRow of(OrphanRemovalObject object) {
                return new ObjectRow(
                        object.place().kind(),
                        object.place().namespace(),
                        object.place().name(),
                        object.uid(),
                        object.outcome().map(RemovalOutcome::value).orElse(object.orphan() ? "orphan" : "claimed"),
                        object.message().orElse(null));
            }
        }

        static OfOrphans of(String cluster, RequestContent.OfOrphans removal) {
            List<OrphanRemovalObject> objects = removal.objects();
            return new OfOrphans(
                    cluster,
                    objects.stream().map(ObjectRow::of).toList(),
                    objects.stream().filter(OrphanRemovalObject::orphan).count(),
                    objects.stream()
                            .filter(object -> object.outcome().equals(Optional.of(RemovalOutcome.DELETED)))
                            .count(),
                    objects.stream()
                            .filter(object ->
                                    object.orphan() && object.outcome().isEmpty())
                            .count());
        }

        @Override
        public String template() {
            return "request/orphans";
        }

        @Override
        public String again() {
            return "/orphans?cluster=" + cluster;
        }

        /** A removal proceeds object by object; deleted ones do not count again. */
        @Override
        public long deletes(Plan plan) {
            return open;
        }

        @Override
        public boolean unfoldsDeletes() {
            return false;
        }

        @Override
        public String decision() {
            return "decision.removal";
        }
    }
}
