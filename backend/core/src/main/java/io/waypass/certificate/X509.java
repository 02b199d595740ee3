package io.waypass.certificate;

import io.waypass.certificate.ChainLink.Role;
import io.waypass.certificate.ChainLink.Standing;
import io.waypass.fingerprint.Fingerprints;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/** A parsed certificate and the properties that the rules check. Two are equal if their DER is. */
final class X509 {

    /** Bit of keyCertSign in the key usage (RFC 5280, 4.2.1.3). */
    private static final int KEY_CERT_SIGN = 5;

    /** The bytes are no certificate, or a damaged one. */
    static final class NotACertificate extends Exception {
        NotACertificate() {
            super("no certificate", null, false, false);
        }
    }

    /** RFC 5280 appendix A allows 32,768 characters at most for an attribute, and 64 for most of them. */
    private static final int MAX_NAME = 4_000;

    private final X509Certificate certificate;
    private final byte[] der;
    private final KeyKind key;
    private final String subject;
    private final String issuer;
    private final List<String> sans;

    private X509(X509Certificate certificate) throws GeneralSecurityException {
        this.certificate = certificate;
        this.der = certificate.getEncoded();
        this.key = KeyKind.of(
                SubjectPublicKeyInfo.getInstance(certificate.getPublicKey().getEncoded()));
        this.subject = Names.of(certificate.getSubjectX500Principal());
        this.issuer = Names.of(certificate.getIssuerX500Principal());
        this.sans = names(certificate);
    }

    /**
     * Parses a certificate.
     *
     * @param der exactly one certificate
     * @throws NotACertificate if the bytes are none
     * @throws Unreadable if it is a certificate that cannot be used
     */
    static X509 of(byte[] der) throws NotACertificate, Unreadable {
        X509 read;
        try {
            read = new X509((X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der)));
        } catch (GeneralSecurityException | RuntimeException e) {
            throw new NotACertificate();
        }
        if (Math.max(read.subject.length(), read.issuer.length()) > MAX_NAME) {
            throw new Unreadable(
                    "the subject or issuer of a certificate in it has more than " + MAX_NAME + " characters.",
                    "names that a person can read.",
                    "Ask your certificate authority for a certificate with a shorter subject.");
        }
        return read;
    }

    X509Certificate certificate() {
        return certificate;
    }

    byte[] der() {
        return der;
    }

    KeyKind key() {
        return key;
    }

    byte[] publicKey() {
        return certificate.getPublicKey().getEncoded();
    }

    String subject() {
        return subject;
    }

    String issuer() {
        return issuer;
    }

    /** The subject for use in a sentence. */
    String name() {
        return subject.isEmpty() ? "the certificate with serial " + serial() : Names.shown(subject);
    }

    String issuerName() {
        return issuer.isEmpty() ? "an issuer without a name" : Names.shown(issuer);
    }

    Instant notBefore() {
        return certificate.getNotBefore().toInstant();
    }

    Instant notAfter() {
        return certificate.getNotAfter().toInstant();
    }

    boolean validAt(Instant now) {
        return !now.isBefore(notBefore()) && !now.isAfter(notAfter());
    }

    String fingerprint() {
        return Fingerprints.colons(der);
    }

    String serial() {
        BigInteger serial = certificate.getSerialNumber();
        byte[] bytes = serial.toByteArray();
        int from = bytes.length > 1 && bytes[0] == 0 ? 1 : 0;
        return HexFormat.ofDelimiter(":").withUpperCase().formatHex(bytes, from, bytes.length);
    }

    List<String> sans() {
        return sans;
    }

    /** Whether the basic constraints name it a CA (RFC 5280 section 4.2.1.9). */
    boolean isCa() {
        return certificate.getBasicConstraints() >= 0;
    }

    /**
     * Whether it is an authority: its basic constraints name it one and its key usage allows it, or it is a root from
     * before basic constraints existed (version 1). BoringSSL and OpenSSL decide the same way.
     */
    boolean isAuthority() {
        boolean[] usage = certificate.getKeyUsage();
        return isCa() && (usage == null || usage[KEY_CERT_SIGN]) || certificate.getVersion() == 1 && isSelfIssued();
    }

    /** Maximum number of authorities between this one and a leaf. */
    int pathLength() {
        return certificate.getBasicConstraints();
    }

    /** Whether subject and issuer are the same name; the signature is not checked. */
    boolean isSelfIssued() {
        return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
    }

    boolean namesAsIssuer(X509 other) {
        return certificate.getIssuerX500Principal().equals(other.certificate.getSubjectX500Principal());
    }

    ChainLink link(Role role, Standing standing) {
        return new ChainLink(
                role, subject, issuer, notBefore(), notAfter(), key.description(), fingerprint(), standing);
    }

    private static List<String> names(X509Certificate certificate) {
        try {
            Collection<List<?>> names = Optional.ofNullable(certificate.getSubjectAlternativeNames())
                    .orElse(List.of());
            return names.stream()
                    .map(name -> switch ((Integer) name.getFirst()) {
                        case 1 -> "email:" + name.get(1);
                        case 2 -> "DNS:" + name.get(1);
                        case 4 -> "dirName:" + name.get(1);
                        case 6 -> "URI:" + name.get(1);
                        case 7 -> "IP:" + name.get(1);
                        case 8 -> "RID:" + name.get(1);
                        default -> "other";
                    })
                    .map(Names::visible)
                    .toList();
        } catch (CertificateParsingException e) {
            return List.of("unreadable");
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof X509 that && Arrays.equals(der, that.der);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(der);
    }

    @Override
    public String toString() {
        return "X509[" + name() + "]";
    }
}
