package io.waypass.certificate;

import java.math.BigInteger;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.misc.MiscObjectIdentifiers;
import org.bouncycastle.asn1.misc.ScryptParams;
import org.bouncycastle.asn1.pkcs.KeyDerivationFunc;
import org.bouncycastle.asn1.pkcs.PBEParameter;
import org.bouncycastle.asn1.pkcs.PBES2Parameters;
import org.bouncycastle.asn1.pkcs.PBKDF2Params;
import org.bouncycastle.asn1.pkcs.PKCS12PBEParams;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;

/**
 * How much key derivation one submission may ask for. A file says itself how many rounds its passphrase goes through, so
 * a hostile one could ask for hours. Measured on two shared cores: a round of PBKDF2 or of PKCS#12's own derivation
 * takes 0.2 to 0.4 µs, so the limit is about 100 ms; scrypt with OpenSSL's default (N 16384, r 8, p 1) takes 29 ms and
 * 16 MiB.
 */
final class DerivationBudget {

    /** Rounds for all parts of a submission together. */
    static final int MAX_ROUNDS = 300_000;

    private static final BigInteger LIMIT = BigInteger.valueOf(MAX_ROUNDS);
    private static final BigInteger SCRYPT_MOST = BigInteger.valueOf(16_384L * 8);
    private static final int SCRYPT_ROUNDS = 75_000;
    private static final int LONGEST_KEY = 64;

    private BigInteger spent = BigInteger.ZERO;

    /** Charges what an encryption scheme will ask for, before it does. */
    void charge(AlgorithmIdentifier scheme) throws Unreadable {
        String oid = scheme.getAlgorithm().getId();
        if (PKCSObjectIdentifiers.id_PBES2.equals(scheme.getAlgorithm())) {
            charge(PBES2Parameters.getInstance(scheme.getParameters()).getKeyDerivationFunc());
        } else if (scheme.getAlgorithm().on(PKCSObjectIdentifiers.pkcs_12PbeIds)) {
            // one derivation for the key, of up to two blocks, and one for the initialisation vector
            rounds(PKCS12PBEParams.getInstance(scheme.getParameters()).getIterations(), 2);
        } else if (oid.startsWith("1.2.840.113549.1.5.")) {
            rounds(PBEParameter.getInstance(scheme.getParameters()).getIterationCount(), 1);
        } else {
            throw new Unreadable(
                    "it is encrypted with the algorithm " + oid + ", which Waypass does not know.",
                    "AES with PBKDF2 or scrypt, or what older files use: 3DES, RC2.",
                    "Export it again: “openssl pkcs8 -topk8 -in key.pem -out key8.pem”.");
        }
    }

    /** Charges a key derivation function of PBES2 or PBMAC1. */
    void charge(KeyDerivationFunc function) throws Unreadable {
        ASN1Encodable parameters = function.getParameters();
        if (MiscObjectIdentifiers.id_scrypt.equals(function.getAlgorithm())) {
            ScryptParams scrypt = ScryptParams.getInstance(parameters);
            BigInteger memory = scrypt.getCostParameter().multiply(scrypt.getBlockSize());
            BigInteger work = memory.multiply(scrypt.getParallelizationParameter());
            if (memory.signum() <= 0 || memory.compareTo(SCRYPT_MOST) > 0 || work.compareTo(SCRYPT_MOST) > 0) {
                throw tooMuch("scrypt with N " + shown(scrypt.getCostParameter()) + ", r "
                        + shown(scrypt.getBlockSize()) + " and p " + shown(scrypt.getParallelizationParameter()));
            }
            rounds(BigInteger.valueOf(SCRYPT_ROUNDS), 1);
        } else if (PKCSObjectIdentifiers.id_PBKDF2.equals(function.getAlgorithm())) {
            PBKDF2Params pbkdf2 = PBKDF2Params.getInstance(parameters);
            if (pbkdf2.getKeyLength() != null && pbkdf2.getKeyLength().compareTo(BigInteger.valueOf(LONGEST_KEY)) > 0) {
                throw tooMuch("a key of " + shown(pbkdf2.getKeyLength()) + " bytes");
            }
            // other hashes take twice as long, or two blocks for a key of 256 bits
            boolean sha256 = PKCSObjectIdentifiers.id_hmacWithSHA256.equals(
                    pbkdf2.getPrf().getAlgorithm());
            rounds(pbkdf2.getIterationCount(), sha256 ? 1 : 2);
        } else {
            throw new Unreadable(
                    "its key derivation " + function.getAlgorithm().getId() + " is not known to Waypass.",
                    "PBKDF2 or scrypt.",
                    "Export it again: “openssl pkcs8 -topk8 -in key.pem -out key8.pem”.");
        }
    }

    /** Charges plain rounds. */
    void rounds(BigInteger iterations, int times) throws Unreadable {
        spent = spent.add(iterations.max(BigInteger.ONE).multiply(BigInteger.valueOf(times)));
        if (spent.compareTo(LIMIT) > 0) {
            throw tooMuch(shown(spent) + " rounds of key derivation");
        }
    }

    private static Unreadable tooMuch(String asked) {
        return new Unreadable(
                "opening it takes " + asked + ", more than Waypass spends on a file.",
                "at most 300,000 rounds for everything together, or scrypt with N 16384, r 8, p 1.",
                "Export it again with fewer, such as “openssl pkcs12 -export -iter 10000 …” or “openssl pkcs8 -topk8 -iter"
                        + " 10000 …”. The passphrase protects it only on its way here.");
    }

    private static String shown(BigInteger number) {
        return number.bitLength() > 40 ? "more than a trillion" : String.format(java.util.Locale.ROOT, "%,d", number);
    }
}
