package io.waypass.manifests;

import io.waypass.fingerprint.Fingerprints;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.Ed448PrivateKeyParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.params.RSAPrivateCrtKeyParameters;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;

/**
 * Fingerprints of a live Secret: the same three that a rendered Secret has (see {@link
 * io.waypass.fingerprint.CertificateFingerprints}), so that the two can be compared and shown without revealing values.
 */
public final class SecretFingerprints {

    static final String CHAIN = "tls.crt";
    static final String KEY = "tls.key";
    static final String CA = "ca.crt";

    /** Replaces a value that is no Base64, or a key that cannot be parsed. */
    static final String UNREADABLE = "unreadable";

    private static final Pattern FINGERPRINT = Pattern.compile("sha256:[0-9a-f]{64}|" + UNREADABLE);

    private SecretFingerprints() {}

    /**
     * Fingerprints a live Secret.
     *
     * @param base64Data the Secret's {@code data}
     * @return for each entry of {@code tls.crt}, {@code tls.key} and {@code ca.crt} that exists: {@code sha256:} and 64
     * hex digits (for the key: of its public key's SubjectPublicKeyInfo in DER), or {@code unreadable}. Other entries
     * are left out
     */
    public static Map<String, String> of(Map<String, String> base64Data) {
        Map<String, String> fingerprints = new TreeMap<>();
        base64Data.forEach((entry, value) -> {
            switch (entry) {
                case CHAIN, CA -> fingerprints.put(entry, fingerprint(value, Optional::of));
                case KEY -> fingerprints.put(entry, fingerprint(value, SecretFingerprints::publicKey));
                default -> {}
            }
        });
        return fingerprints;
    }

    /** Whether a value is a fingerprint and may be shown. */
    static boolean isFingerprint(String value) {
        return FINGERPRINT.matcher(value).matches();
    }

    private static String fingerprint(String base64, Function<byte[], Optional<byte[]>> subject) {
        byte[] value;
        try {
            value = Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            return UNREADABLE;
        }
        try {
            return subject.apply(value).map(Fingerprints::sha256).orElse(UNREADABLE);
        } finally {
            Arrays.fill(value, (byte) 0);
        }
    }

    private static Optional<byte[]> publicKey(byte[] pem) {
        try (PEMParser parser =
                new PEMParser(new InputStreamReader(new ByteArrayInputStream(pem), StandardCharsets.US_ASCII))) {
            for (Object block = parser.readObject(); block != null; block = parser.readObject()) {
                if (block instanceof PrivateKeyInfo key) {
                    return Optional.of(publicKey(key));
                }
                if (block instanceof PEMKeyPair pair) {
                    return Optional.of(publicKey(pair.getPrivateKeyInfo()));
                }
            }
            return Optional.empty();
        } catch (IOException | RuntimeException e) {
            // Whatever the error is, its message may quote the key.
            return Optional.empty();
        }
    }

    private static byte[] publicKey(PrivateKeyInfo key) throws IOException {
        AsymmetricKeyParameter publicKey = switch (PrivateKeyFactory.createKey(key)) {
            case RSAPrivateCrtKeyParameters rsa ->
                new RSAKeyParameters(false, rsa.getModulus(), rsa.getPublicExponent());
            case ECPrivateKeyParameters ec ->
                new ECPublicKeyParameters(
                        new FixedPointCombMultiplier()
                                .multiply(ec.getParameters().getG(), ec.getD()),
                        ec.getParameters());
            case Ed25519PrivateKeyParameters ed -> ed.generatePublicKey();
            case Ed448PrivateKeyParameters ed -> ed.generatePublicKey();
            default -> throw new IOException("a kind of key that no client certificate here has");
        };
        SubjectPublicKeyInfo info = SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(publicKey);
        // RFC 5958 and RFC 5280 identify the algorithm the same way; copying the key's own identifier preserves
        // RSASSA-PSS.
        return new SubjectPublicKeyInfo(
                        key.getPrivateKeyAlgorithm(), info.getPublicKeyData().getBytes())
                .getEncoded("DER");
    }
}
