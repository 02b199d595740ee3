package io.waypass.certificate;

import java.security.Provider;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.bc.BcDefaultDigestProvider;
import org.bouncycastle.operator.bc.BcDigestProvider;

/**
 * What the platform does not know any more: RC2, 3DES and MD5 of old files, curves of old authorities. It is handed over
 * where it is needed, and never registered with the platform, whose choices it would change.
 *
 * @param provider derives keys from passphrases, decrypts, and verifies what the platform cannot verify
 * @param digests derive and compute the MAC of a PKCS#12 file
 */
record BouncyCastle(Provider provider, BcDigestProvider digests) {

    /** The library itself. */
    static final BouncyCastle LIBRARY = new BouncyCastle(new BouncyCastleProvider(), BcDefaultDigestProvider.INSTANCE);
}
