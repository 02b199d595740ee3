package io.waypass.certificate;

import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.InputDecryptorProvider;
import org.bouncycastle.pkcs.jcajce.JcePKCSPBEInputDecryptorProviderBuilder;

/** The passphrase of one submission, and what the submission may cost. It is used and never kept; it has no text form. */
final class Passphrase {

    /** Knows what old files use: RC2, 3DES, MD5. It is asked by name and not registered with the platform. */
    static final BouncyCastleProvider PROVIDER = new BouncyCastleProvider();

    /** The library takes no empty passphrase; HMAC pads its key with zeros, so one zero derives the same (RFC 2104). */
    private static final char[] EMPTY = {'\0'};

    /** OpenSSL's tools take no longer ones; JKS and PKCS#12 hash it whole again and again. */
    static final int MAX_LENGTH = 1_024;

    private final char[] characters;
    private final IntakeBudget budget = new IntakeBudget();

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

    /** {@return what PBKDF2 and scrypt derive from; not to be changed} */
    char[] forPbkdf2() {
        return isEmpty() ? EMPTY : characters;
    }

    IntakeBudget budget() {
        return budget;
    }

    /**
     * What opens something.
     *
     * @param scheme how it is encrypted; charged at once
     * @param zero whether an empty passphrase counts as two zero bytes, as some PKCS#12 writers have it
     */
    InputDecryptorProvider decryptor(AlgorithmIdentifier scheme, boolean zero) throws Unreadable {
        budget.charge(scheme);
        return new JcePKCSPBEInputDecryptorProviderBuilder()
                .setProvider(PROVIDER)
                .setTryWrongPKCS12Zero(zero)
                .build(PKCSObjectIdentifiers.id_PBES2.equals(scheme.getAlgorithm()) ? forPbkdf2() : characters);
    }

    @Override
    public String toString() {
        return "Passphrase[hidden]";
    }
}
