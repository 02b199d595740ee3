package io.waypass.certificate;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.spec.X509EncodedKeySpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Who signed whom. Each answer is worked out once, and no more than a few dozen are: certificates that all bear the same
 * names would else cost a verification for every pair.
 */
final class Signatures {

    private static final int MOST = 40;

    private final Map<List<X509>, Boolean> known = new HashMap<>();

    /** Whether the issuer's name and key are those that the other certificate was issued with. */
    boolean issued(X509 issuer, X509 child) {
        if (!child.namesAsIssuer(issuer)) {
            return false;
        }
        List<X509> pair = List.of(issuer, child);
        Boolean answer = known.get(pair);
        if (answer == null) {
            answer = known.size() < MOST && verifies(issuer, child.certificate());
            known.put(pair, answer);
        }
        return answer;
    }

    boolean selfSigned(X509 certificate) {
        return issued(certificate, certificate);
    }

    private static boolean verifies(X509 issuer, X509Certificate child) {
        PublicKey key = issuer.certificate().getPublicKey();
        try {
            child.verify(key);
            return true;
        } catch (GeneralSecurityException | RuntimeException e) {
            return !issuer.key().supported() && verifiesElsewhere(key, child);
        }
    }

    /** Authorities may use curves that Java itself does not know any more. */
    private static boolean verifiesElsewhere(PublicKey key, X509Certificate child) {
        try {
            child.verify(
                    KeyFactory.getInstance(key.getAlgorithm(), Passphrase.PROVIDER)
                            .generatePublic(new X509EncodedKeySpec(key.getEncoded())),
                    Passphrase.PROVIDER);
            return true;
        } catch (GeneralSecurityException | RuntimeException e) {
            return false;
        }
    }
}
