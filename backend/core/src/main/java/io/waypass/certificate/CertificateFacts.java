package io.waypass.certificate;

import java.time.Instant;
import java.util.List;

/**
 * Facts that a client credential states about itself.
 *
 * @param subject of the leaf, RFC 4514, such as {@code CN=team-namespace.app1}
 * @param issuer of the leaf, RFC 4514
 * @param sans subject alternative names of the leaf, each with its kind, such as {@code DNS:app1.example}
 * @param serial of the leaf, upper-case hex pairs with colons
 * @param notBefore first instant of validity
 * @param notAfter last instant of validity
 * @param keyAlgorithm with size or curve, such as {@code RSA 2048} or {@code EC P-256}
 * @param signatureAlgorithm of the leaf, such as {@code SHA256withRSA}
 * @param fingerprint SHA-256 of the leaf (DER), upper-case hex pairs with colons
 * @param chainSubjects subjects of the chain, leaf first
 * @param caSubjects subjects of the CA bundle
 */
public record CertificateFacts(
        String subject,
        String issuer,
        List<String> sans,
        String serial,
        Instant notBefore,
        Instant notAfter,
        String keyAlgorithm,
        String signatureAlgorithm,
        String fingerprint,
        List<String> chainSubjects,
        List<String> caSubjects) {

    public CertificateFacts {
        sans = List.copyOf(sans);
        chainSubjects = List.copyOf(chainSubjects);
        caSubjects = List.copyOf(caSubjects);
    }

    public DaysLeft daysLeft(Instant now) {
        return DaysLeft.of(notAfter, now);
    }
}
