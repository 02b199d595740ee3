package io.waypass.testing;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.bouncycastle.util.io.pem.PemWriter;

/**
 * A certificate authority for tests, the sandbox's sample certificates and the local API server. Everything it makes is
 * made anew; nothing is kept in the repository.
 */
public final class TestCertificateAuthority {

    /** Which key a certificate gets. */
    public enum KeyType {
        /** RSA with 1024 bits: too weak, for tests that say so. */
        RSA_1024("RSA", "SHA256withRSA"),
        /** RSA with 2048 bits. */
        RSA_2048("RSA", "SHA256withRSA"),
        /** Elliptic curve P-256. */
        EC_P256("EC", "SHA256withECDSA"),
        /** Elliptic curve P-384. */
        EC_P384("EC", "SHA384withECDSA"),
        /** Ed25519. */
        ED25519("Ed25519", "Ed25519");

        private final String algorithm;
        private final String signature;

        KeyType(String algorithm, String signature) {
            this.algorithm = algorithm;
            this.signature = signature;
        }

        /** {@return a new key} */
        public KeyPair generate() {
            try {
                KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
                switch (this) {
                    case RSA_1024 -> generator.initialize(1024);
                    case RSA_2048 -> generator.initialize(2048);
                    case EC_P256 -> generator.initialize(256);
                    case EC_P384 -> generator.initialize(384);
                    case ED25519 -> {}
                }
                return generator.generateKeyPair();
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /**
     * A certificate with its key and its path.
     *
     * @param key private key
     * @param chain leaf first, without the root
     * @param root the authority at the top
     */
    public record Issued(PrivateKey key, List<X509Certificate> chain, X509Certificate root) {

        /**
         * Reads what was written before.
         *
         * @param chainPem certificates, leaf first
         * @param keyPem the leaf's key, unencrypted PKCS#8
         * @param rootPem the authority at the top
         * @return certificate, key and path
         */
        public static Issued read(String chainPem, String keyPem, String rootPem) {
            try {
                return new Issued(
                        new JcaPEMKeyConverter().getPrivateKey(PrivateKeyInfo.getInstance(content(keyPem))),
                        certificates(chainPem),
                        certificates(rootPem).getFirst());
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        /** {@return the certificate itself} */
        public X509Certificate certificate() {
            return chain.getFirst();
        }

        /** {@return the chain as PEM, leaf first} */
        public String chainPem() {
            return pem(chain);
        }

        /** {@return the key as unencrypted PKCS#8 PEM} */
        public String keyPem() {
            return write(new PemObject("PRIVATE KEY", key.getEncoded()));
        }

        /**
         * The same certificate beside a key that is not its own.
         *
         * @param other whose key
         * @return certificate and key that do not belong together
         */
        public Issued withKeyOf(Issued other) {
            return new Issued(other.key, chain, root);
        }

        /**
         * Packs key and chain.
         *
         * @param passphrase protects the file
         * @return PKCS#12
         */
        public byte[] pkcs12(String passphrase) {
            try {
                KeyStore store = KeyStore.getInstance("PKCS12");
                store.load(null, null);
                store.setKeyEntry("client", key, passphrase.toCharArray(), chain.toArray(Certificate[]::new));
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                store.store(bytes, passphrase.toCharArray());
                return bytes.toByteArray();
            } catch (GeneralSecurityException | IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /**
     * What to issue.
     *
     * @param subject RFC 4514
     * @param keyType which key
     * @param notBefore first instant of validity
     * @param notAfter last instant of validity
     * @param names DNS names and IP addresses
     * @param usages extended key usages
     */
    public record Wish(
            String subject,
            KeyType keyType,
            Instant notBefore,
            Instant notAfter,
            List<String> names,
            List<KeyPurposeId> usages) {

        /**
         * A client certificate that is valid for a year.
         *
         * @param subject RFC 4514
         * @return the wish
         */
        public static Wish client(String subject) {
            Instant now = Instant.now();
            return new Wish(
                    subject,
                    KeyType.EC_P256,
                    now.minus(Duration.ofHours(1)),
                    now.plus(Duration.ofDays(365)),
                    List.of(),
                    List.of(KeyPurposeId.id_kp_clientAuth));
        }

        /**
         * A server certificate that is valid for a year.
         *
         * @param subject RFC 4514
         * @param names DNS names and IP addresses
         * @return the wish
         */
        public static Wish server(String subject, List<String> names) {
            Wish client = client(subject);
            return new Wish(
                    subject,
                    client.keyType(),
                    client.notBefore(),
                    client.notAfter(),
                    names,
                    List.of(KeyPurposeId.id_kp_serverAuth));
        }

        /**
         * The same with another key.
         *
         * @param other which key
         * @return the wish
         */
        public Wish withKey(KeyType other) {
            return new Wish(subject, other, notBefore, notAfter, names, usages);
        }

        /**
         * The same for other purposes.
         *
         * @param others extended key usages; none leaves the extension out
         * @return the wish
         */
        public Wish withUsages(List<KeyPurposeId> others) {
            return new Wish(subject, keyType, notBefore, notAfter, names, others);
        }

        /** {@return the same, but it ended yesterday} */
        public Wish expired() {
            Instant now = Instant.now();
            return valid(now.minus(Duration.ofDays(366)), now.minus(Duration.ofDays(1)));
        }

        /** {@return the same, but it begins tomorrow} */
        public Wish notYetValid() {
            Instant now = Instant.now();
            return valid(now.plus(Duration.ofDays(1)), now.plus(Duration.ofDays(366)));
        }

        /**
         * The same with another validity.
         *
         * @param from first instant
         * @param until last instant
         * @return the wish
         */
        public Wish valid(Instant from, Instant until) {
            return new Wish(subject, keyType, from, until, names, usages);
        }
    }

    private static final SecureRandom RANDOM = new SecureRandom();

    private final KeyPair keys;
    private final KeyType keyType;
    private final X509Certificate certificate;
    private final List<X509Certificate> above;
    private final X509Certificate root;

    private TestCertificateAuthority(
            KeyPair keys, KeyType keyType, X509Certificate certificate, List<X509Certificate> above) {
        this.keys = keys;
        this.keyType = keyType;
        this.certificate = certificate;
        this.above = above;
        this.root = above.isEmpty() ? certificate : above.getLast();
    }

    /**
     * Makes a root.
     *
     * @param subject RFC 4514
     * @return the authority
     */
    public static TestCertificateAuthority root(String subject) {
        KeyPair keys = KeyType.EC_P256.generate();
        Instant now = Instant.now();
        X509Certificate certificate = sign(
                new X500Name(subject),
                keys,
                new X500Name(subject),
                keys,
                KeyType.EC_P256,
                now.minus(Duration.ofHours(1)),
                now.plus(Duration.ofDays(3650)),
                true,
                List.of(),
                List.of());
        return new TestCertificateAuthority(keys, KeyType.EC_P256, certificate, List.of());
    }

    /**
     * Makes an authority under this one.
     *
     * @param subject RFC 4514
     * @return the authority
     */
    public TestCertificateAuthority intermediate(String subject) {
        KeyPair own = KeyType.EC_P256.generate();
        Instant now = Instant.now();
        X509Certificate signed = sign(
                new X500Name(subject),
                own,
                name(),
                keys,
                keyType,
                now.minus(Duration.ofHours(1)),
                now.plus(Duration.ofDays(1825)),
                true,
                List.of(),
                List.of());
        List<X509Certificate> path = new ArrayList<>(List.of(certificate));
        path.addAll(above);
        return new TestCertificateAuthority(own, KeyType.EC_P256, signed, path);
    }

    /**
     * Issues a certificate.
     *
     * @param wish what
     * @return certificate, key and path
     */
    public Issued issue(Wish wish) {
        return issue(wish, wish.keyType().generate());
    }

    /**
     * Issues a certificate for a key that is there already.
     *
     * @param wish what; its key type is not looked at
     * @param own the key
     * @return certificate, key and path
     */
    public Issued issue(Wish wish, KeyPair own) {
        X509Certificate leaf = sign(
                new X500Name(wish.subject()),
                own,
                name(),
                keys,
                keyType,
                wish.notBefore(),
                wish.notAfter(),
                false,
                wish.names(),
                wish.usages());
        List<X509Certificate> chain = new ArrayList<>(List.of(leaf));
        if (!above.isEmpty()) {
            chain.add(certificate);
            above.stream().filter(upper -> upper != root).forEach(chain::add);
        }
        return new Issued(own.getPrivate(), List.copyOf(chain), root);
    }

    /** {@return this authority itself as a client's credential, which no client should use} */
    public Issued asLeaf() {
        List<X509Certificate> chain = new ArrayList<>(List.of(certificate));
        above.stream().filter(upper -> upper != root).forEach(chain::add);
        return new Issued(keys.getPrivate(), List.copyOf(chain), root);
    }

    /** {@return this authority's own key as unencrypted PKCS#8 PEM} */
    public String keyPem() {
        return write(new PemObject("PRIVATE KEY", keys.getPrivate().getEncoded()));
    }

    /**
     * Reads a root that was written before.
     *
     * @param certificatePem its certificate
     * @param keyPem its key, EC
     * @return the authority
     */
    public static TestCertificateAuthority read(String certificatePem, String keyPem) {
        try {
            X509Certificate certificate = (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(content(certificatePem)));
            PrivateKey key = KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(content(keyPem)));
            return new TestCertificateAuthority(
                    new KeyPair(certificate.getPublicKey(), key), KeyType.EC_P256, certificate, List.of());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<X509Certificate> certificates(String pem) {
        try {
            return CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)))
                    .stream()
                    .map(X509Certificate.class::cast)
                    .toList();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] content(String pem) {
        try (PemReader reader = new PemReader(new StringReader(pem))) {
            return reader.readPemObject().getContent();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** {@return this authority's own certificate} */
    public X509Certificate certificate() {
        return certificate;
    }

    /** {@return this authority's own certificate as PEM} */
    public String certificatePem() {
        return pem(List.of(certificate));
    }

    /**
     * Writes certificates.
     *
     * @param certificates in order
     * @return PEM
     */
    public static String pem(List<X509Certificate> certificates) {
        StringBuilder text = new StringBuilder();
        for (X509Certificate each : certificates) {
            try {
                text.append(write(new PemObject("CERTIFICATE", each.getEncoded())));
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }
        return text.toString();
    }

    private X500Name name() {
        return X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
    }

    private static X509Certificate sign(
            X500Name subject,
            KeyPair own,
            X500Name issuer,
            KeyPair issuerKeys,
            KeyType issuerKeyType,
            Instant notBefore,
            Instant notAfter,
            boolean authority,
            List<String> names,
            List<KeyPurposeId> usages) {
        try {
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    issuer,
                    new BigInteger(127, RANDOM),
                    Date.from(notBefore),
                    Date.from(notAfter),
                    subject,
                    own.getPublic());
            JcaX509ExtensionUtils extensions = new JcaX509ExtensionUtils();
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
            builder.addExtension(
                    Extension.keyUsage,
                    true,
                    new KeyUsage(authority ? KeyUsage.keyCertSign | KeyUsage.cRLSign : KeyUsage.digitalSignature));
            builder.addExtension(
                    Extension.subjectKeyIdentifier, false, extensions.createSubjectKeyIdentifier(own.getPublic()));
            builder.addExtension(
                    Extension.authorityKeyIdentifier,
                    false,
                    extensions.createAuthorityKeyIdentifier(issuerKeys.getPublic()));
            if (!usages.isEmpty()) {
                builder.addExtension(
                        Extension.extendedKeyUsage, false, new ExtendedKeyUsage(usages.toArray(KeyPurposeId[]::new)));
            }
            if (!names.isEmpty()) {
                GeneralName[] general = names.stream()
                        .map(value -> new GeneralName(
                                value.matches("[0-9.]+") ? GeneralName.iPAddress : GeneralName.dNSName, value))
                        .toArray(GeneralName[]::new);
                builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(general));
            }
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(
                            new JcaContentSignerBuilder(issuerKeyType.signature).build(issuerKeys.getPrivate())));
        } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String write(PemObject object) {
        StringWriter text = new StringWriter();
        try (PemWriter writer = new PemWriter(text)) {
            writer.writeObject(object);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return text.toString().replace("\r\n", "\n");
    }
}
