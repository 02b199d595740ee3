package io.waypass.portal.page.request;

import io.waypass.certificate.StoredCertificate;
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

/**
 * An identity that a request is about.
 *
 * @param identity which
 * @param path the way of a call
 * @param findings of the certificate's judgement
 * @param comparison with the certificate that it replaces; null if it replaces none
 * @param pass the certificate that the app would present, or presents until it is retired; null if none is known
 * @param again where the same is asked for once more
 */
record IdentitySection(
        RequestedIdentity identity,
        CallPath path,
        List<FindingRow> findings,
        @Nullable Comparison comparison,
        @Nullable CertificatePass pass,
        String again)
        implements SubjectSection {

    static IdentitySection of(RequestDetail detail, RequestContent.OfIdentity content, Instant now) {
        RequestSubject.OfIdentity identity = detail.summary().identity().orElseThrow();
        RequestKind kind = detail.summary().kind();
        Optional<StoredCertificate> presented =
                kind == RequestKind.RETIRE_IDENTITY ? content.replaced() : content.certificate();
        Optional<String> subject =
                presented.map(certificate -> certificate.facts().subject());
        return new IdentitySection(
                RequestedIdentity.of(identity, subject.orElse(null)),
                CallPath.planned(
                        identity.app(),
                        identity.principal(),
                        content.gateway(),
                        content.destination(),
                        subject.orElse("")),
                FindingRow.of(
                        content.certificate().map(StoredCertificate::findings).orElse(List.of())),
                // a refresh repeats the certificate, so nothing is beside it
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
        return plan.objects().stream()
                .filter(object -> object.action() == PlanObject.Action.DELETE)
                .count();
    }

    @Override
    public boolean unfoldsDeletes() {
        return true;
    }

    @Override
    public String decision() {
        return "decision";
    }

    @Override
    public String seen() {
        return "";
    }
}
