package io.waypass.fingerprint;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 in its two textual forms. */
public final class Fingerprints {

    private Fingerprints() {}

    /** {@return {@code sha256:} and 64 lower-case hex digits} */
    public static String sha256(byte[] bytes) {
        return "sha256:" + HexFormat.of().formatHex(digest(bytes));
    }

    /** {@return {@code sha256:} and 64 lower-case hex digits of the text in UTF-8} */
    public static String sha256(String text) {
        return sha256(text.getBytes(StandardCharsets.UTF_8));
    }

    /** {@return upper-case hex pairs with colons, as OpenSSL and browsers print it} */
    public static String colons(byte[] bytes) {
        return HexFormat.ofDelimiter(":").withUpperCase().formatHex(digest(bytes));
    }

    private static byte[] digest(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
