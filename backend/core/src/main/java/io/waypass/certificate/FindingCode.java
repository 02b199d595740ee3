package io.waypass.certificate;

import io.waypass.certificate.Finding.Level;
import java.util.Locale;

/** Every finding of certificate intake, and its level. {@code docs/certificates.md} has the sentences. */
enum FindingCode {
    INPUT_UNREADABLE(Level.ERROR),
    INPUT_IGNORED(Level.NOTE),
    CHAIN_MISSING(Level.ERROR),
    CHAIN_BROKEN(Level.ERROR),
    CHAIN_UNRELATED(Level.ERROR),
    CHAIN_NOT_AN_ISSUER(Level.ERROR),
    CHAIN_EXPIRED(Level.ERROR),
    CHAIN_NOT_YET_VALID(Level.ERROR),
    CHAIN_INCOMPLETE(Level.WARNING),
    CHAIN_ROOT_INCLUDED(Level.WARNING),
    CHAIN_REORDERED(Level.NOTE),
    CHAIN_REPEATED(Level.NOTE),
    LEAF_EXPIRED(Level.ERROR),
    LEAF_NOT_YET_VALID(Level.ERROR),
    LEAF_EXPIRES_SOON(Level.WARNING),
    LEAF_LONG_VALIDITY(Level.WARNING),
    LEAF_IS_CA(Level.ERROR),
    LEAF_KEY_USAGE(Level.ERROR),
    LEAF_NO_CLIENT_AUTH(Level.ERROR),
    SIGNATURE_WEAK(Level.ERROR),
    KEY_MISSING(Level.ERROR),
    KEY_AMBIGUOUS(Level.ERROR),
    KEY_MISMATCH(Level.ERROR),
    KEY_PASSPHRASE_REQUIRED(Level.ERROR),
    KEY_PASSPHRASE_WRONG(Level.ERROR),
    KEY_UNSUPPORTED(Level.ERROR),
    KEY_WEAK(Level.ERROR),
    KEY_CURVE(Level.WARNING),
    KEY_LARGE(Level.WARNING),
    CA_MISSING(Level.ERROR),
    CA_NOT_A_CA(Level.ERROR),
    CA_EXPIRED(Level.ERROR),
    CA_PARTLY_EXPIRED(Level.WARNING),
    CA_IS_CLIENT_ISSUER_ONLY(Level.ERROR),
    CA_NEW(Level.WARNING),
    DUPLICATE(Level.ERROR),
    REPLACES_SAME(Level.WARNING),
    REPLACES_SUBJECT(Level.WARNING),
    REPLACES_ISSUER(Level.WARNING),
    REPLACES_SANS(Level.WARNING);

    private final Level level;

    FindingCode(Level level) {
        this.level = level;
    }

    Level level() {
        return level;
    }

    /**
     * {@return the code in API and texts: the word before the first dash names the subject, such as {@code
     * key.mismatch}}
     */
    String value() {
        return name().toLowerCase(Locale.ROOT).replaceFirst("_", ".").replace('_', '-');
    }

    /** {@return whether a passphrase, or another one, would help} */
    boolean wantsPassphrase() {
        return this == KEY_PASSPHRASE_REQUIRED || this == KEY_PASSPHRASE_WRONG;
    }

    boolean isAboutKey() {
        return name().startsWith("KEY_");
    }
}
