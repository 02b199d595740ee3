package io.waypass.certificate;

import java.util.Locale;
import java.util.Map;
import org.bouncycastle.asn1.pkcs.RSASSAPSSparams;

/** The algorithm of a certificate's signature. */
final class SignatureAlgorithm {

    private static final String RSASSA_PSS = "1.2.840.113549.1.1.10";

    private static final Map<String, String> PSS_HASHES = Map.of(
            "1.3.14.3.2.26", "SHA-1",
            "2.16.840.1.101.3.4.2.1", "SHA-256",
            "2.16.840.1.101.3.4.2.2", "SHA-384",
            "2.16.840.1.101.3.4.2.3", "SHA-512");

    private SignatureAlgorithm() {}

    /** Formatted such as {@code SHA256withRSA}, or {@code RSASSA-PSS with SHA-256}. */
    static String of(X509 certificate) {
        String name = certificate.certificate().getSigAlgName();
        return certificate.certificate().getSigAlgOID().equals(RSASSA_PSS)
                ? "RSASSA-PSS with " + pssHash(certificate)
                : Names.shown(name);
    }

    /** MD2, MD4, MD5 or SHA-1. */
    static boolean isWeak(X509 certificate) {
        String name = of(certificate).toUpperCase(Locale.ROOT);
        return name.startsWith("MD2")
                || name.startsWith("MD4")
                || name.startsWith("MD5")
                || name.startsWith("SHA1")
                || name.endsWith("SHA-1");
    }

    /** The default without parameters is SHA-1 (RFC 4055 section 3.1). */
    private static String pssHash(X509 certificate) {
        byte[] parameters = certificate.certificate().getSigAlgParams();
        if (parameters == null) {
            return "SHA-1";
        }
        try {
            String oid = RSASSAPSSparams.getInstance(parameters)
                    .getHashAlgorithm()
                    .getAlgorithm()
                    .getId();
            return PSS_HASHES.getOrDefault(oid, oid);
        } catch (RuntimeException e) {
            return "an unknown hash";
        }
    }
}
