package io.waypass.certificate;

import java.util.Optional;

/**
 * Format and content of a part.
 *
 * @param fileName the file's name, none for pasted text
 * @param form such as {@code PKCS#12} or {@code PEM}
 * @param holds such as {@code 1 private key, 3 certificates}
 * @param whole whether all of it could be read
 * @param secret whether it holds or may hold a private key: false only if it is known to hold nothing but certificates
 */
public record Recognised(
        Part.Field field, Optional<String> fileName, String form, String holds, boolean whole, boolean secret) {}
