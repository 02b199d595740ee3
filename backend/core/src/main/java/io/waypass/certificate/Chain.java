package io.waypass.certificate;

import java.util.List;

/**
 * A submitted chain in order, from the private key to its end.
 *
 * @param key how the private key relates to the leaf
 * @param links leaf first, not empty
 * @param end where the chain ends
 */
public record Chain(Key key, List<ChainLink> links, End end) {

    public Chain {
        links = List.copyOf(links);
    }

    /** How the private key relates to the leaf. */
    public enum Key {
        /** It is the leaf's key, proved by a signature. */
        FITS,
        /** It belongs to another certificate, or to none. */
        OTHERS,
        ABSENT,
        /** It needs its passphrase. */
        LOCKED,
        /** It is damaged, of a kind or size that Envoy does not load, or one of several. */
        UNUSABLE
    }

    /** What is above the last link. */
    public enum End {
        /** Nothing: the last link is self-signed. */
        ROOT,
        /** Its issuer, which was left out; as far as can be told, rightly. */
        LEFT_OUT,
        /** Its issuer, which may be missing: only the leaf was given. */
        INCOMPLETE,
        /** A certificate with the issuer's name that did not sign the last link. */
        BROKEN
    }
}
