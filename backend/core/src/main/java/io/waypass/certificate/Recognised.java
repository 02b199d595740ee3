package io.waypass.certificate;

import java.util.Optional;

/**
 * What a part was recognised as.
 *
 * @param field where it was handed in
 * @param fileName the file's name, none for pasted text
 * @param form such as {@code PKCS#12} or {@code PEM}
 * @param holds such as {@code 1 private key, 3 certificates}
 * @param whole whether all of it could be read
 * @param secret whether it holds a private key or may hold one: only what was seen to be certificates alone does not
 */
public record Recognised(
        Part.Field field, Optional<String> fileName, String form, String holds, boolean whole, boolean secret) {}
