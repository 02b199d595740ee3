package io.waypass.certificate;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PBKDF2Params;
import org.bouncycastle.asn1.pkcs.PBMAC1Params;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.cms.CMSAbsentContent;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS12PfxPdu;
import org.bouncycastle.pkcs.PKCS12PfxPduBuilder;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.bc.BcPKCS12PBMac1CalculatorBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS12SafeBagBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS8EncryptedPrivateKeyInfoBuilder;
import org.bouncycastle.pkcs.jcajce.JcePKCS12MacCalculatorBuilder;
import org.bouncycastle.pkcs.jcajce.JcePKCSPBEOutputEncryptorBuilder;

/**
 * Makes the seeds of the fuzz tests. Their keys are no secrets: the EC key is the number 1, the Ed25519 key is zeros. They
 * are written beside the tests by {@code FuzzSeedsTests} when {@code -Dwaypass.seeds=write} is given.
 */
final class FuzzSeeds {

    private static final char[] PASSPHRASE = "correct horse".toCharArray();

    private FuzzSeeds() {}

    static final List<String> TARGETS = List.of(
            "aClientsPart",
            "aClientsPartWithAPassphrase",
            "aCaBundle",
            "pemText",
            "anAsn1Structure",
            "aJavaKeystore",
            "aWholeSubmission");

    /** Writes the seeds of every target below a folder. */
    static void write(Path folder) throws Exception {
        Map<String, byte[]> seeds = seeds();
        for (String target : TARGETS) {
            for (Map.Entry<String, byte[]> seed : seeds.entrySet()) {
                boolean pem = seed.getKey().endsWith(".pem");
                boolean jks = seed.getKey().endsWith(".jks");
                boolean fits = switch (target) {
                    case "pemText" -> pem;
                    case "aJavaKeystore" -> jks;
                    case "anAsn1Structure" -> !pem && !jks;
                    default -> true;
                };
                if (fits) {
                    write(folder.resolve(target).resolve(seed.getKey()), seed.getValue());
                }
            }
        }
    }

    private static void write(Path file, byte[] content) throws IOException {
        Files.createDirectories(file.getParent());
        Files.write(file, content);
    }

    static Map<String, byte[]> seeds() throws Exception {
        PrivateKeyInfo one = one();
        PrivateKeyInfo zeros = new PrivateKeyInfo(
                new AlgorithmIdentifier(EdECObjectIdentifiers.id_Ed25519), new DEROctetString(new byte[32]));
        PrivateKey key = KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(one.getEncoded()));
        byte[] point =
                ECPrivateKey.getInstance(one.parsePrivateKey()).getPublicKey().getOctets();
        PublicKey publicKey = KeyFactory.getInstance("EC")
                .generatePublic(new X509EncodedKeySpec(
                        new SubjectPublicKeyInfo(one.getPrivateKeyAlgorithm(), point).getEncoded()));
        PublicKey edPublicKey = KeyFactory.getInstance("Ed25519")
                .generatePublic(new X509EncodedKeySpec(new SubjectPublicKeyInfo(
                                new AlgorithmIdentifier(EdECObjectIdentifiers.id_Ed25519),
                                new Ed25519PrivateKeyParameters(new byte[32])
                                        .generatePublicKey()
                                        .getEncoded())
                        .getEncoded()));
        X509Certificate root = certificate("CN=Seed Root", "CN=Seed Root", publicKey, key, true);
        X509Certificate leaf = certificate("CN=seed", "CN=Seed Root", publicKey, key, false);
        X509Certificate edLeaf = certificate("CN=seed-ed", "CN=Seed Root", edPublicKey, key, false);

        Map<String, byte[]> seeds = new LinkedHashMap<>();
        seeds.put("certificate.der", leaf.getEncoded());
        seeds.put("pkcs8.der", one.getEncoded());
        seeds.put("pkcs8-ed25519.der", zeros.getEncoded());
        seeds.put("sec1.der", one.parsePrivateKey().toASN1Primitive().getEncoded());
        seeds.put("pkcs1-of-15.der", rsaOf15());
        CMSSignedDataGenerator bundle = new CMSSignedDataGenerator();
        bundle.addCertificates(new org.bouncycastle.cert.jcajce.JcaCertStore(List.of(leaf, root)));
        seeds.put("chain.p7b", bundle.generate(new CMSAbsentContent(), false).getEncoded());
        seeds.put("pkcs8-encrypted.der", encrypted(key).getEncoded());
        seeds.put("keystore.p12", keystore(key, leaf, root, true));
        seeds.put("keystore-bare.p12", keystore(key, leaf, root, false));
        seeds.put("keystore-pbmac1.p12", pbmac1(key, leaf, root));
        seeds.put("keystore.jks", jks(key, leaf, root));
        seeds.put("chain.pem", pem("CERTIFICATE", leaf.getEncoded(), root.getEncoded()));
        seeds.put(
                "all-in-one.pem",
                concat(
                        pem("PRIVATE KEY", zeros.getEncoded()),
                        pem("CERTIFICATE", edLeaf.getEncoded(), root.getEncoded())));
        seeds.put(
                "sec1-with-parameters.pem",
                concat(
                        pem("EC PARAMETERS", SECObjectIdentifiers.secp256r1.getEncoded()),
                        pem(
                                "EC PRIVATE KEY",
                                one.parsePrivateKey().toASN1Primitive().getEncoded())));
        seeds.put("pkcs7.pem", pem("PKCS7", seeds.get("chain.p7b")));
        seeds.put(
                "legacy-encrypted.pem",
                "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n-----END EC PRIVATE KEY-----\n"
                        .getBytes(StandardCharsets.US_ASCII));
        seeds.put(
                "bag-attributes.pem",
                concat(
                        "Bag Attributes\r\n    friendlyName: seed\r\n".getBytes(StandardCharsets.US_ASCII),
                        seeds.get("chain.pem")));
        seeds.put("bare-base64.txt", Base64.getEncoder().encode(leaf.getEncoded()));
        seeds.put("cut-off.pem", "-----BEGIN CERTIFICATE-----\nMIIB".getBytes(StandardCharsets.US_ASCII));
        return seeds;
    }

    /** The client's half of a good submission. */
    static byte[] client() {
        return seed("all-in-one.pem");
    }

    /** The CA bundle of a good submission. */
    static byte[] root() {
        String chain = new String(seed("chain.pem"), StandardCharsets.US_ASCII);
        return chain.substring(chain.lastIndexOf("-----BEGIN")).getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] seed(String name) {
        try {
            return seeds().get(name);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static PrivateKeyInfo one() throws IOException {
        var curve = CustomNamedCurves.getByOID(SECObjectIdentifiers.secp256r1);
        return new PrivateKeyInfo(
                new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, SECObjectIdentifiers.secp256r1),
                new ECPrivateKey(
                        256, BigInteger.ONE, new DERBitString(curve.getG().getEncoded(false)), null));
    }

    private static byte[] rsaOf15() throws IOException {
        BigInteger three = BigInteger.valueOf(3);
        return new org.bouncycastle.asn1.pkcs.RSAPrivateKey(
                        BigInteger.valueOf(15),
                        three,
                        three,
                        three,
                        BigInteger.valueOf(5),
                        BigInteger.ONE,
                        three,
                        BigInteger.TWO)
                .getEncoded();
    }

    private static X509Certificate certificate(
            String subject, String issuer, PublicKey publicKey, PrivateKey signer, boolean ca) throws Exception {
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                new X500Name(issuer),
                BigInteger.TEN,
                Date.from(Instant.parse("2026-01-01T00:00:00Z")),
                Date.from(Instant.parse("2026-12-31T00:00:00Z")),
                new X500Name(subject),
                publicKey);
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(ca));
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(signer)));
    }

    private static PKCS8EncryptedPrivateKeyInfo encrypted(PrivateKey key) throws Exception {
        return new JcaPKCS8EncryptedPrivateKeyInfoBuilder(key)
                .build(new JcePKCSPBEOutputEncryptorBuilder(
                                org.bouncycastle.asn1.nist.NISTObjectIdentifiers.id_aes256_CBC)
                        .setProvider(BouncyCastle.LIBRARY.provider())
                        .setIterationCount(10)
                        .build(PASSPHRASE));
    }

    /** As OpenSSL writes it with {@code -pbmac1_pbkdf2}. */
    private static byte[] pbmac1(PrivateKey key, X509Certificate leaf, X509Certificate root) throws Exception {
        AlgorithmIdentifier hmac = new AlgorithmIdentifier(PKCSObjectIdentifiers.id_hmacWithSHA256, DERNull.INSTANCE);
        PBMAC1Params parameters = new PBMAC1Params(
                new AlgorithmIdentifier(PKCSObjectIdentifiers.id_PBKDF2, new PBKDF2Params(new byte[8], 10, 32, hmac)),
                hmac);
        return new PKCS12PfxPduBuilder()
                .addData(new JcaPKCS12SafeBagBuilder(leaf).build())
                .addData(new JcaPKCS12SafeBagBuilder(root).build())
                .addData(new JcaPKCS12SafeBagBuilder(key).build())
                .build(new BcPKCS12PBMac1CalculatorBuilder(parameters), PASSPHRASE)
                .getEncoded();
    }

    private static byte[] keystore(PrivateKey key, X509Certificate leaf, X509Certificate root, boolean locked)
            throws Exception {
        PKCS12PfxPduBuilder builder = new PKCS12PfxPduBuilder();
        var certificates = new org.bouncycastle.pkcs.PKCS12SafeBag[] {
            new JcaPKCS12SafeBagBuilder(leaf).build(), new JcaPKCS12SafeBagBuilder(root).build()
        };
        if (!locked) {
            for (var certificate : certificates) {
                builder.addData(certificate);
            }
            builder.addData(new JcaPKCS12SafeBagBuilder(key).build());
            return builder.build(null, new char[0]).getEncoded();
        }
        var encryptor = new JcePKCSPBEOutputEncryptorBuilder(
                        org.bouncycastle.asn1.nist.NISTObjectIdentifiers.id_aes256_CBC)
                .setProvider(BouncyCastle.LIBRARY.provider())
                .setIterationCount(10);
        builder.addEncryptedData(encryptor.build(PASSPHRASE), certificates);
        builder.addData(new JcaPKCS12SafeBagBuilder(key, encryptor.build(PASSPHRASE)).build());
        PKCS12PfxPdu pfx = builder.build(
                new JcePKCS12MacCalculatorBuilder(org.bouncycastle.asn1.nist.NISTObjectIdentifiers.id_sha256)
                        .setProvider(BouncyCastle.LIBRARY.provider())
                        .setIterationCount(10),
                PASSPHRASE);
        return pfx.getEncoded();
    }

    private static byte[] jks(PrivateKey key, X509Certificate leaf, X509Certificate root) throws Exception {
        KeyStore store = KeyStore.getInstance("JKS");
        store.load(null, null);
        store.setKeyEntry("seed", key, PASSPHRASE, new X509Certificate[] {leaf, root});
        store.setCertificateEntry("trusted", root);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        store.store(bytes, PASSPHRASE);
        return bytes.toByteArray();
    }

    private static byte[] pem(String label, byte[]... blocks) {
        StringBuilder text = new StringBuilder();
        for (byte[] block : blocks) {
            text.append("-----BEGIN ")
                    .append(label)
                    .append("-----\n")
                    .append(Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(block))
                    .append("\n-----END ")
                    .append(label)
                    .append("-----\n");
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] concat(byte[] one, byte[] other) {
        byte[] both = java.util.Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }
}
