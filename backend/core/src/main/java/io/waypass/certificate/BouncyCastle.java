package io.waypass.certificate;

import java.security.Provider;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.bc.BcDefaultDigestProvider;
import org.bouncycastle.operator.bc.BcDigestProvider;

/**
 * Bouncy Castle for algorithms that the platform no longer supports: RC2, 3DES and MD5 of old files, curves of old
 * authorities. It is passed to the code that needs it and never registered as a provider, because that would change the
 * platform's choice of algorithms.
 *
 * @param provider derives keys from passphrases, decrypts, and verifies what the platform cannot verify
 * @param digests derive and compute the MAC of a PKCS#12 file
 */
record BouncyCastle(Provider provider, BcDigestProvider digests) {

    static final BouncyCastle LIBRARY = new BouncyCastle(new BouncyCastleProvider(), BcDefaultDigestProvider.INSTANCE);
}
