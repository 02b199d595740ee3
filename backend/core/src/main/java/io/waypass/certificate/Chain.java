package io.waypass.certificate;

import java.util.List;

/**
 * The chain that was handed in, put in order, as the judge sees it: from the private key to where it ends.
 *
 * @param key what is known of the private key
 * @param links leaf first, not empty
 * @param end where it ends
 */
public record Chain(Key key, List<ChainLink> links, End end) {

    /** Copies the list. */
    public Chain {
        links = List.copyOf(links);
    }

    /** How the private key and the leaf stand to each other. */
    public enum Key {
        /** It is the leaf's, which it proved by a signature. */
        FITS,
        /** It belongs to another certificate, or to none. */
        OTHERS,
        /** None was given. */
        ABSENT,
        /** It needs its passphrase. */
        LOCKED,
        /** It is damaged, of a kind or size that Envoy does not load, or one of several. */
        UNUSABLE
    }

    /** What stands above the last link. */
    public enum End {
        /** Nothing: it signed itself. */
        ROOT,
        /** Its issuer, rightly left out as far as anybody can tell. */
        LEFT_OUT,
        /** Its issuer, which may be missed: nothing but the leaf was given. */
        INCOMPLETE,
        /** What was given as its issuer did not sign it. */
        BROKEN
    }
}
