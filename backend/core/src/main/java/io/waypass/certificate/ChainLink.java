package io.waypass.certificate;

import java.time.Instant;

/**
 * One certificate of a chain.
 *
 * @param role what it is in the chain
 * @param subject RFC 4514
 * @param issuer RFC 4514
 * @param notBefore first instant of validity
 * @param notAfter last instant of validity
 * @param keyAlgorithm with size or curve, such as {@code EC P-256}
 * @param fingerprint SHA-256 of the DER, upper-case hex pairs with colons
 * @param standing the worst that was found about it
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

    /** What a certificate is in its chain. */
    public enum Role {
        /** The app's own. */
        LEAF,
        /** Signed by another. */
        INTERMEDIATE,
        /** Signed by itself. */
        ROOT
    }

    /** What was found about a certificate. */
    public enum Standing {
        /** Nothing that matters. */
        FINE,
        /** Something that has to be seen. */
        WARNED,
        /** Something that stands in the way. */
        REFUSED
    }
}
