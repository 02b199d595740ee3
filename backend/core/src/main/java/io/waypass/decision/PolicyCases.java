package io.waypass.decision;

import io.waypass.certificate.CertificateFacts;
import io.waypass.certificate.Finding;
import io.waypass.certificate.StoredCertificate;
import io.waypass.plan.CheckCounts;
import io.waypass.plan.Plan;
import io.waypass.policy.PolicyCase;
import io.waypass.request.RequestDetail;
import io.waypass.request.RequestSubject;
import io.waypass.request.RequestSummary;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** A request as policies see it. */
final class PolicyCases {

    private PolicyCases() {}

    /** The case of a request that has a plan. */
    static PolicyCase of(RequestDetail detail, Instant now) {
        RequestSummary summary = detail.summary();
        return new PolicyCase(
                request(summary, detail.reason()),
                detail.certificate().map(certificate -> of(certificate, now)),
                detail.replaced().map(replaced -> of(replaced, now)),
                of(detail.plan().orElseThrow()),
                new PolicyCase.Team(summary.team().orElse("")));
    }

    private static PolicyCase.Request request(RequestSummary summary, String reason) {
        RequestSubject.Call call = summary.subject().call();
        return new PolicyCase.Request(
                summary.kind().value(),
                summary.cluster(),
                call.namespace(),
                call.app(),
                call.serviceAccount(),
                call.principal(),
                call.destination(),
                call.host(),
                summary.requestedBy(),
                reason,
                summary.requestedAt());
    }

    private static PolicyCase.Certificate of(StoredCertificate certificate, Instant now) {
        CertificateFacts facts = certificate.facts();
        Key key = Key.of(facts.keyAlgorithm());
        Duration lifetime = Duration.between(facts.notBefore(), facts.notAfter());
        return new PolicyCase.Certificate(
                facts.subject(),
                facts.issuer(),
                facts.sans(),
                facts.serial(),
                facts.notBefore(),
                facts.notAfter(),
                lifetime.toDays()
                        + (lifetime.toSecondsPart() + lifetime.toMinutesPart() + lifetime.toHoursPart() > 0 ? 1 : 0),
                facts.daysLeft(now).days(),
                key.family(),
                key.bits(),
                facts.signatureAlgorithm(),
                facts.fingerprint(),
                facts.chainSubjects().size(),
                certificate.findings().stream()
                        .filter(finding -> finding.level() == Finding.Level.WARNING)
                        .map(Finding::code)
                        .distinct()
                        .toList());
    }

    /** {@code RSA 3072}, {@code EC P-256}, {@code Ed25519}. */
    private record Key(String family, long bits) {
        static Key of(String description) {
            int space = description.indexOf(' ');
            if (space < 0) {
                return new Key(description, description.equals("Ed25519") ? 256 : 0);
            }
            String size = description.substring(space + 1).replaceAll("\\D", "");
            return new Key(description.substring(0, space), size.isEmpty() ? 0 : Long.parseLong(size));
        }
    }

    private static PolicyCase.Plan of(Plan plan) {
        CheckCounts counts = CheckCounts.of(plan.checks());
        List<PolicyCase.Check> checks = plan.checks().stream()
                .map(check ->
                        new PolicyCase.Check(check.code(), check.level().name().toLowerCase(Locale.ROOT)))
                .toList();
        List<PolicyCase.PlanObject> objects = plan.objects().stream()
                .map(object -> new PolicyCase.PlanObject(
                        object.kind(),
                        object.namespace(),
                        object.name(),
                        object.action().value()))
                .toList();
        return new PolicyCase.Plan(
                counts.passed(), counts.warnings(), counts.failed(), counts.unknown(), checks, objects);
    }
}
