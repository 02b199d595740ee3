package io.waypass.manifests;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.fingerprint.Fingerprints;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.Map;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecretFingerprintsTests {

    @ParameterizedTest
    @CsvSource({"RSA,2048", "RSASSA-PSS,2048", "EC,256", "EC,384", "EC,521", "Ed25519,255", "Ed448,448"})
    void a_private_key_is_named_by_its_public_key(String algorithm, int size) throws GeneralSecurityException {
        KeyPair pair = pair(algorithm, size);

        assertThat(SecretFingerprints.of(Map.of(
                        "tls.key", base64(pem("PRIVATE KEY", pair.getPrivate().getEncoded())))))
                .containsExactly(Map.entry(
                        "tls.key", Fingerprints.sha256(pair.getPublic().getEncoded())));
    }

    @ParameterizedTest
    @CsvSource({"RSA,2048,RSA PRIVATE KEY", "EC,256,EC PRIVATE KEY"})
    void a_key_in_the_older_form_has_the_same_name(String algorithm, int size, String type)
            throws GeneralSecurityException, IOException {
        KeyPair pair = pair(algorithm, size);
        byte[] inner = PrivateKeyInfo.getInstance(pair.getPrivate().getEncoded())
                .parsePrivateKey()
                .toASN1Primitive()
                .getEncoded();
        // OpenSSL puts the curve into an EC key of this form; Java's PKCS#8 keeps it outside. RSA has no such thing.
        if (algorithm.equals("EC")) {
            var sec1 = org.bouncycastle.asn1.sec.ECPrivateKey.getInstance(inner);
            var curve = PrivateKeyInfo.getInstance(pair.getPrivate().getEncoded())
                    .getPrivateKeyAlgorithm()
                    .getParameters();
            inner = new org.bouncycastle.asn1.sec.ECPrivateKey(size, sec1.getKey(), curve).getEncoded();
        }

        assertThat(SecretFingerprints.of(Map.of("tls.key", base64(pem(type, inner)))))
                .containsEntry("tls.key", Fingerprints.sha256(pair.getPublic().getEncoded()));
    }

    @Test
    void certificates_are_named_by_their_bytes() {
        assertThat(SecretFingerprints.of(Map.of("tls.crt", base64("chain\n"), "ca.crt", base64("ca\n"))))
                .containsExactly(
                        Map.entry("ca.crt", Fingerprints.sha256("ca\n")),
                        Map.entry("tls.crt", Fingerprints.sha256("chain\n")));
    }

    @Test
    void what_cannot_be_read_is_called_unreadable() {
        assertThat(SecretFingerprints.of(Map.of("tls.key", base64("no key"), "tls.crt", "%%%")))
                .containsEntry("tls.key", "unreadable")
                .containsEntry("tls.crt", "unreadable");
        assertThat(SecretFingerprints.of(Map.of("tls.key", base64(pem("PRIVATE KEY", new byte[] {1, 2, 3})))))
                .containsEntry("tls.key", "unreadable");
    }

    @Test
    void entries_that_are_not_ours_are_left_out() {
        assertThat(SecretFingerprints.of(Map.of("password", base64("hush")))).isEmpty();
    }

    private static KeyPair pair(String algorithm, int size) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        generator.initialize(size);
        return generator.generateKeyPair();
    }

    private static String pem(String type, byte[] der) {
        StringWriter text = new StringWriter();
        try (PemWriter writer = new PemWriter(text)) {
            writer.writeObject(new PemObject(type, der));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
