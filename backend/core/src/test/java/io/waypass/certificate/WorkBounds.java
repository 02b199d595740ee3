package io.waypass.certificate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What one submission may have computed. The bounds are counted, so they are the same on every machine; and they are written out,
 * not taken from the code that has to keep them. On two shared cores a judgement within them takes less than 200 ms.
 */
final class WorkBounds {

    /** 300,000 are charged; of the three that 3DES in PKCS#12 takes for one that the file names, two are. */
    private static final long MOST_ROUNDS = 460_000;

    /** Once with N 16384, r 8, p 1. */
    private static final long MOST_SCRYPT_BLOCKS = 131_072;

    /** A passphrase of 1,024 characters for each of 1,000 PEM blocks. */
    private static final long MOST_CHARACTERS = 1_024_000;

    /** 300,000 rounds with SHA-512 are 19.2 million; a key of 60 KiB in a JKS with the longest passphrase 6.3 million. */
    private static final long MOST_HASHED_BYTES = 20_000_000;

    /** 40 of certificates, and one that proves that the key is the leaf's. */
    private static final long MOST_VERIFICATIONS = 41;

    /** 10 verifications with RSA-16384 and an exponent of 33 bits; P-521 takes 2,000 each, P-256 takes 256. */
    private static final long MOST_MULTIPLICATIONS = 90_000;

    private static final long MOST_PUBLIC_KEYS = 520;
    /** Of each a point on its curve is computed. */
    static final int MOST_PRIVATE_KEYS = 20;

    private WorkBounds() {}

    /** Whether the kinds of work that have no end of their own are within them. */
    static boolean hold(long rounds, long scryptBlocks, long hashedBytes, long multiplications) {
        return rounds <= MOST_ROUNDS
                && scryptBlocks <= MOST_SCRYPT_BLOCKS
                && hashedBytes <= MOST_HASHED_BYTES
                && multiplications <= MOST_MULTIPLICATIONS;
    }

    static void hold(Work work) {
        assertThat(work.rounds()).as("rounds of key derivation").isLessThanOrEqualTo(MOST_ROUNDS);
        assertThat(work.scryptBlocks()).as("blocks that scrypt mixes").isLessThanOrEqualTo(MOST_SCRYPT_BLOCKS);
        assertThat(work.characters())
                .as("characters of passphrases that keys are derived from")
                .isLessThanOrEqualTo(MOST_CHARACTERS);
        assertThat(work.hashedBytes()).as("bytes hashed").isLessThanOrEqualTo(MOST_HASHED_BYTES);
        assertThat(work.verifications()).as("signatures verified").isLessThanOrEqualTo(MOST_VERIFICATIONS);
        assertThat(work.multiplications())
                .as("multiplications for signatures")
                .isLessThanOrEqualTo(MOST_MULTIPLICATIONS);
        assertThat(work.signatures()).as("signatures made").isLessThanOrEqualTo(1);
        assertThat(work.publicKeys()).as("public keys decoded").isLessThanOrEqualTo(MOST_PUBLIC_KEYS);
        assertThat(work.privateKeys()).as("private keys decoded").isLessThanOrEqualTo(MOST_PRIVATE_KEYS);
    }
}
