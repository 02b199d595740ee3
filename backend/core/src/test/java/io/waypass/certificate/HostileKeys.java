package io.waypass.certificate;

import static io.waypass.certificate.HostileBytes.LIMIT;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.SecureRandom;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.EncryptionScheme;
import org.bouncycastle.asn1.pkcs.KeyDerivationFunc;
import org.bouncycastle.asn1.pkcs.PBES2Parameters;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;

/** Keys and keystores that ask for much: key derivation, parameters, or sheer number. */
final class HostileKeys {

    private HostileKeys() {}

    static byte[] smallKeys(String curve) throws IOException {
        ByteArrayOutputStream keys = new ByteArrayOutputStream();
        for (int i = 1; keys.size() < LIMIT - 100; i++) {
            keys.writeBytes(new DERSequence(new ASN1Encodable[] {
                        new ASN1Integer(1),
                        new DEROctetString(BigInteger.valueOf(i).toByteArray()),
                        new DERTaggedObject(0, new ASN1ObjectIdentifier(curve))
                    })
                    .getEncoded());
        }
        return keys.toByteArray();
    }

    static byte[] ed25519Keys() throws IOException {
        ByteArrayOutputStream keys = new ByteArrayOutputStream();
        byte[] seed = new byte[32];
        for (int i = 0; keys.size() < LIMIT - 100; i++) {
            seed[0] = (byte) i;
            seed[1] = (byte) (i >> 8);
            keys.writeBytes(new PrivateKeyInfo(
                            new AlgorithmIdentifier(new ASN1ObjectIdentifier("1.3.101.112")), new DEROctetString(seed))
                    .getEncoded());
        }
        return keys.toByteArray();
    }

    static byte[] lockedJks() throws IOException {
        byte[] key = new EncryptedPrivateKeyInfo(
                        new AlgorithmIdentifier(new ASN1ObjectIdentifier("1.3.6.1.4.1.42.2.17.1.1"), DERNull.INSTANCE),
                        new byte[60_000])
                .getEncoded();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(0xFEEDFEED);
            out.writeInt(2);
            out.writeInt(1);
            out.writeInt(1);
            out.writeUTF("alias");
            out.writeLong(0);
            out.writeInt(key.length);
            out.write(key);
            out.writeInt(0);
            out.write(new byte[20]);
        }
        return bytes.toByteArray();
    }

    static KeyDerivationFunc pbkdf2(BigInteger rounds, BigInteger keyLength) {
        ASN1EncodableVector parameters = new ASN1EncodableVector();
        parameters.add(new DEROctetString(new byte[8]));
        parameters.add(new ASN1Integer(rounds));
        if (keyLength != null) {
            parameters.add(new ASN1Integer(keyLength));
        }
        parameters.add(new AlgorithmIdentifier(PKCSObjectIdentifiers.id_hmacWithSHA256, DERNull.INSTANCE));
        return new KeyDerivationFunc(PKCSObjectIdentifiers.id_PBKDF2, new DERSequence(parameters));
    }

    private static EncryptedPrivateKeyInfo encrypted(KeyDerivationFunc function) {
        return new EncryptedPrivateKeyInfo(
                new AlgorithmIdentifier(
                        PKCSObjectIdentifiers.id_PBES2,
                        new PBES2Parameters(
                                function,
                                new EncryptionScheme(
                                        NISTObjectIdentifiers.id_aes256_CBC, new DEROctetString(new byte[16])))),
                new byte[64]);
    }

    static byte[] encryptedKey(KeyDerivationFunc function) throws IOException {
        return encrypted(function).getEncoded();
    }

    static byte[] manyKeys() throws IOException {
        ByteArrayOutputStream keys = new ByteArrayOutputStream();
        for (int i = 0; i < 200; i++) {
            keys.writeBytes(encryptedKey(pbkdf2(BigInteger.valueOf(50_000), null)));
        }
        return keys.toByteArray();
    }

    static byte[] pkcs12Key(BigInteger rounds) throws IOException {
        DERSequence bag = new DERSequence(new ASN1Encodable[] {
            PKCSObjectIdentifiers.pkcs8ShroudedKeyBag, new DERTaggedObject(0, encrypted(pbkdf2(rounds, null)))
        });
        return pkcs12(new DERSequence(bag).getEncoded(), null);
    }

    static byte[] pkcs12Mac(BigInteger rounds) throws IOException {
        return pkcs12Mac(NISTObjectIdentifiers.id_sha256, rounds);
    }

    static byte[] pkcs12Mac(ASN1ObjectIdentifier hash, BigInteger rounds) throws IOException {
        DERSequence digest = new DERSequence(
                new ASN1Encodable[] {new AlgorithmIdentifier(hash, DERNull.INSTANCE), new DEROctetString(new byte[32])
                });
        return pkcs12(new DERSequence().getEncoded(), new DERSequence(new ASN1Encodable[] {
            digest, new DEROctetString(new byte[8]), new ASN1Integer(rounds)
        }));
    }

    private static byte[] pkcs12(byte[] bags, DERSequence mac) throws IOException {
        DERSequence safes = new DERSequence(data(bags));
        ASN1EncodableVector pfx = new ASN1EncodableVector();
        pfx.add(new ASN1Integer(3));
        pfx.add(data(safes.getEncoded()));
        if (mac != null) {
            pfx.add(mac);
        }
        return new DERSequence(pfx).getEncoded();
    }

    private static DERSequence data(byte[] content) {
        return new DERSequence(
                new ASN1Encodable[] {PKCSObjectIdentifiers.data, new DERTaggedObject(0, new DEROctetString(content))});
    }

    static byte[] jks(int entries, int keyLength) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(0xFEEDFEED);
            out.writeInt(2);
            out.writeInt(entries);
            out.writeInt(1);
            out.writeUTF("alias");
            out.writeLong(0);
            out.writeInt(keyLength);
            out.write(new byte[1_000]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static byte[] rsaWithLongExponents() throws IOException {
        SecureRandom random = new SecureRandom();
        BigInteger p = BigInteger.probablePrime(1024, random);
        BigInteger q = BigInteger.probablePrime(1024, random);
        BigInteger d = new BigInteger(100_000, random);
        return new RSAPrivateKey(p.multiply(q), BigInteger.valueOf(65_537), d, p, q, d, d, d).getEncoded();
    }

    static byte[] rsaOf(int bits) throws IOException {
        BigInteger large = BigInteger.ONE.shiftLeft(bits);
        BigInteger small = BigInteger.valueOf(65_537);
        return new RSAPrivateKey(large, small, small, small, small, small, small, small).getEncoded();
    }
}
