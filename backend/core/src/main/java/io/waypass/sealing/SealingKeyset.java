package io.waypass.sealing;

import com.google.crypto.tink.HybridDecrypt;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.hybrid.HpkeParameters;
import com.google.crypto.tink.hybrid.HybridConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;

/**
 * The private keyset of one cluster's applier: HPKE with X25519, HKDF-SHA256 and AES-256-GCM. Only the applier may use
 * this type (a test holds the portal to it).
 */
public final class SealingKeyset {

    /** A sealed key that does not open: bound to something else, or sealed for another cluster. */
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

    private final KeysetHandle handle;
    private final HybridDecrypt primitive;

    private SealingKeyset(KeysetHandle handle) throws GeneralSecurityException {
        this.handle = handle;
        this.primitive = handle.getPrimitive(RegistryConfiguration.get(), HybridDecrypt.class);
    }

    /** {@return a new keyset with one fresh key} */
    public static SealingKeyset generate() {
        try {
            HybridConfig.register();
            HpkeParameters parameters = HpkeParameters.builder()
                    .setKemId(HpkeParameters.KemId.DHKEM_X25519_HKDF_SHA256)
                    .setKdfId(HpkeParameters.KdfId.HKDF_SHA256)
                    .setAeadId(HpkeParameters.AeadId.AES_256_GCM)
                    .setVariant(HpkeParameters.Variant.TINK)
                    .build();
            return new SealingKeyset(KeysetHandle.generateNew(parameters, RegistryConfiguration.get()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a sealing keyset could not be made", e);
        }
    }

    /**
     * Reads a keyset.
     *
     * @param file Tink's JSON form
     * @return the keyset
     * @throws IllegalStateException if the file cannot be read or is no such keyset
     */
    public static SealingKeyset read(Path file) {
        try {
            HybridConfig.register();
            return new SealingKeyset(TinkJsonProtoKeysetFormat.parseKeyset(
                    Files.readString(file), RegistryConfiguration.get(), InsecureSecretKeyAccess.get()));
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(
                    "The sealing keyset " + file + " cannot be read. Make one with “create-sealing-keyset " + file
                            + "”, or restore the file that this cluster's keys were sealed for.");
        }
    }

    /**
     * Writes the keyset, readable by its owner alone.
     *
     * @param file must not exist: a keyset that is written over makes every key sealed for it unreadable
     * @throws IOException if it exists or cannot be written
     */
    public void write(Path file) throws IOException {
        String json;
        try {
            json = TinkJsonProtoKeysetFormat.serializeKeyset(
                    handle, RegistryConfiguration.get(), InsecureSecretKeyAccess.get());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the keyset could not be written", e);
        }
        if (file.toAbsolutePath().getParent() instanceof Path parent) {
            Files.createDirectories(parent);
        }
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, json, StandardOpenOption.TRUNCATE_EXISTING);
    }

    /** {@return the public half in Tink's JSON form, for {@link Sealer#of}} */
    public String publicKeyset() {
        try {
            return TinkJsonProtoKeysetFormat.serializeKeysetWithoutSecret(
                    handle.getPublicKeysetHandle(), RegistryConfiguration.get());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the public keyset could not be derived", e);
        }
    }

    /**
     * Opens a sealed key.
     *
     * @param ciphertext what {@link Sealer#seal} gave
     * @param context the same as at sealing
     * @return unencrypted PKCS#8 (DER); the caller wipes it
     * @throws SealedKeyDoesNotOpen if keyset or context is another
     */
    public byte[] open(byte[] ciphertext, SealingContext context) {
        try {
            return primitive.decrypt(ciphertext, context.bytes());
        } catch (GeneralSecurityException e) {
            throw new SealedKeyDoesNotOpen();
        }
    }
}
