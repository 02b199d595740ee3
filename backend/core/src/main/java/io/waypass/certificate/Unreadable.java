package io.waypass.certificate;

/**
 * A part, or a piece of it, that cannot be read. States what was found, what was expected and what to do. It never
 * quotes the content, and has no cause that could.
 */
final class Unreadable extends Exception {

    private final FindingCode code;
    private final String found;
    private final String expected;
    private final String toDo;

    private Unreadable(FindingCode code, String found, String expected, String toDo) {
        super(found, null, false, false);
        this.code = code;
        this.found = found;
        this.expected = expected;
        this.toDo = toDo;
    }

    Unreadable(String found, String expected, String toDo) {
        this(FindingCode.INPUT_UNREADABLE, found, expected, toDo);
    }

    static Unreadable passphraseRequired(String what) {
        return new Unreadable(
                FindingCode.KEY_PASSPHRASE_REQUIRED,
                what + " is encrypted, and no passphrase was given.",
                "the passphrase that it was encrypted with.",
                "Give the passphrase. It is used once and never stored.");
    }

    static Unreadable passphraseWrong(String what) {
        return new Unreadable(
                FindingCode.KEY_PASSPHRASE_WRONG,
                "the passphrase does not open " + what + ".",
                "the passphrase that it was encrypted with.",
                "Type it again, and look at upper and lower case and at blanks at its end. If it is lost, have the key"
                        + " exported again with a new one.");
    }

    static Unreadable keyUnsupported(String found) {
        return new Unreadable(
                FindingCode.KEY_UNSUPPORTED,
                found,
                "RSA of " + KeyRules.MIN_RSA_BITS + " to " + PrivateKeys.MAX_RSA_BITS
                        + " bits, EC on P-256, P-384 or P-521, or Ed25519.",
                "Make a new key, EC P-256 if nothing speaks against it, and ask for a certificate for it.");
    }

    FindingCode code() {
        return code;
    }

    Finding finding(Part part) {
        return finding(part.field().value(), subject(part) + " cannot be read");
    }

    /** Creates the finding about a field, where the part is no longer known. */
    Finding finding(String field) {
        return finding(field, "The private key cannot be read");
    }

    private Finding finding(String field, String title) {
        return Finding.of(
                code,
                code.wantsPassphrase() ? Part.Field.PASSPHRASE.value() : field,
                switch (code) {
                    case KEY_PASSPHRASE_REQUIRED -> "A passphrase is needed";
                    case KEY_PASSPHRASE_WRONG -> "The passphrase is wrong";
                    case KEY_UNSUPPORTED -> "Envoy cannot load such a key";
                    default -> title;
                },
                found,
                expected,
                toDo);
    }

    /** Name of a part at the start of a sentence. */
    static String subject(Part part) {
        return part.fileName().map(name -> "“" + name + "”").orElseGet(() -> switch (part.field()) {
            case PRIVATE_KEY -> "The private key";
            case PKCS12 -> "The keystore";
            case CA_BUNDLE -> "The CA bundle";
            default -> "The client certificate";
        });
    }
}
