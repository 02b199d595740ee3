package io.waypass.certificate;

import org.bouncycastle.jce.provider.BouncyCastleProvider;

/** What the platform does not know any more: RC2, 3DES and MD5 of old files, curves of old authorities. */
final class BouncyCastle {

    /** Handed over where it is needed, and never registered with the platform, whose choices it would change. */
    static final BouncyCastleProvider PROVIDER = new BouncyCastleProvider();

    private BouncyCastle() {}
}
