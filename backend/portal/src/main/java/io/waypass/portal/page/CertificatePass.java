package io.waypass.portal.page;

import io.waypass.certificate.CertificateFacts;
import io.waypass.certificate.DaysLeft;
import io.waypass.certificate.StoredCertificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A certificate, drawn as a ticket.
 *
 * @param version counted per identity; 0 if it is not stored
 * @param key algorithm and size
 * @param signature algorithm
 * @param chain subjects, leaf first
 * @param trusts subjects of the CA bundle
 * @param serial hex
 * @param fingerprint SHA-256
 */
public record CertificatePass(
        int version,
        String subject,
        String issuer,
        List<String> sans,
        String key,
        String signature,
        List<String> chain,
        List<String> trusts,
        String serial,
        String fingerprint,
        Validity validity) {

    /**
     * Validity of a certificate.
     *
     * @param tone {@code ok}, {@code warn} if it expires soon, {@code bad} once expired
     * @param daysLeft negative once expired
     * @param daysTotal length of the validity
     * @param percent of the validity that is left
     */
    public record Validity(String tone, Moment until, Moment since, long daysLeft, long daysTotal, long percent) {

        static Validity of(CertificateFacts facts, Instant now) {
            DaysLeft left = facts.daysLeft(now);
            long total = Math.max(
                    1, Duration.between(facts.notBefore(), facts.notAfter()).toDays());
            return new Validity(
                    left.isExpired() ? "bad" : left.isSoon() ? "warn" : "ok",
                    Moment.of(facts.notAfter(), now),
                    Moment.of(facts.notBefore(), now),
                    left.days(),
                    total,
                    left.isExpired() ? 100 : Math.clamp(left.days() * 100 / total, 1, 100));
        }
    }

    public static CertificatePass of(StoredCertificate certificate, Instant now) {
        return of(certificate.facts(), certificate.version(), now);
    }

    /** {@return the ticket of a leaf} @param version counted per identity; 0 if it is not stored */
    public static CertificatePass of(CertificateFacts facts, int version, Instant now) {
        return new CertificatePass(
                version,
                facts.subject(),
                facts.issuer(),
                facts.sans(),
                facts.keyAlgorithm(),
                facts.signatureAlgorithm(),
                facts.chainSubjects(),
                facts.caSubjects(),
                facts.serial(),
                facts.fingerprint(),
                Validity.of(facts, now));
    }
}
