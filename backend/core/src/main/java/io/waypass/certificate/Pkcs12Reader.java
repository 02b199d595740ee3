package io.waypass.certificate;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.pkcs.CertBag;
import org.bouncycastle.asn1.pkcs.ContentInfo;
import org.bouncycastle.asn1.pkcs.EncryptedData;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.KeyDerivationFunc;
import org.bouncycastle.asn1.pkcs.MacData;
import org.bouncycastle.asn1.pkcs.PBMAC1Params;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.Pfx;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.SafeBag;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.crypto.ExtendedDigest;
import org.bouncycastle.crypto.PBEParametersGenerator;
import org.bouncycastle.crypto.generators.PKCS12ParametersGenerator;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.operator.InputDecryptor;
import org.bouncycastle.operator.InputDecryptorProvider;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.pkcs.PKCS12PfxPdu;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcePKCS12MacCalculatorBuilderProvider;

/**
 * Reads PKCS#12 (RFC 7292; with PBMAC1, RFC 9579). The budget is charged before each derivation, including those that
 * become known only after the outer layer is opened.
 */
final class Pkcs12Reader {

    private static final String WHAT = "the PKCS#12 file";
    private static final int MAX_BAGS = 400;
    private static final int MAX_NESTING = 4;

    /** Result of checking the MAC with the passphrase. */
    private enum Mac {
        NONE,
        FITS,
        /** The passphrase is empty and counts as two zero bytes, as OpenSSL writes it. */
        FITS_AS_ZEROS
    }

    private final Passphrase passphrase;
    private final IntakeBudget budget;
    private final BouncyCastle bouncyCastle;
    private final Asn1Reader asn1;
    private int bags;

    Pkcs12Reader(Passphrase passphrase, IntakeBudget budget, BouncyCastle bouncyCastle, Asn1Reader asn1) {
        this.passphrase = passphrase;
        this.budget = budget;
        this.bouncyCastle = bouncyCastle;
        this.asn1 = asn1;
    }

    void read(Pfx pfx, Contents contents) {
        try {
            if (!PKCSObjectIdentifiers.data.equals(pfx.getAuthSafe().getContentType())) {
                throw new Unreadable(
                        "the PKCS#12 file is protected by a signature in place of a passphrase.",
                        "a PKCS#12 file with a passphrase.",
                        "Export it again: “openssl pkcs12 -export …”.");
            }
            Mac mac = mac(pfx);
            byte[] safes =
                    ASN1OctetString.getInstance(pfx.getAuthSafe().getContent()).getOctets();
            for (ASN1Encodable safe : ASN1Sequence.getInstance(safes)) {
                safe(ContentInfo.getInstance(safe), mac, contents);
            }
        } catch (Unreadable problem) {
            contents.keystoreStaysLocked(problem);
        } catch (IOException | PKCSException | OperatorCreationException | RuntimeException e) {
            contents.keystoreStaysLocked(Asn1Reader.damaged(WHAT));
        }
    }

    private Mac mac(Pfx pfx) throws Unreadable, PKCSException, OperatorCreationException {
        MacData data = pfx.getMacData();
        if (data == null) {
            return Mac.NONE;
        }
        AlgorithmIdentifier algorithm = data.getMac().getAlgorithmId();
        if (PKCSObjectIdentifiers.id_PBMAC1.equals(algorithm.getAlgorithm())) {
            budget.charge(KeyDerivationFunc.getInstance(PBMAC1Params.getInstance(algorithm.getParameters())
                    .getKeyDerivationFunc()
                    .toASN1Primitive()));
            if (new PKCS12PfxPdu(pfx)
                    .isMacValid(
                            new JcePKCS12MacCalculatorBuilderProvider().setProvider(bouncyCastle.provider()),
                            passphrase.forPbkdf2())) {
                return Mac.FITS;
            }
        } else {
            budget.chargeMac(algorithm, data.getIterationCount(), passphrase.isEmpty() ? 2 : 1);
            if (fits(pfx, PBEParametersGenerator.PKCS12PasswordToBytes(passphrase.characters()))) {
                return Mac.FITS;
            }
            if (passphrase.isEmpty() && fits(pfx, new byte[2])) {
                return Mac.FITS_AS_ZEROS;
            }
        }
        throw passphrase.isEmpty() ? Unreadable.passphraseRequired(WHAT) : Unreadable.passphraseWrong(WHAT);
    }

    /** Checks the MAC of RFC 7292 appendix B, with purpose 3. */
    private boolean fits(Pfx pfx, byte[] secret) throws OperatorCreationException {
        MacData data = pfx.getMacData();
        AlgorithmIdentifier algorithm = data.getMac().getAlgorithmId();
        ExtendedDigest digest = bouncyCastle.digests().get(algorithm);
        PKCS12ParametersGenerator generator = new PKCS12ParametersGenerator(digest);
        generator.init(secret, data.getSalt(), data.getIterationCount().intValueExact());
        HMac mac = new HMac(bouncyCastle.digests().get(algorithm));
        mac.init(generator.generateDerivedMacParameters(digest.getDigestSize() * 8));
        // not earlier: the generator works on this array, not on a copy
        Arrays.fill(secret, (byte) 0);
        byte[] content =
                ASN1OctetString.getInstance(pfx.getAuthSafe().getContent()).getOctets();
        mac.update(content, 0, content.length);
        byte[] computed = new byte[mac.getMacSize()];
        mac.doFinal(computed, 0);
        return MessageDigest.isEqual(computed, data.getMac().getDigest());
    }

    private void safe(ContentInfo safe, Mac mac, Contents contents)
            throws Unreadable, PKCSException, IOException, OperatorCreationException {
        ASN1ObjectIdentifier type = safe.getContentType();
        if (PKCSObjectIdentifiers.data.equals(type)) {
            bags(
                    ASN1Sequence.getInstance(
                            ASN1OctetString.getInstance(safe.getContent()).getOctets()),
                    mac,
                    0,
                    contents);
        } else if (PKCSObjectIdentifiers.encryptedData.equals(type)) {
            EncryptedData encrypted = EncryptedData.getInstance(safe.getContent());
            if (mac == Mac.NONE && passphrase.isEmpty()) {
                throw Unreadable.passphraseRequired(WHAT);
            }
            byte[] opened = decrypted(encrypted, mac);
            try {
                bags(ASN1Sequence.getInstance(opened), mac, 0, contents);
            } catch (RuntimeException e) {
                throw damagedOrWrong(mac);
            } finally {
                Arrays.fill(opened, (byte) 0);
            }
        } else {
            contents.ignore("a part of the PKCS#12 file that is encrypted for a certificate");
        }
    }

    private byte[] decrypted(EncryptedData encrypted, Mac mac) throws Unreadable, OperatorCreationException {
        InputDecryptorProvider decryptors = passphrase.decryptor(
                encrypted.getEncryptionAlgorithm(), budget, bouncyCastle, mac == Mac.FITS_AS_ZEROS);
        InputDecryptor decryptor = decryptors.get(encrypted.getEncryptionAlgorithm());
        try (InputStream stream = decryptor.getInputStream(
                new ByteArrayInputStream(encrypted.getContent().getOctets()))) {
            return stream.readAllBytes();
        } catch (IOException e) {
            throw damagedOrWrong(mac);
        }
    }

    /** Without a MAC, only the decryption attempt tells whether a passphrase is right. */
    private static Unreadable damagedOrWrong(Mac mac) {
        return mac == Mac.NONE ? Unreadable.passphraseWrong(WHAT) : Asn1Reader.damaged(WHAT);
    }

    private void bags(ASN1Sequence sequence, Mac mac, int nesting, Contents contents) throws Unreadable, IOException {
        for (ASN1Encodable each : sequence) {
            if (++bags > MAX_BAGS || nesting > MAX_NESTING) {
                throw new Unreadable(
                        "the PKCS#12 file holds more than " + MAX_BAGS + " entries, or entries within entries.",
                        "one private key and its certificates.",
                        "Export that key with its certificates alone: “openssl pkcs12 -export …”.");
            }
            bag(SafeBag.getInstance(each), mac, nesting, contents);
        }
    }

    private void bag(SafeBag bag, Mac mac, int nesting, Contents contents) throws Unreadable, IOException {
        ASN1ObjectIdentifier type = bag.getBagId();
        if (PKCSObjectIdentifiers.certBag.equals(type)) {
            CertBag certificate = CertBag.getInstance(bag.getBagValue());
            if (PKCSObjectIdentifiers.x509Certificate.equals(certificate.getCertId())) {
                contents.add(asn1.x509(
                        ASN1OctetString.getInstance(certificate.getCertValue()).getOctets(),
                        "a certificate in " + WHAT));
            }
        } else if (PKCSObjectIdentifiers.pkcs8ShroudedKeyBag.equals(type)) {
            shroudedKey(EncryptedPrivateKeyInfo.getInstance(bag.getBagValue()), mac, contents);
        } else if (PKCSObjectIdentifiers.keyBag.equals(type)) {
            key(PrivateKeyInfo.getInstance(bag.getBagValue()), contents);
        } else if (PKCSObjectIdentifiers.safeContentsBag.equals(type)) {
            bags(ASN1Sequence.getInstance(bag.getBagValue()), mac, nesting + 1, contents);
        }
    }

    private void key(PrivateKeyInfo info, Contents contents) {
        try {
            contents.add(PrivateKeys.normalised(info, budget));
        } catch (Unreadable problem) {
            contents.keyStaysLocked(problem);
        }
    }

    private void shroudedKey(EncryptedPrivateKeyInfo info, Mac mac, Contents contents) {
        try {
            contents.add(asn1.decrypted(info, WHAT, mac != Mac.NONE, mac == Mac.FITS_AS_ZEROS));
        } catch (Unreadable problem) {
            contents.keyStaysLocked(problem);
        }
    }
}
