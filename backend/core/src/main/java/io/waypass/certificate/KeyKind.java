package io.waypass.certificate;

import java.math.BigInteger;
import java.util.Map;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.DSAParameter;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/**
 * Kind of a key, read from its algorithm identifier alone: nothing is computed, so a hostile key costs nothing.
 *
 * @param family decides whether Envoy can load the key
 * @param size bits of an RSA or DSA modulus; 0 for others
 * @param description in the form that people see, such as {@code RSA 2048} or {@code EC P-256}
 */
record KeyKind(Family family, int size, String description) {

    /** Families of keys that the rules distinguish. */
    enum Family {
        RSA,
        EC,
        ED25519,
        /** Envoy (BoringSSL) cannot load it. */
        UNSUPPORTED
    }

    private static final Map<String, String> CURVES =
            Map.of("1.2.840.10045.3.1.7", "P-256", "1.3.132.0.34", "P-384", "1.3.132.0.35", "P-521");

    private static final Map<String, String> OTHERS = Map.ofEntries(
            Map.entry("1.2.840.10045.3.1.1", "P-192"),
            Map.entry("1.3.132.0.33", "P-224"),
            Map.entry("1.3.132.0.10", "secp256k1"),
            Map.entry("1.3.36.3.3.2.8.1.1.7", "brainpoolP256r1"),
            Map.entry("1.3.36.3.3.2.8.1.1.11", "brainpoolP384r1"),
            Map.entry("1.3.36.3.3.2.8.1.1.13", "brainpoolP512r1"),
            Map.entry("1.2.156.10197.1.301", "SM2"),
            Map.entry("1.3.101.110", "X25519"),
            Map.entry("1.3.101.111", "X448"),
            Map.entry("1.3.101.113", "Ed448"),
            Map.entry("1.2.840.10046.2.1", "Diffie-Hellman"),
            Map.entry("1.2.840.113549.1.3.1", "Diffie-Hellman"),
            Map.entry("2.16.840.1.101.3.4.3.17", "ML-DSA-44"),
            Map.entry("2.16.840.1.101.3.4.3.18", "ML-DSA-65"),
            Map.entry("2.16.840.1.101.3.4.3.19", "ML-DSA-87"));

    static KeyKind of(SubjectPublicKeyInfo key) {
        return of(
                key.getAlgorithm(),
                () -> RSAPublicKey.getInstance(key.parsePublicKey()).getModulus());
    }

    static KeyKind of(PrivateKeyInfo key) {
        return of(
                key.getPrivateKeyAlgorithm(),
                () -> RSAPrivateKey.getInstance(key.parsePrivateKey()).getModulus());
    }

    private interface Modulus {
        BigInteger read() throws java.io.IOException;
    }

    private static KeyKind of(AlgorithmIdentifier algorithm, Modulus modulus) {
        String oid = algorithm.getAlgorithm().getId();
        return switch (oid) {
            case "1.2.840.113549.1.1.1" -> {
                int bits = bits(modulus);
                yield new KeyKind(Family.RSA, bits, "RSA " + bits);
            }
            case "1.2.840.113549.1.1.10" -> {
                int bits = bits(modulus);
                yield new KeyKind(Family.UNSUPPORTED, bits, "RSA-PSS " + bits);
            }
            case "1.2.840.10045.2.1" -> curve(algorithm);
            case "1.3.101.112" -> new KeyKind(Family.ED25519, 0, "Ed25519");
            case "1.2.840.10040.4.1" -> dsa(algorithm);
            default -> new KeyKind(Family.UNSUPPORTED, 0, OTHERS.getOrDefault(oid, "algorithm " + oid));
        };
    }

    private static int bits(Modulus modulus) {
        try {
            return modulus.read().bitLength();
        } catch (java.io.IOException | RuntimeException e) {
            return 0;
        }
    }

    private static KeyKind curve(AlgorithmIdentifier algorithm) {
        if (algorithm.getParameters() instanceof ASN1ObjectIdentifier curve) {
            String name = CURVES.get(curve.getId());
            return name == null
                    ? new KeyKind(
                            Family.UNSUPPORTED, 0, "EC " + OTHERS.getOrDefault(curve.getId(), "curve " + curve.getId()))
                    : new KeyKind(Family.EC, 0, "EC " + name);
        }
        return new KeyKind(
                Family.UNSUPPORTED,
                0,
                algorithm.getParameters() instanceof ASN1Sequence ? "EC with explicit parameters" : "EC");
    }

    private static KeyKind dsa(AlgorithmIdentifier algorithm) {
        try {
            int bits =
                    DSAParameter.getInstance(algorithm.getParameters()).getP().bitLength();
            return new KeyKind(Family.UNSUPPORTED, bits, "DSA " + bits);
        } catch (RuntimeException e) {
            return new KeyKind(Family.UNSUPPORTED, 0, "DSA");
        }
    }

    boolean supported() {
        return family != Family.UNSUPPORTED;
    }
}
