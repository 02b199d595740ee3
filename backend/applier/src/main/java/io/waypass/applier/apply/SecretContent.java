package io.waypass.applier.apply;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waypass.certificate.Fingerprints;
import io.waypass.certificate.PrivateKeyMaterial;
import io.waypass.certificate.StoredCertificate;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * Fills a Secret of type {@code kubernetes.io/tls}: chain with the leaf first, key as unencrypted PKCS#8 PEM, and the CA,
 * without which istiod delivers the certificate but every call fails (measured).
 */
final class SecretContent {

    private static final byte[] BEGIN = "-----BEGIN PRIVATE KEY-----\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "\n-----END PRIVATE KEY-----\n".getBytes(StandardCharsets.US_ASCII);

    private SecretContent() {}

    static void fill(ObjectNode secret, StoredCertificate certificate, PrivateKeyMaterial key) {
        ObjectNode data = secret.putObject("data");
        data.put("tls.crt", base64(certificate.chainPem()));
        data.put("tls.key", base64Pem(key.pkcs8()));
        data.put("ca.crt", base64(certificate.caBundlePem()));
    }

    /**
     * Whether the content is what a manifest's fingerprints stand for. The key needs no look here: it was seen to belong
     * to the leaf, and the leaf is in the chain.
     */
    static boolean standsFor(JsonNode fingerprints, StoredCertificate certificate) {
        return fingerprints.path("tls.crt").asText().equals(Fingerprints.sha256(certificate.chainPem()))
                && fingerprints.path("ca.crt").asText().equals(Fingerprints.sha256(certificate.caBundlePem()));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String base64Pem(byte[] pkcs8) {
        byte[] body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encode(pkcs8);
        byte[] pem = new byte[BEGIN.length + body.length + END.length];
        System.arraycopy(BEGIN, 0, pem, 0, BEGIN.length);
        System.arraycopy(body, 0, pem, BEGIN.length, body.length);
        System.arraycopy(END, 0, pem, BEGIN.length + body.length, END.length);
        try {
            return Base64.getEncoder().encodeToString(pem);
        } finally {
            Arrays.fill(body, (byte) 0);
            Arrays.fill(pem, (byte) 0);
        }
    }
}
