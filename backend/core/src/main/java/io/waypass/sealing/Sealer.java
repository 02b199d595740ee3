package io.waypass.sealing;

import com.google.crypto.tink.HybridEncrypt;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.hybrid.HybridConfig;
import java.security.GeneralSecurityException;

/** Seals private keys with the public keyset of a cluster's applier (Tink HPKE, RFC 9180). It cannot open them. */
public final class Sealer {

    private final HybridEncrypt primitive;
    private final SealingKeyId key;

    private Sealer(HybridEncrypt primitive, SealingKeyId key) {
        this.primitive = primitive;
        this.key = key;
    }

    /**
     * Parses a public keyset.
     *
     * @param publicKeyset Tink's JSON form, as {@link SealingKeyset#publicKeyset()} writes it
     * @throws IllegalArgumentException if it is no such keyset
     */
    public static Sealer of(String publicKeyset) {
        try {
            HybridConfig.register();
            KeysetHandle handle =
                    TinkJsonProtoKeysetFormat.parseKeysetWithoutSecret(publicKeyset, RegistryConfiguration.get());
            return new Sealer(
                    handle.getPrimitive(RegistryConfiguration.get(), HybridEncrypt.class),
                    new SealingKeyId(handle.getPrimary().getId()));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("this is no public sealing keyset: " + e.getMessage(), e);
        }
    }

    /** {@return the keyset's key that this seals with} */
    public SealingKeyId key() {
        return key;
    }

    /**
     * Seals a private key.
     *
     * @param pkcs8 unencrypted PKCS#8 (DER); not modified, the caller wipes it
     * @param context that the ciphertext is bound to
     * @return ciphertext that only the cluster's applier can open, and only in the same context
     */
    public byte[] seal(byte[] pkcs8, SealingContext context) {
        try {
            return primitive.encrypt(pkcs8, context.bytes());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("sealing failed", e);
        }
    }
}
