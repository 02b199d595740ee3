package io.waypass.certificate;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import javax.security.auth.x500.X500Principal;

/**
 * Formats names for people. The text in a certificate comes from an outsider: control and format characters, which
 * could end a line, turn the writing direction or end a string in the database, are escaped as in RFC 4514 section 2.4;
 * in sentences, text longer than any honest name is cut.
 */
final class Names {

    private static final int MAX_SHOWN = 200;

    /** Attribute types that RFC 4514 leaves as numbers and hex, but that people know by name. */
    private static final Map<String, String> KEYWORDS = Map.ofEntries(
            Map.entry("1.2.840.113549.1.9.1", "emailAddress"),
            Map.entry("2.5.4.5", "serialNumber"),
            Map.entry("2.5.4.4", "SN"),
            Map.entry("2.5.4.42", "GN"),
            Map.entry("2.5.4.12", "title"),
            Map.entry("2.5.4.13", "description"),
            Map.entry("2.5.4.15", "businessCategory"),
            Map.entry("2.5.4.17", "postalCode"),
            Map.entry("2.5.4.46", "dnQualifier"),
            Map.entry("2.5.4.97", "organizationIdentifier"));

    private Names() {}

    /** Formats a distinguished name (RFC 4514). */
    static String of(X500Principal name) {
        return visible(name.getName(X500Principal.RFC2253, KEYWORDS));
    }

    /** Escapes all invisible characters. */
    static String visible(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        text.codePoints().forEach(point -> {
            if (shows(point)) {
                shown.appendCodePoint(point);
            } else {
                for (byte each : new String(Character.toChars(point)).getBytes(StandardCharsets.UTF_8)) {
                    shown.append('\\').append(HexFormat.of().withUpperCase().toHexDigits(each));
                }
            }
        });
        return shown.toString();
    }

    /** Prepares text for a sentence: escapes invisible characters and cuts text that is too long. */
    static String shown(String text) {
        String visible = visible(text);
        return visible.length() > MAX_SHOWN ? visible.substring(0, MAX_SHOWN) + "…" : visible;
    }

    private static boolean shows(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
