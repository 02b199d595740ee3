package io.waypass.applier.reconcile;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waypass.certificate.PrivateKeyMaterial;
import io.waypass.certificate.StoredCertificate;
import io.waypass.fingerprint.Fingerprints;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * JSON of a Secret of type {@code kubernetes.io/tls}: the chain with the leaf first, the key as unencrypted PKCS#8 PEM, and the CA,
 * without which istiod delivers the certificate but every call fails (measured). From unsealing to sending, the key is only in byte
 * arrays that can be wiped, never in a string.
 */
final class TlsSecretJson {

    private static final byte[] BEGIN = "-----BEGIN PRIVATE KEY-----\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "\n-----END PRIVATE KEY-----\n".getBytes(StandardCharsets.US_ASCII);

    private TlsSecretJson() {}

    /**
     * Writes a Secret with its data.
     *
     * @param secret as approved, with fingerprints in place of the data
     * @return JSON in UTF-8 with metadata before data; the caller wipes it
     */
    static byte[] write(ObjectNode secret, StoredCertificate certificate, PrivateKeyMaterial key) {
        ObjectNode rest = secret.deepCopy();
        rest.remove("data");
        byte[] opening = rest.toString().getBytes(StandardCharsets.UTF_8);
        byte[] data = (",\"data\":{\"tls.crt\":\"" + base64(certificate.chainPem()) + "\",\"ca.crt\":\""
                        + base64(certificate.caBundlePem()) + "\",\"tls.key\":\"")
                .getBytes(StandardCharsets.UTF_8);
        byte[] closing = "\"}}".getBytes(StandardCharsets.UTF_8);
        byte[] pem = base64Pem(key.pkcs8());
        try {
            // the brace that closes the object moves behind its data
            return ByteBuffer.allocate(opening.length - 1 + data.length + pem.length + closing.length)
                    .put(opening, 0, opening.length - 1)
                    .put(data)
                    .put(pem)
                    .put(closing)
                    .array();
        } finally {
            Arrays.fill(pem, (byte) 0);
        }
    }

    /**
     * Whether a certificate matches the fingerprints of an approved Secret. The key needs no check: intake has verified that it belongs
     * to the leaf, and the leaf is in the chain.
     */
    static boolean matches(JsonNode fingerprints, StoredCertificate certificate) {
        return fingerprints.path("tls.crt").asText().equals(Fingerprints.sha256(certificate.chainPem()))
                && fingerprints.path("ca.crt").asText().equals(Fingerprints.sha256(certificate.caBundlePem()));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] base64Pem(byte[] pkcs8) {
        byte[] body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encode(pkcs8);
        byte[] pem = ByteBuffer.allocate(BEGIN.length + body.length + END.length)
                .put(BEGIN)
                .put(body)
                .put(END)
                .array();
        try {
            return Base64.getEncoder().encode(pem);
        } finally {
            Arrays.fill(body, (byte) 0);
            Arrays.fill(pem, (byte) 0);
        }
    }
}
