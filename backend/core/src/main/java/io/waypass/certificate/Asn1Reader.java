package io.waypass.certificate;

import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1InputStream;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.cms.SignedData;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.Pfx;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Certificate;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.operator.InputDecryptorProvider;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;

/**
 * Reads ASN.1 structures and recognises each by its shape: PKCS#8 (RFC 5208), PKCS#1 (RFC 8017), SEC1 (RFC 5915),
 * PKCS#7 (RFC 2315, RFC 5652), PKCS#12 (RFC 7292), a certificate (RFC 5280), or a structure that people upload by
 * mistake.
 */
final class Asn1Reader {

    private static final int MAX_CERTIFICATES = CertificateIntake.MAX_BUNDLE;

    private final Passphrase passphrase;
    private final IntakeBudget budget;
    private final BouncyCastle bouncyCastle;

    Asn1Reader(Passphrase passphrase, IntakeBudget budget, BouncyCastle bouncyCastle) {
        this.passphrase = passphrase;
        this.budget = budget;
        this.bouncyCastle = bouncyCastle;
    }

    /**
     * Reads every structure in the bytes. Several may follow each other, with blanks after the last.
     *
     * @param der DER or BER
     * @param what names the bytes in a sentence
     * @param curve from an {@code EC PARAMETERS} block before the bytes
     * @param contents receives the result
     */
    void read(byte[] der, String what, Optional<ASN1ObjectIdentifier> curve, Contents contents) throws Unreadable {
        try (ASN1InputStream stream = new ASN1InputStream(der)) {
            int at = 0;
            do {
                ASN1Primitive object = stream.readObject();
                int end = der.length - stream.available();
                byte[] exact = Arrays.copyOfRange(der, at, end);
                try {
                    if (!(object instanceof ASN1Sequence sequence)) {
                        throw damaged(what);
                    }
                    read(sequence, exact, what, curve, contents);
                } finally {
                    Arrays.fill(exact, (byte) 0);
                }
                at = end;
            } while (!onlyBlanks(der, at));
        } catch (IOException | RuntimeException e) {
            throw damaged(what);
        }
    }

    /** Returns the first structure only: in OpenSSL's trusted certificates, trust settings follow the certificate. */
    static byte[] first(byte[] der, String what) throws Unreadable {
        try (ASN1InputStream stream = new ASN1InputStream(der)) {
            stream.readObject();
            return Arrays.copyOf(der, der.length - stream.available());
        } catch (IOException | RuntimeException e) {
            throw damaged(what);
        }
    }

    private void read(
            ASN1Sequence object, byte[] der, String what, Optional<ASN1ObjectIdentifier> curve, Contents contents)
            throws Unreadable {
        ASN1Encodable first = object.size() > 0 ? object.getObjectAt(0) : DERNull.INSTANCE;
        ASN1Encodable second = object.size() > 1 ? object.getObjectAt(1) : DERNull.INSTANCE;
        ASN1Encodable third = object.size() > 2 ? object.getObjectAt(2) : DERNull.INSTANCE;
        if (first instanceof ASN1ObjectIdentifier type) {
            pkcs7(type, object, what, contents);
        } else if (first instanceof ASN1Integer version && second instanceof ASN1Sequence inner) {
            if (version.hasValue(3) && inner.size() > 0 && inner.getObjectAt(0) instanceof ASN1ObjectIdentifier) {
                contents.form("PKCS#12");
                new Pkcs12Reader(passphrase, budget, bouncyCastle, this).read(Pfx.getInstance(object), contents);
            } else if (third instanceof ASN1OctetString) {
                contents.form("PKCS#8");
                contents.add(PrivateKeys.normalised(PrivateKeyInfo.getInstance(object), budget));
            } else {
                throw damaged(what);
            }
        } else if (first instanceof ASN1Integer && second instanceof ASN1OctetString) {
            contents.form("SEC1");
            contents.add(sec1(ECPrivateKey.getInstance(object), curve));
        } else if (first instanceof ASN1Integer && second instanceof ASN1Integer) {
            if (object.size() == 6) {
                throw Unreadable.keyUnsupported("the key is of the kind DSA.");
            }
            if (object.size() < 9) {
                throw publicKey(what);
            }
            contents.form("PKCS#1");
            contents.add(pkcs1(RSAPrivateKey.getInstance(object)));
        } else if (first instanceof ASN1Sequence && second instanceof ASN1OctetString) {
            contents.form("PKCS#8, encrypted");
            encrypted(EncryptedPrivateKeyInfo.getInstance(object), contents);
        } else if (first instanceof ASN1Sequence && second instanceof ASN1BitString && object.size() == 2) {
            throw publicKey(what);
        } else if (first instanceof ASN1Sequence body
                && second instanceof ASN1Sequence
                && third instanceof ASN1BitString) {
            contents.form("DER");
            certificate(body, der, what, contents);
        } else {
            throw damaged(what);
        }
    }

    private void certificate(ASN1Sequence body, byte[] der, String what, Contents contents) throws Unreadable {
        boolean request = body.size() >= 3
                && body.getObjectAt(0) instanceof ASN1Integer
                && body.getObjectAt(1) instanceof ASN1Sequence
                && body.getObjectAt(2) instanceof ASN1Sequence key
                && key.size() == 2
                && key.getObjectAt(1) instanceof ASN1BitString;
        if (request) {
            throw certificateRequest(what);
        }
        contents.add(x509(der, what));
    }

    /** Reads a certificate; throws if Envoy could not use it. */
    X509 x509(byte[] der, String what) throws Unreadable {
        budget.certificate();
        try {
            return X509.of(der);
        } catch (X509.NotACertificate e) {
            Optional<KeyKind> kind = kind(der).filter(each -> !each.supported());
            if (kind.isPresent()) {
                throw Unreadable.keyUnsupported(
                        what + " is for a key of the kind " + kind.get().description() + ".");
            }
            throw new Unreadable(
                    what + " is no certificate that can be read, or a damaged one.",
                    "an X.509 certificate.",
                    "Look whether “openssl x509 -in file -noout -text” reads it, and ask your certificate authority for it"
                            + " again.");
        }
    }

    private static Optional<KeyKind> kind(byte[] der) {
        try {
            return Optional.of(KeyKind.of(Certificate.getInstance(der).getSubjectPublicKeyInfo()));
        } catch (RuntimeException e) {
            return Optional.empty();
        }
    }

    private void pkcs7(ASN1ObjectIdentifier type, ASN1Sequence object, String what, Contents contents)
            throws Unreadable {
        if (!PKCSObjectIdentifiers.signedData.equals(type)) {
            throw new Unreadable(
                    what + " is a PKCS#7 structure of another kind: it holds no plain certificates.",
                    "a PKCS#7 file with certificates (.p7b).",
                    "Ask your certificate authority for the certificates as PEM or .p7b.");
        }
        contents.form("PKCS#7");
        ASN1Set certificates = SignedData.getInstance(
                        ContentInfo.getInstance(object).getContent())
                .getCertificates();
        int count = certificates == null ? 0 : certificates.size();
        if (count == 0 || count > MAX_CERTIFICATES) {
            throw new Unreadable(
                    what + " holds " + (count == 0 ? "no certificate." : count + " certificates."),
                    "1 to " + MAX_CERTIFICATES + " certificates.",
                    "Ask your certificate authority for the chain of your certificate.");
        }
        for (ASN1Encodable each : certificates) {
            try {
                contents.add(x509(each.toASN1Primitive().getEncoded("DER"), "a certificate in " + what));
            } catch (IOException e) {
                throw damaged(what);
            }
        }
    }

    private PrivateKeyMaterial pkcs1(RSAPrivateKey key) throws Unreadable {
        return PrivateKeys.normalised(
                info(new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE), key), budget);
    }

    private PrivateKeyMaterial sec1(ECPrivateKey key, Optional<ASN1ObjectIdentifier> curve) throws Unreadable {
        ASN1Encodable parameters = key.getParametersObject() == null ? curve.orElse(null) : key.getParametersObject();
        if (parameters == null) {
            throw new Unreadable(
                    "the EC key does not say on which curve it is.",
                    "a key with its curve, or with a block “EC PARAMETERS” before it.",
                    "Give the key as PKCS#8: “openssl pkey -in key.pem -out key8.pem”.");
        }
        return PrivateKeys.normalised(
                info(new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, parameters), key), budget);
    }

    private static PrivateKeyInfo info(AlgorithmIdentifier algorithm, ASN1Encodable key) {
        try {
            return new PrivateKeyInfo(algorithm, key);
        } catch (IOException e) {
            throw new IllegalArgumentException("a parsed key could not be written", e);
        }
    }

    private void encrypted(EncryptedPrivateKeyInfo info, Contents contents) {
        try {
            contents.add(decrypted(info, "the private key", false, false));
        } catch (Unreadable problem) {
            contents.keyStaysLocked(problem);
        }
    }

    /**
     * Decrypts an encrypted PKCS#8 key.
     *
     * @param what names what the passphrase is for
     * @param verified whether the passphrase is known to be right, even if it is empty
     * @param zero whether an empty passphrase counts as two zero bytes
     */
    PrivateKeyMaterial decrypted(EncryptedPrivateKeyInfo info, String what, boolean verified, boolean zero)
            throws Unreadable {
        if (passphrase.isEmpty() && !verified) {
            throw Unreadable.passphraseRequired(what);
        }
        InputDecryptorProvider decryptor =
                passphrase.decryptor(info.getEncryptionAlgorithm(), budget, bouncyCastle, zero);
        PrivateKeyInfo key;
        try {
            key = new PKCS8EncryptedPrivateKeyInfo(info).decryptPrivateKeyInfo(decryptor);
            // a wrong passphrase may by chance yield something that parses
            key.parsePrivateKey();
        } catch (PKCSException | IOException | RuntimeException e) {
            throw verified ? damaged("the private key in " + what) : Unreadable.passphraseWrong(what);
        }
        return PrivateKeys.normalised(key, budget);
    }

    static Unreadable certificateRequest(String what) {
        return new Unreadable(
                what + " is a certificate request (CSR), which you send to a certificate authority.",
                "the certificate that came back from it.",
                "Give the certificate. If none came yet, wait for it.");
    }

    static Unreadable publicKey(String what) {
        return new Unreadable(
                what + " is a public key.",
                "the private key and the certificate.",
                "Give the private key that the signing request was made with; its file often ends in .key.");
    }

    static Unreadable damaged(String what) {
        return new Unreadable(
                what + " is damaged, or is neither certificate nor key.",
                "a certificate, a private key, or a file that holds them (PEM, DER, PKCS#7, PKCS#12, JKS).",
                "Send it as it came from your certificate authority, without opening and saving it in between.");
    }

    private static boolean onlyBlanks(byte[] bytes, int from) {
        for (int i = from; i < bytes.length; i++) {
            if (bytes[i] != 0 && bytes[i] != ' ' && bytes[i] != '\n' && bytes[i] != '\r' && bytes[i] != '\t') {
                return false;
            }
        }
        return true;
    }
}
