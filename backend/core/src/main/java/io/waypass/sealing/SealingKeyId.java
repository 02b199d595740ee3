package io.waypass.sealing;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Id of a key in a keyset. Tink writes it in front of each ciphertext: the byte 1 and the id, big-endian.
 *
 * @param bits the id's 32 bits; people see them unsigned
 */
public record SealingKeyId(int bits) {

    /** Number of bytes at the start of a ciphertext that identify its key. */
    public static final int PREFIX_LENGTH = 5;

    private static final byte TINK = 1;

    /**
     * Parses the form that people write.
     *
     * @param text decimal, unsigned
     * @return the id, empty if the text is no such number
     */
    public static Optional<SealingKeyId> parse(String text) {
        try {
            return Optional.of(new SealingKeyId(Integer.parseUnsignedInt(text)));
        } catch (NumberFormatException _) {
            return Optional.empty();
        }
    }

    /**
     * Reads the key's id from a ciphertext.
     *
     * @param sealed the ciphertext, or its first five bytes
     * @return the id, empty if this is no sealed key
     */
    public static Optional<SealingKeyId> of(byte[] sealed) {
        return sealed.length < PREFIX_LENGTH || sealed[0] != TINK
                ? Optional.empty()
                : Optional.of(new SealingKeyId(
                        ByteBuffer.wrap(sealed, 1, Integer.BYTES).getInt()));
    }

    /** {@return the first bytes of every ciphertext that is sealed with this key} */
    public byte[] prefix() {
        return ByteBuffer.allocate(PREFIX_LENGTH).put(TINK).putInt(bits).array();
    }

    @Override
    public String toString() {
        return Integer.toUnsignedString(bits);
    }
}
