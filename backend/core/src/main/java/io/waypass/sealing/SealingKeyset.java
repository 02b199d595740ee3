package io.waypass.sealing;

import com.google.crypto.tink.HybridDecrypt;
import com.google.crypto.tink.HybridEncrypt;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeyStatus;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.hybrid.HpkeParameters;
import com.google.crypto.tink.hybrid.HpkePrivateKey;
import com.google.crypto.tink.hybrid.HybridConfig;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The private keyset of one cluster's applier: HPKE with X25519, HKDF-SHA256 and AES-256-GCM. Only the applier may use
 * this type (a test holds the portal to it).
 *
 * <p>Keys are in the order in which they were added, oldest first. One is the primary, with which new private keys are
 * sealed. All of them can open. The primary moves to newer keys only, so that of two files that differ, the older one
 * can be told.
 */
public final class SealingKeyset {

    /** A sealed key that does not open: its context differs, or it is sealed for another cluster. */
    public static final class SealedKeyDoesNotOpen extends RuntimeException {
        SealedKeyDoesNotOpen() {
            super(
                    "The sealed private key does not open. It was sealed for another cluster or identity, or the"
                            + " applier's keyset was replaced. Restore the keyset, or have the certificate submitted again.",
                    null,
                    false,
                    false);
        }
    }

    /** The change would make sealed keys unreadable, or names a key that does not exist. */
    public static final class ChangeRefused extends RuntimeException {
        ChangeRefused(String message) {
            super(message, null, false, false);
        }
    }

    /** Relation of a published keyset to this one. */
    public enum Published {
        /** Its key is the primary of this keyset. */
        CURRENT,
        /** Its key is an older one of this keyset. */
        OLDER,
        /** Its key is a newer one of this keyset, not the primary yet. */
        NEWER,
        /** Its key is not in this keyset. */
        FOREIGN
    }

    private final KeysetHandle handle;
    private final HybridDecrypt opening;
    private final HybridEncrypt sealing;

    private SealingKeyset(KeysetHandle handle) throws GeneralSecurityException {
        for (int i = 0; i < handle.size(); i++) {
            // its ciphertexts would not name the key that they are sealed with
            if (!(handle.getAt(i).getKey() instanceof HpkePrivateKey key)
                    || !key.getParameters().getVariant().equals(HpkeParameters.Variant.TINK)
                    || !handle.getAt(i).getStatus().equals(KeyStatus.ENABLED)) {
                throw new GeneralSecurityException("it holds something else than HPKE keys in use");
            }
        }
        this.handle = handle;
        this.opening = handle.getPrimitive(RegistryConfiguration.get(), HybridDecrypt.class);
        this.sealing = handle.getPublicKeysetHandle().getPrimitive(RegistryConfiguration.get(), HybridEncrypt.class);
    }

    /** {@return a new keyset with one new key} */
    public static SealingKeyset generate() {
        try {
            HybridConfig.register();
            return new SealingKeyset(KeysetHandle.generateNew(parameters(), RegistryConfiguration.get()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a sealing keyset could not be made", e);
        }
    }

    private static HpkeParameters parameters() throws GeneralSecurityException {
        return HpkeParameters.builder()
                .setKemId(HpkeParameters.KemId.DHKEM_X25519_HKDF_SHA256)
                .setKdfId(HpkeParameters.KdfId.HKDF_SHA256)
                .setAeadId(HpkeParameters.AeadId.AES_256_GCM)
                .setVariant(HpkeParameters.Variant.TINK)
                .build();
    }

    static SealingKeyset ofJson(String json) throws GeneralSecurityException {
        HybridConfig.register();
        return new SealingKeyset(TinkJsonProtoKeysetFormat.parseKeyset(
                json, RegistryConfiguration.get(), InsecureSecretKeyAccess.get()));
    }

    String json() {
        try {
            return TinkJsonProtoKeysetFormat.serializeKeyset(
                    handle, RegistryConfiguration.get(), InsecureSecretKeyAccess.get());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the keyset could not be written", e);
        }
    }

    /** {@return the keys' ids, oldest first} */
    public List<SealingKeyId> keys() {
        return IntStream.range(0, handle.size())
                .mapToObj(i -> new SealingKeyId(handle.getAt(i).getId()))
                .toList();
    }

    /** {@return the key that private keys are sealed with now} */
    public SealingKeyId primary() {
        return new SealingKeyId(handle.getPrimary().getId());
    }

    /** {@return this keyset plus a new key, the newest, which can open but does not seal yet} */
    public SealingKeyset withNewKey() {
        try {
            return changed(KeysetHandle.newBuilder(handle)
                    .addEntry(KeysetHandle.generateEntryFromParameters(parameters())
                            .withRandomId()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a sealing key could not be made", e);
        }
    }

    /**
     * Moves the primary forward.
     *
     * @param key the new primary, or the current one
     * @throws ChangeRefused if there is no such key, or it is older than the current primary
     */
    public SealingKeyset promoting(SealingKeyId key) {
        int position = position(key);
        if (position < position(primary())) {
            throw new ChangeRefused("Key " + key + " is older than the primary, key " + primary()
                    + ". The primary moves to newer keys only: add a key and promote that one.");
        }
        KeysetHandle.Builder builder = KeysetHandle.newBuilder(handle);
        builder.getAt(position).makePrimary();
        return changed(builder);
    }

    /**
     * Removes a key; private keys that are still sealed with it no longer open.
     *
     * @throws ChangeRefused if there is no such key, or it is the primary
     */
    public SealingKeyset without(SealingKeyId key) {
        int position = position(key);
        if (key.equals(primary())) {
            throw new ChangeRefused("Key " + key + " is the primary: private keys are being sealed for it. Promote"
                    + " another one first.");
        }
        return changed(KeysetHandle.newBuilder(handle).deleteAt(position));
    }

    private int position(SealingKeyId key) {
        int position = keys().indexOf(key);
        if (position < 0) {
            throw new ChangeRefused("There is no key " + key + " in this keyset.");
        }
        return position;
    }

    private static SealingKeyset changed(KeysetHandle.Builder builder) {
        try {
            return new SealingKeyset(
                    builder.setConfiguration(RegistryConfiguration.get()).build());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the sealing keyset could not be changed", e);
        }
    }

    /**
     * {@return the primary's public half in Tink's JSON form, for {@link Sealer#of}; the same text from every file with
     * this primary, whatever other keys the file holds}
     */
    public String publicKeyset() {
        try {
            return TinkJsonProtoKeysetFormat.serializeKeysetWithoutSecret(publicPrimary(), RegistryConfiguration.get());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the public keyset could not be derived", e);
        }
    }

    private KeysetHandle publicPrimary() throws GeneralSecurityException {
        KeysetHandle.Builder builder =
                KeysetHandle.newBuilder(handle.getPublicKeysetHandle()).setConfiguration(RegistryConfiguration.get());
        for (int i = builder.size() - 1; i >= 0; i--) {
            if (!builder.getAt(i).isPrimary()) {
                builder.deleteAt(i);
            }
        }
        return builder.build();
    }

    /**
     * Compares this keyset with a published one.
     *
     * @param publicKeyset Tink's JSON form
     * @return the relation of its primary to this keyset; a key with a known id and other content is a foreign one
     */
    public Published compare(String publicKeyset) {
        try {
            HybridConfig.register();
            KeysetHandle.Entry published = TinkJsonProtoKeysetFormat.parseKeysetWithoutSecret(
                            publicKeyset, RegistryConfiguration.get())
                    .getPrimary();
            KeysetHandle own = handle.getPublicKeysetHandle();
            int position = IntStream.range(0, own.size())
                    .filter(i -> own.getAt(i).getId() == published.getId()
                            && own.getAt(i).getKey().equalsKey(published.getKey()))
                    .findFirst()
                    .orElse(-1);
            int primary = position(primary());
            if (position < 0) {
                return Published.FOREIGN;
            }
            return position == primary ? Published.CURRENT : position < primary ? Published.OLDER : Published.NEWER;
        } catch (GeneralSecurityException _) {
            return Published.FOREIGN;
        }
    }

    /**
     * Opens a sealed key.
     *
     * @param ciphertext from {@link Sealer#seal}
     * @param context the same as at sealing
     * @return unencrypted PKCS#8 (DER); the caller wipes it
     * @throws SealedKeyDoesNotOpen if keyset or context is another
     */
    public byte[] open(byte[] ciphertext, SealingContext context) {
        try {
            return opening.decrypt(ciphertext, context.bytes());
        } catch (GeneralSecurityException e) {
            throw new SealedKeyDoesNotOpen();
        }
    }

    /**
     * Seals a sealed key again with the primary; the private key does not leave this method.
     *
     * @param ciphertext sealed with any of the keys
     * @param context the same as at sealing, and for the result
     * @throws SealedKeyDoesNotOpen if keyset or context is another
     */
    public byte[] reseal(byte[] ciphertext, SealingContext context) {
        byte[] pkcs8 = open(ciphertext, context);
        try {
            return sealing.encrypt(pkcs8, context.bytes());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("sealing failed", e);
        } finally {
            Arrays.fill(pkcs8, (byte) 0);
        }
    }

    /** {@return the key that a promotion moves to by default: the newest, empty if that is the primary already} */
    public Optional<SealingKeyId> promotable() {
        return Optional.of(keys().getLast()).filter(newest -> !newest.equals(primary()));
    }

    @Override
    public String toString() {
        return "SealingKeyset[" + keys() + ", primary " + primary() + "]";
    }
}
