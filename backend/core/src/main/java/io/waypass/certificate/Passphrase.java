package io.waypass.certificate;

import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.operator.InputDecryptorProvider;
import org.bouncycastle.pkcs.jcajce.JcePKCSPBEInputDecryptorProviderBuilder;

/** The passphrase of one submission. It is never stored, and {@code toString} does not show it. */
final class Passphrase {

    /**
     * The library accepts no empty passphrase; HMAC pads its key with zeros, so one zero derives the same key (RFC
     * 2104).
     */
    private static final char[] EMPTY = {'\0'};

    /** OpenSSL's tools accept no longer ones; JKS and PKCS#12 hash the whole passphrase in every round. */
    static final int MAX_LENGTH = 1_024;

    private final char[] characters;

    Passphrase(char[] characters) {
        this.characters = characters;
    }

    /** For material that was never encrypted. */
    static Passphrase none() {
        return new Passphrase(new char[0]);
    }

    boolean isEmpty() {
        return characters.length == 0;
    }

    char[] characters() {
        return characters;
    }

    /** {@return input of PBKDF2 and scrypt; must not be modified} */
    char[] forPbkdf2() {
        return isEmpty() ? EMPTY : characters;
    }

    /**
     * Returns the decryptor for an encryption scheme.
     *
     * @param budget charged for the derivation
     * @param bouncyCastle derives the key
     * @param zero whether an empty passphrase counts as two zero bytes, as in the files of some PKCS#12 writers
     */
    InputDecryptorProvider decryptor(
            AlgorithmIdentifier scheme, IntakeBudget budget, BouncyCastle bouncyCastle, boolean zero)
            throws Unreadable {
        budget.charge(scheme);
        return new JcePKCSPBEInputDecryptorProviderBuilder()
                .setProvider(bouncyCastle.provider())
                .setTryWrongPKCS12Zero(zero)
                .build(PKCSObjectIdentifiers.id_PBES2.equals(scheme.getAlgorithm()) ? forPbkdf2() : characters);
    }

    @Override
    public String toString() {
        return "Passphrase[hidden]";
    }
}
