package io.waypass.certificate;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.misc.MiscObjectIdentifiers;
import org.bouncycastle.asn1.misc.ScryptParams;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.EncryptionScheme;
import org.bouncycastle.asn1.pkcs.KeyDerivationFunc;
import org.bouncycastle.asn1.pkcs.PBES2Parameters;
import org.bouncycastle.asn1.pkcs.PKCS12PBEParams;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Files that ask a reader for as much as files can, each as large as a part may be or smaller. */
final class HostileFiles {

    /**
     * One of them.
     *
     * @param client what is given for the client beside a good chain with its key; empty if the CA bundle is the hostile one
     * @param caBundle what is given as CA bundle; empty for a good one
     */
    record Hostile(String name, List<byte[]> client, List<byte[]> caBundle, String passphrase) {
        Hostile(String name, byte[] file) {
            this(name, file, "");
        }

        Hostile(String name, byte[] file, String passphrase) {
            this(name, List.of(file), List.of(), passphrase);
        }
    }

    private static final int LIMIT = Part.MAX_BYTES;

    private HostileFiles() {}

    static List<Hostile> all() {
        try {
            return made();
        } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<Hostile> made() throws GeneralSecurityException, IOException, OperatorCreationException {
        List<Hostile> files = new ArrayList<>();
        files.add(new Hostile("sequences within sequences, definite", nested((byte) 0x30)));
        files.add(new Hostile("octet strings within octet strings, definite", nested((byte) 0x24)));
        files.add(new Hostile("sequences within sequences, indefinite", repeated("3080", LIMIT / 2)));
        files.add(new Hostile("octet strings within octet strings, indefinite", repeated("2480", LIMIT / 2)));
        files.add(new Hostile(
                "deep octets inside a PKCS#7 structure",
                concat(hex("308006092a864886f70d010702a080"), repeated("2480", LIMIT / 2 - 20))));
        files.add(new Hostile("thousands of empty sequences", repeated("3000", LIMIT / 2)));
        files.add(new Hostile("one sequence of thousands", sequenceOf(hex("3000"), 16_000)));
        files.add(new Hostile("PKCS#7 of thousands of certificates", pkcs7(hex("3000"), 16_000)));
        for (BigInteger rounds : List.of(
                BigInteger.valueOf(5_000_000), BigInteger.valueOf(Integer.MAX_VALUE), BigInteger.ONE.shiftLeft(4096))) {
            String many = " of 2^" + rounds.bitLength() + " rounds";
            files.add(new Hostile("PKCS#12 with a MAC" + many, pkcs12Mac(rounds), "secret"));
            files.add(new Hostile("PKCS#12 with a key" + many, pkcs12Key(rounds), "secret"));
            files.add(new Hostile("PKCS#8" + many, encryptedKey(pbkdf2(rounds, null)), "secret"));
        }
        files.add(new Hostile("PKCS#8 of many keys that cost a little each", manyKeys(), "secret"));
        files.add(new Hostile(
                "PKCS#8 with a derived key of 1 GiB",
                encryptedKey(pbkdf2(BigInteger.ONE, BigInteger.ONE.shiftLeft(30))),
                "secret"));
        for (int[] scrypt : new int[][] {
            {1 << 30, 8, 1},
            {32768, 8, 1},
            {16384, 1 << 20, 1},
            {16384, 8, 1 << 20},
            {2, 1, 1 << 30},
            {2, 1, 1 << 16},
            {2, 8, 1 << 13}
        }) {
            files.add(new Hostile(
                    "scrypt with N " + scrypt[0] + ", r " + scrypt[1] + ", p " + scrypt[2],
                    encryptedKey(new KeyDerivationFunc(
                            MiscObjectIdentifiers.id_scrypt,
                            new ScryptParams(new byte[8], scrypt[0], scrypt[1], scrypt[2]))),
                    "secret"));
        }
        files.addAll(slowHashes());
        files.addAll(longPassphrases());
        files.addAll(manyOfAKind());
        files.add(new Hostile("PEM of thousands of blocks", text("-----BEGIN A-----\n-----END A-----\n", LIMIT)));
        files.add(new Hostile("PEM that begins and begins", text("-----BEGIN CERTIFICATE-----\n", LIMIT)));
        files.add(new Hostile(
                "PEM with headers without end",
                concat(ascii("-----BEGIN PRIVATE KEY-----\n"), text("Proc-Type: 4,ENCRYPTED\n", LIMIT - 100))));
        files.add(new Hostile("dashes and nothing else", text("-", LIMIT)));
        files.add(new Hostile("line ends that are written out", text("-----BEGIN \\n", LIMIT)));
        files.add(new Hostile("UTF-16 of nothing", concat(hex("fffe"), new byte[LIMIT - 2])));
        files.add(new Hostile(
                "Base64 of Base64",
                Base64.getEncoder().encode(Base64.getEncoder().encode(new byte[30_000]))));
        files.add(new Hostile("JKS with two thousand million entries", jks(Integer.MAX_VALUE, 0)));
        files.add(new Hostile("JKS with a key of two GiB", jks(1, Integer.MAX_VALUE)));
        files.add(new Hostile("RSA with exponents of thousands of bits", rsaWithLongExponents()));
        files.add(new Hostile("RSA with 60,000 bits", rsaOf(60_000)));
        files.add(new Hostile("nine P-521 certificates of one name", sameName("EC", "secp521r1", 9)));
        files.add(new Hostile(
                "nine RSA certificates of one name and exponents of 3,000 bits",
                rsaOfOneName(3072, BigInteger.ONE.shiftLeft(3000).subtract(BigInteger.ONE))));
        files.add(new Hostile("a certificate with DSA parameters of 60,000 bits, twice", hugeDsa()));
        files.add(new Hostile("a certificate with an explicit curve of 60,000 bits", hugeCurve()));
        files.add(new Hostile("a certificate with thousands of names", manyNames()));
        files.add(new Hostile("a certificate with one name of 50 KiB", longName()));
        return files;
    }

    /** As many rounds as may be asked for, with every hash that the library knows. */
    private static List<Hostile> slowHashes() throws IOException {
        List<Hostile> files = new ArrayList<>();
        for (String prf : List.of(
                "1.2.840.113549.2.7", // SHA-1
                "1.2.840.113549.2.8", // SHA-224
                "1.2.840.113549.2.9", // SHA-256
                "1.2.840.113549.2.11", // SHA-512
                "2.16.840.1.101.3.4.2.13", // SHA3-224
                "1.2.643.2.2.10")) { // GOST R 34.11-94
            boolean sha256 = prf.endsWith(".2.9");
            KeyDerivationFunc function =
                    new KeyDerivationFunc(PKCSObjectIdentifiers.id_PBKDF2, new DERSequence(new ASN1Encodable[] {
                        new DEROctetString(new byte[8]),
                        new ASN1Integer(IntakeBudget.MAX_ROUNDS / (sha256 ? 1 : 2)),
                        new ASN1Integer(64),
                        new AlgorithmIdentifier(new ASN1ObjectIdentifier(prf), DERNull.INSTANCE)
                    }));
            files.add(new Hostile("PBKDF2 with the hash " + prf, encryptedKey(function), "secret"));
        }
        for (String digest : List.of(
                "1.2.840.113549.2.2", // MD2
                "1.3.14.3.2.26", // SHA-1
                "2.16.840.1.101.3.4.2.1", // SHA-256
                "2.16.840.1.101.3.4.2.3", // SHA-512
                "1.2.643.2.2.9", // GOST R 34.11-94
                "1.2.643.7.1.1.2.3", // GOST R 34.11-2012
                "1.3.36.3.2.1")) { // RIPEMD-160
            byte[] file = pkcs12Mac(new ASN1ObjectIdentifier(digest), BigInteger.valueOf(IntakeBudget.MAX_ROUNDS));
            files.add(new Hostile("PKCS#12 with a MAC of the hash " + digest, file, "secret"));
        }
        for (int scheme = 1; scheme <= 6; scheme++) {
            AlgorithmIdentifier algorithm = new AlgorithmIdentifier(
                    PKCSObjectIdentifiers.pkcs_12PbeIds.branch(Integer.toString(scheme)),
                    new PKCS12PBEParams(new byte[8], IntakeBudget.MAX_ROUNDS / 2));
            files.add(new Hostile(
                    "PKCS#12's own encryption " + scheme,
                    new EncryptedPrivateKeyInfo(algorithm, new byte[64]).getEncoded(),
                    "secret"));
        }
        return files;
    }

    private static List<Hostile> longPassphrases() throws IOException {
        byte[] keystores = repeated(HexFormat.of().formatHex(pkcs12Mac(BigInteger.ONE)), 400);
        byte[] keys = repeated(HexFormat.of().formatHex(encryptedKey(pbkdf2(BigInteger.ONE, null))), 300);
        byte[] pem = text(
                "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,"
                        + "00112233445566778899AABBCCDDEEFF\n\nAAAAAAAAAAAAAAAAAAAAAA==\n-----END RSA PRIVATE KEY-----\n",
                LIMIT);
        List<Hostile> files = new ArrayList<>();
        for (int length : new int[] {10, Passphrase.MAX_LENGTH, 500_000}) {
            String passphrase = "p".repeat(length);
            String by = ", a passphrase of " + length;
            files.add(new Hostile("hundreds of PKCS#12 files in one" + by, keystores, passphrase));
            files.add(new Hostile("hundreds of encrypted keys in one" + by, keys, passphrase));
            files.add(new Hostile("hundreds of encrypted PEM blocks" + by, pem, passphrase));
            files.add(new Hostile("JKS with a key of 60 KiB" + by, lockedJks(), passphrase));
        }
        return files;
    }

    private static List<Hostile> manyOfAKind() throws GeneralSecurityException, IOException, OperatorCreationException {
        byte[] scrypt = encryptedKey(
                new KeyDerivationFunc(MiscObjectIdentifiers.id_scrypt, new ScryptParams(new byte[8], 16384, 8, 1)));
        List<byte[]> certificates = new ArrayList<>();
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair keys = generator.generateKeyPair();
        for (int i = 0; i < 7; i++) {
            ByteArrayOutputStream part = new ByteArrayOutputStream();
            for (int j = 0; j < 200; j++) {
                part.writeBytes(certificate("CN=same", "CN=same", keys.getPublic(), keys, List.of()));
            }
            certificates.add(part.toByteArray());
        }
        return List.of(
                new Hostile("four keys with scrypt", concat(scrypt, scrypt, scrypt, scrypt), "secret"),
                new Hostile("thousands of small keys on P-521", smallKeys("1.3.132.0.35")),
                new Hostile("thousands of small keys on P-384", smallKeys("1.3.132.0.34")),
                new Hostile(
                        "a thousand Ed25519 keys and nine certificates",
                        List.of(ed25519Keys(), sameName("EC", "secp256r1", 9)),
                        List.of(),
                        ""),
                new Hostile("1,400 certificates in seven files", certificates, List.of(), ""),
                new Hostile("a CA bundle of 1,400 certificates in seven files", List.of(), certificates, ""),
                new Hostile(
                        "nine RSA-16384 certificates of one name",
                        rsaOfOneName(16_384, BigInteger.ONE.shiftLeft(33).subtract(BigInteger.ONE))));
    }

    private static byte[] smallKeys(String curve) throws IOException {
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

    private static byte[] ed25519Keys() throws IOException {
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

    /** Their signatures are as long as the keys, so that each verification is computed to its end. */
    private static byte[] rsaOfOneName(int bits, BigInteger exponent) throws IOException {
        SecureRandom random = new SecureRandom();
        AlgorithmIdentifier algorithm =
                new AlgorithmIdentifier(PKCSObjectIdentifiers.sha256WithRSAEncryption, DERNull.INSTANCE);
        ByteArrayOutputStream certificates = new ByteArrayOutputStream();
        for (int i = 0; i < 9; i++) {
            V3TBSCertificateGenerator body = new V3TBSCertificateGenerator();
            body.setSerialNumber(new ASN1Integer(i + 1));
            body.setIssuer(new X500Name("CN=same"));
            body.setSubject(new X500Name("CN=same"));
            body.setStartDate(new Time(Date.from(Instant.now().minusSeconds(60))));
            body.setEndDate(new Time(Date.from(Instant.now().plusSeconds(86_400))));
            body.setSignature(algorithm);
            body.setSubjectPublicKeyInfo(new SubjectPublicKeyInfo(
                    new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
                    new org.bouncycastle.asn1.pkcs.RSAPublicKey(
                            new BigInteger(bits, random).setBit(bits - 1).setBit(0), exponent)));
            byte[] signature = new byte[bits / 8];
            random.nextBytes(signature);
            signature[0] = 0;
            certificates.writeBytes(new DERSequence(
                            new ASN1Encodable[] {body.generateTBSCertificate(), algorithm, new DERBitString(signature)})
                    .getEncoded());
        }
        return certificates.toByteArray();
    }

    private static byte[] lockedJks() throws IOException {
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

    private static byte[] nested(byte tag) {
        byte[] bytes = new byte[0];
        List<byte[]> heads = new ArrayList<>();
        int length = 0;
        while (length < LIMIT - 8) {
            byte[] head = head(tag, length);
            heads.add(head);
            length += head.length;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        heads.reversed().forEach(out::writeBytes);
        out.writeBytes(bytes);
        return out.toByteArray();
    }

    private static byte[] head(byte tag, int length) {
        return length < 128
                ? new byte[] {tag, (byte) length}
                : length < 256
                        ? new byte[] {tag, (byte) 0x81, (byte) length}
                        : new byte[] {tag, (byte) 0x82, (byte) (length >> 8), (byte) length};
    }

    private static byte[] sequenceOf(byte[] each, int count) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++) {
            content.writeBytes(each);
        }
        return concat(head((byte) 0x30, content.size()), content.toByteArray());
    }

    private static byte[] pkcs7(byte[] each, int count) throws IOException {
        ByteArrayOutputStream set = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++) {
            set.writeBytes(each);
        }
        byte[] certificates = concat(head((byte) 0xa0, set.size()), set.toByteArray());
        byte[] signed = concat(
                concat(
                        new ASN1Integer(1).getEncoded(),
                        new DERSet().getEncoded(),
                        new DERSequence(PKCSObjectIdentifiers.data).getEncoded()),
                certificates,
                new DERSet().getEncoded());
        byte[] sequence = concat(head((byte) 0x30, signed.length), signed);
        byte[] explicit = concat(head((byte) 0xa0, sequence.length), sequence);
        byte[] info = concat(PKCSObjectIdentifiers.signedData.getEncoded(), explicit);
        return concat(head((byte) 0x30, info.length), info);
    }

    private static KeyDerivationFunc pbkdf2(BigInteger rounds, BigInteger keyLength) {
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

    private static byte[] encryptedKey(KeyDerivationFunc function) throws IOException {
        return encrypted(function).getEncoded();
    }

    private static byte[] manyKeys() throws IOException {
        ByteArrayOutputStream keys = new ByteArrayOutputStream();
        for (int i = 0; i < 200; i++) {
            keys.writeBytes(encryptedKey(pbkdf2(BigInteger.valueOf(50_000), null)));
        }
        return keys.toByteArray();
    }

    private static byte[] pkcs12Key(BigInteger rounds) throws IOException {
        DERSequence bag = new DERSequence(new ASN1Encodable[] {
            PKCSObjectIdentifiers.pkcs8ShroudedKeyBag, new DERTaggedObject(0, encrypted(pbkdf2(rounds, null)))
        });
        return pkcs12(new DERSequence(bag).getEncoded(), null);
    }

    private static byte[] pkcs12Mac(BigInteger rounds) throws IOException {
        return pkcs12Mac(NISTObjectIdentifiers.id_sha256, rounds);
    }

    private static byte[] pkcs12Mac(ASN1ObjectIdentifier hash, BigInteger rounds) throws IOException {
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

    private static byte[] jks(int entries, int keyLength) {
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

    private static byte[] rsaWithLongExponents() throws IOException {
        SecureRandom random = new SecureRandom();
        BigInteger p = BigInteger.probablePrime(1024, random);
        BigInteger q = BigInteger.probablePrime(1024, random);
        BigInteger d = new BigInteger(100_000, random);
        return new RSAPrivateKey(p.multiply(q), BigInteger.valueOf(65_537), d, p, q, d, d, d).getEncoded();
    }

    private static byte[] rsaOf(int bits) throws IOException {
        BigInteger large = BigInteger.ONE.shiftLeft(bits);
        BigInteger small = BigInteger.valueOf(65_537);
        return new RSAPrivateKey(large, small, small, small, small, small, small, small).getEncoded();
    }

    private static byte[] sameName(String algorithm, String curve, int count)
            throws GeneralSecurityException, IOException, OperatorCreationException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        generator.initialize(new ECGenParameterSpec(curve));
        ByteArrayOutputStream certificates = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++) {
            KeyPair keys = generator.generateKeyPair();
            certificates.writeBytes(certificate("CN=same", "CN=same", keys.getPublic(), keys, List.of()));
        }
        return certificates.toByteArray();
    }

    private static byte[] hugeDsa() throws GeneralSecurityException, IOException, OperatorCreationException {
        BigInteger huge = BigInteger.ONE.shiftLeft(60_000).setBit(0);
        SubjectPublicKeyInfo key = new SubjectPublicKeyInfo(
                new AlgorithmIdentifier(
                        new ASN1ObjectIdentifier("1.2.840.10040.4.1"), new DERSequence(new ASN1Encodable[] {
                            new ASN1Integer(huge),
                            new ASN1Integer(BigInteger.ONE.shiftLeft(255).setBit(0)),
                            new ASN1Integer(BigInteger.TWO)
                        })),
                new ASN1Integer(huge.shiftRight(1)));
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair signer = generator.generateKeyPair();
        return concat(
                certificate("CN=dsa", "CN=dsa", key, signer, List.of()),
                certificate("CN=leaf", "CN=dsa", signer.getPublic(), signer, List.of()));
    }

    private static byte[] hugeCurve() throws GeneralSecurityException, IOException, OperatorCreationException {
        BigInteger huge = BigInteger.ONE.shiftLeft(60_000).setBit(0);
        DERSequence parameters = new DERSequence(new ASN1Encodable[] {
            new ASN1Integer(1),
            new DERSequence(new ASN1Encodable[] {new ASN1ObjectIdentifier("1.2.840.10045.1.1"), new ASN1Integer(huge)}),
            new DERSequence(
                    new ASN1Encodable[] {new DEROctetString(new byte[7500]), new DEROctetString(new byte[7500])}),
            new DEROctetString(new byte[15_001]),
            new ASN1Integer(huge)
        });
        SubjectPublicKeyInfo key = new SubjectPublicKeyInfo(
                new AlgorithmIdentifier(new ASN1ObjectIdentifier("1.2.840.10045.2.1"), parameters), new byte[100]);
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return certificate("CN=curve", "CN=curve", key, generator.generateKeyPair(), List.of());
    }

    private static byte[] manyNames() throws GeneralSecurityException, IOException, OperatorCreationException {
        List<GeneralName> names = new ArrayList<>();
        for (int i = 0; i < 3_500; i++) {
            names.add(new GeneralName(GeneralName.dNSName, "n" + i + ".example"));
        }
        return named(new X500Name("CN=names"), names);
    }

    private static byte[] longName() throws GeneralSecurityException, IOException, OperatorCreationException {
        ASN1ObjectIdentifier description = new ASN1ObjectIdentifier("2.5.4.13");
        return named(
                new X500Name(new RDN[] {new RDN(description, new DERUTF8String("\u202e".repeat(16_000)))}), List.of());
    }

    private static byte[] named(X500Name subject, List<GeneralName> names)
            throws GeneralSecurityException, IOException, OperatorCreationException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair keys = generator.generateKeyPair();
        return certificate(
                subject,
                new X500Name("CN=CA"),
                SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded()),
                keys,
                names);
    }

    private static byte[] certificate(
            String subject, String issuer, PublicKey key, KeyPair signer, List<GeneralName> names)
            throws GeneralSecurityException, IOException, OperatorCreationException {
        return certificate(subject, issuer, SubjectPublicKeyInfo.getInstance(key.getEncoded()), signer, names);
    }

    private static byte[] certificate(
            String subject, String issuer, SubjectPublicKeyInfo key, KeyPair signer, List<GeneralName> names)
            throws GeneralSecurityException, IOException, OperatorCreationException {
        return certificate(new X500Name(subject), new X500Name(issuer), key, signer, names);
    }

    private static byte[] certificate(
            X500Name subject, X500Name issuer, SubjectPublicKeyInfo key, KeyPair signer, List<GeneralName> names)
            throws GeneralSecurityException, IOException, OperatorCreationException {
        Instant now = Instant.now();
        X509v3CertificateBuilder builder = new X509v3CertificateBuilder(
                issuer,
                new BigInteger(64, new SecureRandom()),
                Date.from(now.minusSeconds(60)),
                Date.from(now.plusSeconds(86_400)),
                subject,
                key);
        if (!names.isEmpty()) {
            builder.addExtension(
                    Extension.subjectAlternativeName, false, new GeneralNames(names.toArray(GeneralName[]::new)));
        }
        ContentSigner content = new JcaContentSignerBuilder("SHA256withECDSA").build(signer.getPrivate());
        return builder.build(content).getEncoded();
    }

    private static byte[] repeated(String hex, int count) {
        return hex(hex.repeat(count));
    }

    private static byte[] hex(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    private static byte[] text(String unit, int length) {
        return Arrays.copyOf(ascii(unit.repeat(length / unit.length() + 1)), length);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
