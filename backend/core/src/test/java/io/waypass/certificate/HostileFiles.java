package io.waypass.certificate;

import static io.waypass.certificate.HostileBytes.LIMIT;
import static io.waypass.certificate.HostileBytes.ascii;
import static io.waypass.certificate.HostileBytes.concat;
import static io.waypass.certificate.HostileBytes.hex;
import static io.waypass.certificate.HostileBytes.nested;
import static io.waypass.certificate.HostileBytes.pkcs7;
import static io.waypass.certificate.HostileBytes.repeated;
import static io.waypass.certificate.HostileBytes.sequenceOf;
import static io.waypass.certificate.HostileBytes.text;
import static io.waypass.certificate.HostileCertificates.certificate;
import static io.waypass.certificate.HostileCertificates.hugeCurve;
import static io.waypass.certificate.HostileCertificates.hugeDsa;
import static io.waypass.certificate.HostileCertificates.longName;
import static io.waypass.certificate.HostileCertificates.manyNames;
import static io.waypass.certificate.HostileCertificates.rsaOfOneName;
import static io.waypass.certificate.HostileCertificates.sameName;
import static io.waypass.certificate.HostileKeys.ed25519Keys;
import static io.waypass.certificate.HostileKeys.encryptedKey;
import static io.waypass.certificate.HostileKeys.jks;
import static io.waypass.certificate.HostileKeys.lockedJks;
import static io.waypass.certificate.HostileKeys.manyKeys;
import static io.waypass.certificate.HostileKeys.pbkdf2;
import static io.waypass.certificate.HostileKeys.pkcs12Key;
import static io.waypass.certificate.HostileKeys.pkcs12Mac;
import static io.waypass.certificate.HostileKeys.rsaOf;
import static io.waypass.certificate.HostileKeys.rsaWithLongExponents;
import static io.waypass.certificate.HostileKeys.smallKeys;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.misc.MiscObjectIdentifiers;
import org.bouncycastle.asn1.misc.ScryptParams;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.KeyDerivationFunc;
import org.bouncycastle.asn1.pkcs.PKCS12PBEParams;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.operator.OperatorCreationException;

/** Files that cost a reader as much as a file can, each as large as a part may be or smaller. */
final class HostileFiles {

    /**
     * A hostile submission.
     *
     * @param client parts beside a good chain with its key; empty if the CA bundle is the hostile one
     * @param caBundle empty for a good one
     */
    record Hostile(String name, List<byte[]> client, List<byte[]> caBundle, String passphrase) {
        Hostile(String name, byte[] file) {
            this(name, file, "");
        }

        Hostile(String name, byte[] file, String passphrase) {
            this(name, List.of(file), List.of(), passphrase);
        }
    }

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
}
