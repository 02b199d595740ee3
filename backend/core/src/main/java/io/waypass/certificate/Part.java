package io.waypass.certificate;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** One file, or one pasted text, of a submission. Closing it wipes the bytes. It has no text form of its content. */
public final class Part implements AutoCloseable {

    /** The largest part that is read: 64 KiB. */
    public static final int MAX_BYTES = 64 * 1024;

    /** The field in which something was handed in. */
    public enum Field {
        /** The client certificate and whatever came with it. */
        CHAIN("chain"),
        /** The private key. */
        PRIVATE_KEY("privateKey"),
        /** A keystore that holds both. */
        PKCS12("pkcs12"),
        /** Who signed the partner's server certificate. */
        CA_BUNDLE("caBundle"),
        /** What opens an encrypted key or keystore. */
        PASSPHRASE("passphrase");

        private final String value;

        Field(String value) {
            this.value = value;
        }

        /** {@return the word in pointers and findings} */
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
     * A file.
     *
     * @param field where it was handed in
     * @param fileName as the sender calls it; shown, never used as a path
     * @param content taken over; the caller keeps no other copy
     * @return the part
     */
    public static Part file(Field field, String fileName, byte[] content) {
        return new Part(field, Optional.of(Names.shown(fileName)).filter(name -> !name.isBlank()), content);
    }

    /**
     * A pasted text.
     *
     * @param field where it was handed in
     * @param text what was pasted
     * @return the part
     */
    public static Part text(Field field, String text) {
        return new Part(field, Optional.empty(), text.getBytes(StandardCharsets.UTF_8));
    }

    /** {@return where it was handed in} */
    public Field field() {
        return field;
    }

    /** {@return the file's name, none for pasted text} */
    public Optional<String> fileName() {
        return fileName;
    }

    /** {@return the bytes themselves, not a copy: they are zero once this is closed} */
    public byte[] content() {
        return content;
    }

    /** Whether there is nothing in it but blanks. */
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
