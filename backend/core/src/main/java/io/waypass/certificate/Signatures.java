package io.waypass.certificate;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.DSAPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Verifies which certificate signed which. Answers are cached, and their number is limited to a few dozen: otherwise
 * certificates that all have the same names would cost a verification for every pair.
 */
final class Signatures {

    /**
     * Budget of all verifications of a submission: 40 with RSA or P-256, fewer with slower algorithms (5 ms with
     * RSA-16384).
     */
    private static final int MAX_COST = 40;

    private static final int MAX_DSA_BITS = 3072;

    private final Map<List<X509>, Boolean> known = new HashMap<>();
    private final BouncyCastle bouncyCastle;
    private int spent;

    Signatures(BouncyCastle bouncyCastle) {
        this.bouncyCastle = bouncyCastle;
    }

    /** Whether the child was issued by this issuer, by name and key. */
    boolean issued(X509 issuer, X509 child) {
        if (!child.namesAsIssuer(issuer)) {
            return false;
        }
        List<X509> pair = List.of(issuer, child);
        Boolean answer = known.get(pair);
        if (answer == null) {
            spent += cost(issuer);
            answer = spent <= MAX_COST && sensible(issuer) && verifies(issuer, child.certificate());
            known.put(pair, answer);
        }
        return answer;
    }

    boolean selfSigned(X509 certificate) {
        return issued(certificate, certificate);
    }

    private static int cost(X509 issuer) {
        return switch (issuer.key().description()) {
            case "EC P-384", "EC P-521" -> 4;
            default -> issuer.key().supported() ? issuer.key().size() > 4096 ? 4 : 1 : 8;
        };
    }

    /** Numbers that an outsider chooses can make one verification take minutes. */
    private static boolean sensible(X509 issuer) {
        return switch (issuer.certificate().getPublicKey()) {
            case RSAPublicKey rsa -> rsa.getPublicExponent().bitLength() <= PrivateKeys.MAX_EXPONENT_BITS;
            case DSAPublicKey dsa -> dsa.getParams().getP().bitLength() <= MAX_DSA_BITS;
            default -> true;
        };
    }

    private boolean verifies(X509 issuer, X509Certificate child) {
        PublicKey key = issuer.certificate().getPublicKey();
        try {
            child.verify(key);
            return true;
        } catch (GeneralSecurityException | RuntimeException e) {
            return !issuer.key().supported() && verifiesElsewhere(key, child);
        }
    }

    /** Authorities may use curves that Java itself no longer supports. */
    private boolean verifiesElsewhere(PublicKey key, X509Certificate child) {
        try {
            child.verify(
                    KeyFactory.getInstance(key.getAlgorithm(), bouncyCastle.provider())
                            .generatePublic(new X509EncodedKeySpec(key.getEncoded())),
                    bouncyCastle.provider());
            return true;
        } catch (GeneralSecurityException | RuntimeException e) {
            return false;
        }
    }
}
