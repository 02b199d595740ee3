package io.waypass.portal.page;

import io.waypass.certificate.CertificateFacts;
import io.waypass.certificate.DaysLeft;
import io.waypass.certificate.StoredCertificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A certificate as a ticket.
 *
 * @param version counted per identity; 0 if it is not stored
 * @param subject of the leaf
 * @param issuer of the leaf
 * @param sans of the leaf
 * @param key algorithm and size
 * @param signature algorithm
 * @param chain subjects, leaf first
 * @param trusts subjects of the CA bundle
 * @param serial hex
 * @param fingerprint SHA-256
 * @param validity how long it holds
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
     * How long a certificate holds.
     *
     * @param tone {@code ok}, {@code warn} if it expires soon, {@code bad} once expired
     * @param until end
     * @param since beginning
     * @param daysLeft negative once expired
     * @param daysTotal from beginning to end
     * @param percent of it that is left
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

    /**
     * Shows a certificate.
     *
     * @param certificate which
     * @param now the present
     * @return the ticket
     */
    public static CertificatePass of(StoredCertificate certificate, Instant now) {
        return of(certificate.facts(), certificate.version(), now);
    }

    /**
     * Shows facts.
     *
     * @param facts of a leaf
     * @param version counted per identity; 0 if it is not stored
     * @param now the present
     * @return the ticket
     */
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
