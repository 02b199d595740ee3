package io.waypass.certificate;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;

/**
 * Normalises and checks private keys. Normalised keys are equal in bytes if they are the same key: PKCS#8 (RFC 5208)
 * without attributes, for EC with the public point, and only of kinds and sizes that Envoy loads. The numbers of a key
 * are checked before any operation with it, because a signature with invented exponents could take minutes.
 */
final class PrivateKeys {

    /** BoringSSL, on which Envoy is built, and Java refuse larger moduli. */
    static final int MAX_RSA_BITS = 16_384;

    /**
     * A signature with a larger modulus takes longer than a hostile file may cost; only the numbers are checked then.
     */
    static final int MAX_PROVEN_BITS = 8192;

    /** BoringSSL accepts no larger public exponents; one of thousands of bits would cost a hundred times as much. */
    static final int MAX_EXPONENT_BITS = 33;

    private static final byte[] PROOF = "waypass proof of possession".getBytes(StandardCharsets.US_ASCII);

    private PrivateKeys() {}

    static KeyKind kind(PrivateKeyMaterial key) {
        return KeyKind.of(PrivateKeyInfo.getInstance(key.pkcs8()));
    }

    /**
     * Normalises a key.
     *
     * @param budget charged before any computation
     * @throws Unreadable if Envoy cannot load keys of this kind, or the numbers are inconsistent
     */
    static PrivateKeyMaterial normalised(PrivateKeyInfo info, IntakeBudget budget) throws Unreadable {
        budget.key();
        KeyKind kind = KeyKind.of(info);
        try {
            return switch (kind.family()) {
                case RSA -> rsa(info, kind);
                case EC -> ec(info);
                case ED25519 -> ed25519(info);
                case UNSUPPORTED ->
                    throw Unreadable.keyUnsupported("the key is of the kind " + kind.description() + ".");
            };
        } catch (IOException | RuntimeException e) {
            throw inconsistent();
        }
    }

    private static PrivateKeyMaterial rsa(PrivateKeyInfo info, KeyKind kind) throws Unreadable, IOException {
        RSAPrivateKey key = RSAPrivateKey.getInstance(info.parsePrivateKey());
        if (kind.size() > MAX_RSA_BITS) {
            throw Unreadable.keyUnsupported("the key is " + kind.description() + ".");
        }
        BigInteger p = key.getPrime1();
        BigInteger q = key.getPrime2();
        BigInteger e = key.getPublicExponent();
        boolean fits = p.signum() > 0
                && q.signum() > 0
                && p.bitLength() + q.bitLength() <= MAX_RSA_BITS + 1
                && p.multiply(q).equals(key.getModulus())
                && e.signum() > 0
                && e.bitLength() <= MAX_EXPONENT_BITS
                && inverse(e, key.getExponent1(), p)
                && inverse(e, key.getExponent2(), q)
                && fits(key.getPrivateExponent(), key)
                && key.getCoefficient().signum() > 0
                && key.getCoefficient().compareTo(p) < 0
                && key.getCoefficient().multiply(q).mod(p).equals(BigInteger.ONE);
        if (!fits) {
            throw inconsistent();
        }
        return material(
                new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
                new RSAPrivateKey(
                        key.getModulus(),
                        e,
                        key.getPrivateExponent(),
                        p,
                        q,
                        key.getExponent1(),
                        key.getExponent2(),
                        key.getCoefficient()));
    }

    /** Java and OpenSSL sign without this number; BoringSSL checks it and refuses an inconsistent key. */
    private static boolean fits(BigInteger d, RSAPrivateKey key) {
        return d.signum() > 0
                && d.compareTo(key.getModulus()) < 0
                && d.mod(key.getPrime1().subtract(BigInteger.ONE)).equals(key.getExponent1())
                && d.mod(key.getPrime2().subtract(BigInteger.ONE)).equals(key.getExponent2());
    }

    private static boolean inverse(BigInteger e, BigInteger exponent, BigInteger prime) {
        BigInteger order = prime.subtract(BigInteger.ONE);
        return exponent.signum() > 0
                && exponent.compareTo(order) < 0
                && e.multiply(exponent).mod(order).equals(BigInteger.ONE);
    }

    private static PrivateKeyMaterial ec(PrivateKeyInfo info) throws Unreadable, IOException {
        ASN1ObjectIdentifier oid =
                ASN1ObjectIdentifier.getInstance(info.getPrivateKeyAlgorithm().getParameters());
        X9ECParameters curve = CustomNamedCurves.getByOID(oid);
        BigInteger scalar = ECPrivateKey.getInstance(info.parsePrivateKey()).getKey();
        if (scalar.signum() <= 0 || scalar.compareTo(curve.getN()) >= 0) {
            throw inconsistent();
        }
        byte[] point = new FixedPointCombMultiplier()
                .multiply(curve.getG(), scalar)
                .normalize()
                .getEncoded(false);
        return material(
                info.getPrivateKeyAlgorithm(),
                new ECPrivateKey(curve.getN().bitLength(), scalar, new DERBitString(point), null));
    }

    private static PrivateKeyMaterial ed25519(PrivateKeyInfo info) throws Unreadable, IOException {
        byte[] seed = ASN1OctetString.getInstance(info.parsePrivateKey()).getOctets();
        try {
            if (seed.length != Ed25519PrivateKeyParameters.KEY_SIZE) {
                throw inconsistent();
            }
            return material(info.getPrivateKeyAlgorithm(), new DEROctetString(seed));
        } finally {
            Arrays.fill(seed, (byte) 0);
        }
    }

    private static PrivateKeyMaterial material(AlgorithmIdentifier algorithm, ASN1Encodable key) throws IOException {
        return new PrivateKeyMaterial(new PrivateKeyInfo(algorithm, key).getEncoded("DER"));
    }

    static Unreadable inconsistent() {
        return new Unreadable(
                "the private key is damaged: its numbers do not fit together.",
                "a whole private key.",
                "Look whether “openssl pkey -check -noout -in key.pem” accepts it, and copy it again from where it was"
                        + " made.");
    }

    /** Whether the key belongs to a certificate, by the public key that is computed from it. */
    static boolean belongs(PrivateKeyMaterial key, X509 certificate) {
        return publicKey(key)
                .filter(own -> same(own, SubjectPublicKeyInfo.getInstance(certificate.publicKey())))
                .isPresent();
    }

    private static boolean same(SubjectPublicKeyInfo one, SubjectPublicKeyInfo other) {
        boolean named = one.getAlgorithm().getParameters() instanceof ASN1ObjectIdentifier;
        return one.getAlgorithm().getAlgorithm().equals(other.getAlgorithm().getAlgorithm())
                && (!named || one.getAlgorithm().equals(other.getAlgorithm()))
                && Arrays.equals(
                        one.getPublicKeyData().getBytes(),
                        other.getPublicKeyData().getBytes());
    }

    private static Optional<SubjectPublicKeyInfo> publicKey(PrivateKeyMaterial key) {
        try {
            PrivateKeyInfo info = PrivateKeyInfo.getInstance(key.pkcs8());
            return Optional.of(
                    switch (KeyKind.of(info).family()) {
                        case RSA -> {
                            RSAPrivateKey rsa = RSAPrivateKey.getInstance(info.parsePrivateKey());
                            yield new SubjectPublicKeyInfo(
                                    info.getPrivateKeyAlgorithm(),
                                    new RSAPublicKey(rsa.getModulus(), rsa.getPublicExponent()));
                        }
                        case EC ->
                            new SubjectPublicKeyInfo(
                                    info.getPrivateKeyAlgorithm(),
                                    ECPrivateKey.getInstance(info.parsePrivateKey())
                                            .getPublicKey()
                                            .getOctets());
                        case ED25519 ->
                            new SubjectPublicKeyInfo(
                                    info.getPrivateKeyAlgorithm(),
                                    new Ed25519PrivateKeyParameters(ASN1OctetString.getInstance(info.parsePrivateKey())
                                                    .getOctets())
                                            .generatePublicKey()
                                            .getEncoded());
                        case UNSUPPORTED -> throw new IOException("not a kind that is taken");
                    });
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }

    /** Whether the certificate verifies a signature of the key: the final proof that the key is usable. */
    static boolean proves(PrivateKeyMaterial material, X509 certificate) {
        try {
            PublicKey publicKey = certificate.certificate().getPublicKey();
            PrivateKey key = KeyFactory.getInstance(publicKey.getAlgorithm())
                    .generatePrivate(new PKCS8EncodedKeySpec(material.pkcs8()));
            String algorithm = switch (certificate.key().family()) {
                case RSA -> "SHA256withRSA";
                case EC -> "SHA256withECDSA";
                default -> "Ed25519";
            };
            Signature signer = Signature.getInstance(algorithm);
            signer.initSign(key);
            signer.update(PROOF);
            byte[] proof = signer.sign();
            Signature verifier = Signature.getInstance(algorithm);
            verifier.initVerify(publicKey);
            verifier.update(PROOF);
            return verifier.verify(proof);
        } catch (GeneralSecurityException | RuntimeException e) {
            return false;
        }
    }
}
