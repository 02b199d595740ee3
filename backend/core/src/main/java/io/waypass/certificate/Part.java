package io.waypass.certificate;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** One file or pasted text of a submission. Closing it wipes the bytes. {@code toString} never shows the content. */
public final class Part implements AutoCloseable {

    /** Maximum size of a part: 64 KiB. */
    public static final int MAX_BYTES = 64 * 1024;

    /** The field of a submission. */
    public enum Field {
        /** The client certificate, and whatever else is in the same file or text. */
        CHAIN("chain"),
        PRIVATE_KEY("privateKey"),
        /** A keystore that holds both. */
        PKCS12("pkcs12"),
        /** Authorities that signed the partner's server certificate. */
        CA_BUNDLE("caBundle"),
        /** Opens an encrypted key or keystore. */
        PASSPHRASE("passphrase");

        private final String value;

        Field(String value) {
            this.value = value;
        }

        /** {@return the name in JSON pointers and findings} */
        public String value() {
            return value;
        }
    }

    private final Field field;
    private final Optional<String> fileName;
    private final byte[] content;

    private Part(Field field, Optional<String> fileName, byte[] content) {
        this.field = field;
        this.fileName = fileName;
        this.content = content;
    }

    /**
     * Creates a part from a file.
     *
     * @param fileName the sender's name for it; displayed, never used as a path
     * @param content ownership passes to the part; the caller keeps no other copy
     */
    public static Part file(Field field, String fileName, byte[] content) {
        return new Part(field, Optional.of(Names.shown(fileName)).filter(name -> !name.isBlank()), content);
    }

    /** Creates a part from a pasted text. */
    public static Part text(Field field, String text) {
        return new Part(field, Optional.empty(), text.getBytes(StandardCharsets.UTF_8));
    }

    public Field field() {
        return field;
    }

    /** {@return the file's name, none for pasted text} */
    public Optional<String> fileName() {
        return fileName;
    }

    /** {@return the bytes themselves, not a copy: they are zero once the part is closed} */
    public byte[] content() {
        return content;
    }

    /** Whether the part holds nothing but blanks. */
    boolean isBlank() {
        for (byte each : content) {
            if (each > ' ' || each < 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        Arrays.fill(content, (byte) 0);
    }

    @Override
    public String toString() {
        return "Part[" + field.value() + ", " + content.length + " bytes]";
    }
}
