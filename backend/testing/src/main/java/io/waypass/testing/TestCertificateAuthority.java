package io.waypass.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
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

/**
 * A certificate authority for tests, the sandbox's sample certificates and the local API server. Keys and certificates
 * are generated at each run; none is in the repository.
 */
public final class TestCertificateAuthority {

    /** Algorithm and size of a key, and the algorithm of its signatures. */
    public enum KeyType {
        /** Too weak: for tests of its refusal. */
        RSA_1024("RSA", "SHA256withRSA"),
        RSA_2048("RSA", "SHA256withRSA"),
        EC_P256("EC", "SHA256withECDSA"),
        EC_P384("EC", "SHA384withECDSA"),
        ED25519("Ed25519", "Ed25519");

        private final String algorithm;
        private final String signature;

        KeyType(String algorithm, String signature) {
            this.algorithm = algorithm;
            this.signature = signature;
        }

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
     * @param chain leaf first, without the root
     */
    public record Issued(PrivateKey key, List<X509Certificate> chain, X509Certificate root) {

        /**
         * Reads a stored certificate.
         *
         * @param chainPem leaf first
         * @param keyPem unencrypted PKCS#8
         */
        public static Issued read(String chainPem, String keyPem, String rootPem) {
            try {
                return new Issued(
                        new JcaPEMKeyConverter().getPrivateKey(PrivateKeyInfo.getInstance(Pem.content(keyPem))),
                        Pem.certificates(chainPem),
                        Pem.certificates(rootPem).getFirst());
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        /** {@return the leaf} */
        public X509Certificate certificate() {
            return chain.getFirst();
        }

        /** {@return the chain as PEM, leaf first} */
        public String chainPem() {
            return pem(chain);
        }

        /** {@return the key as unencrypted PKCS#8 PEM} */
        public String keyPem() {
            return Pem.privateKey(key);
        }

        /** {@return this certificate with a key that does not belong to it} */
        public Issued withKeyOf(Issued other) {
            return new Issued(other.key, chain, root);
        }

        /** {@return key and chain as PKCS#12, protected by a passphrase} */
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
     * The certificate to issue.
     *
     * @param subject RFC 4514
     * @param names DNS names, IP addresses and SPIFFE IDs
     * @param usages extended key usages; none leaves the extension out
     */
    public record Wish(
            String subject,
            KeyType keyType,
            Instant notBefore,
            Instant notAfter,
            List<String> names,
            List<KeyPurposeId> usages) {

        /** {@return a client certificate that is valid for a year} */
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

        /** {@return a server certificate that is valid for a year} */
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

        public Wish withKey(KeyType other) {
            return new Wish(subject, other, notBefore, notAfter, names, usages);
        }

        public Wish withUsages(List<KeyPurposeId> others) {
            return new Wish(subject, keyType, notBefore, notAfter, names, others);
        }

        /** {@return a copy with a validity that ended yesterday} */
        public Wish expired() {
            Instant now = Instant.now();
            return valid(now.minus(Duration.ofDays(366)), now.minus(Duration.ofDays(1)));
        }

        /** {@return a copy with a validity that begins tomorrow} */
        public Wish notYetValid() {
            Instant now = Instant.now();
            return valid(now.plus(Duration.ofDays(1)), now.plus(Duration.ofDays(366)));
        }

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

    /** {@return a new root, valid for ten years} */
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

    /** {@return a new authority under this one, valid for five years} */
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

    public Issued issue(Wish wish) {
        return issue(wish, wish.keyType().generate());
    }

    /** Issues a certificate for an existing key; the key type of the wish is ignored. */
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
        return Pem.privateKey(keys.getPrivate());
    }

    /** Reads a stored root, with its EC key. */
    public static TestCertificateAuthority read(String certificatePem, String keyPem) {
        try {
            X509Certificate certificate = Pem.certificates(certificatePem).getFirst();
            PrivateKey key = KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(Pem.content(keyPem)));
            return new TestCertificateAuthority(
                    new KeyPair(certificate.getPublicKey(), key), KeyType.EC_P256, certificate, List.of());
        } catch (GeneralSecurityException e) {
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

    /** {@return certificates as PEM, in their order} */
    public static String pem(List<X509Certificate> certificates) {
        return Pem.certificates(certificates);
    }

    private X500Name name() {
        return X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
    }

    private static int nameType(String name) {
        if (name.startsWith("spiffe://")) {
            return GeneralName.uniformResourceIdentifier;
        }
        return name.matches("[0-9.]+") ? GeneralName.iPAddress : GeneralName.dNSName;
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
                        .map(value -> new GeneralName(nameType(value), value))
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
}
