package io.waypass.certificate;

import java.time.Instant;

/**
 * One certificate of a chain.
 *
 * @param subject RFC 4514
 * @param issuer RFC 4514
 * @param notBefore first instant of validity
 * @param notAfter last instant of validity
 * @param keyAlgorithm with size or curve, such as {@code EC P-256}
 * @param fingerprint SHA-256 of the DER, upper-case hex pairs with colons
 * @param standing the most severe finding about it
 */
public record ChainLink(
        Role role,
        String subject,
        String issuer,
        Instant notBefore,
        Instant notAfter,
        String keyAlgorithm,
        String fingerprint,
        Standing standing) {

    /** Position of a certificate in its chain. */
    public enum Role {
        /** The app's own certificate. */
        LEAF,
        /** Signed by another certificate. */
        INTERMEDIATE,
        /** Self-signed. */
        ROOT
    }

    /** Most severe finding about a certificate. */
    public enum Standing {
        /** No finding of weight. */
        FINE,
        /** A warning. */
        WARNED,
        /** An error. */
        REFUSED
    }
}
