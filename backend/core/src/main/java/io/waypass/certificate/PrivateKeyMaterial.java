package io.waypass.certificate;

import java.util.Arrays;

/**
 * A private key in memory: unencrypted PKCS#8 (DER). Closing it wipes the bytes. {@code toString} does not show it, so
 * it cannot reach a log by accident.
 */
public final class PrivateKeyMaterial implements AutoCloseable {

    private final byte[] pkcs8;

    /** @param pkcs8 unencrypted PKCS#8 (DER); ownership passes, the caller keeps no other copy */
    public PrivateKeyMaterial(byte[] pkcs8) {
        this.pkcs8 = pkcs8;
    }

    /** {@return the bytes themselves, not a copy: they are zero once this is closed} */
    public byte[] pkcs8() {
        return pkcs8;
    }

    @Override
    public void close() {
        Arrays.fill(pkcs8, (byte) 0);
    }

    @Override
    public String toString() {
        return "PrivateKeyMaterial[hidden]";
    }
}
