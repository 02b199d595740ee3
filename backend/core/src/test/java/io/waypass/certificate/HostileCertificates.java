package io.waypass.certificate;

import static io.waypass.certificate.HostileBytes.concat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
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

/** Certificates that ask for much: verifications, parameters of their keys, or names. */
final class HostileCertificates {

    private HostileCertificates() {}

    /** Their signatures are as long as the keys, so that each verification is computed to its end. */
    static byte[] rsaOfOneName(int bits, BigInteger exponent) throws IOException {
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

    static byte[] sameName(String algorithm, String curve, int count)
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

    static byte[] hugeDsa() throws GeneralSecurityException, IOException, OperatorCreationException {
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

    static byte[] hugeCurve() throws GeneralSecurityException, IOException, OperatorCreationException {
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

    static byte[] manyNames() throws GeneralSecurityException, IOException, OperatorCreationException {
        List<GeneralName> names = new ArrayList<>();
        for (int i = 0; i < 3_500; i++) {
            names.add(new GeneralName(GeneralName.dNSName, "n" + i + ".example"));
        }
        return named(new X500Name("CN=names"), names);
    }

    static byte[] longName() throws GeneralSecurityException, IOException, OperatorCreationException {
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

    static byte[] certificate(String subject, String issuer, PublicKey key, KeyPair signer, List<GeneralName> names)
            throws GeneralSecurityException, IOException, OperatorCreationException {
        return certificate(subject, issuer, SubjectPublicKeyInfo.getInstance(key.getEncoded()), signer, names);
    }

    static byte[] certificate(
            String subject, String issuer, SubjectPublicKeyInfo key, KeyPair signer, List<GeneralName> names)
            throws GeneralSecurityException, IOException, OperatorCreationException {
        return certificate(new X500Name(subject), new X500Name(issuer), key, signer, names);
    }

    static byte[] certificate(
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
}
