package io.waypass.certificate;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** Writes certificates as PEM (RFC 7468). */
final class Pem {

    private static final Base64.Encoder BASE64 = Base64.getMimeEncoder(64, new byte[] {'\n'});

    private Pem() {}

    static String write(List<X509> certificates) {
        StringBuilder text = new StringBuilder();
        for (X509 certificate : certificates) {
            text.append("-----BEGIN CERTIFICATE-----\n")
                    .append(new String(BASE64.encode(certificate.der()), StandardCharsets.US_ASCII))
                    .append("\n-----END CERTIFICATE-----\n");
        }
        return text.toString();
    }
}
