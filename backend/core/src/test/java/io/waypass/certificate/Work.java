package io.waypass.certificate;

import java.util.Locale;

/**
 * What one judgement had computed: the same on every machine, as seconds are not.
 *
 * @param rounds of key derivation, for each block of a key and each initialisation vector: computations of a hash or an HMAC
 * @param scryptBlocks blocks of 128 bytes that scrypt mixes twice: N × r × p
 * @param characters of the passphrase, counted anew for each derivation
 * @param hashedBytes by message digests, those of signatures included
 * @param verifications of signatures
 * @param multiplications of numbers of 1,024 bits, which is about what the verifications and signatures come to
 * @param signatures made with a private key
 * @param publicKeys decoded
 * @param privateKeys decoded by the platform, to sign with them
 */
record Work(
        long rounds,
        long scryptBlocks,
        long characters,
        long hashedBytes,
        long verifications,
        long multiplications,
        long signatures,
        long publicKeys,
        long privateKeys) {

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%,7d rounds %,7d scrypt %,9d characters %,10d hashed %2d verifications %,6d multiplications %d signatures %3d"
                        + " public and %d private keys",
                rounds,
                scryptBlocks,
                characters,
                hashedBytes,
                verifications,
                multiplications,
                signatures,
                publicKeys,
                privateKeys);
    }
}
