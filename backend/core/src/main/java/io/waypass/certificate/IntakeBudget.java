package io.waypass.certificate;

import java.math.BigInteger;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.misc.MiscObjectIdentifiers;
import org.bouncycastle.asn1.misc.ScryptParams;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.KeyDerivationFunc;
import org.bouncycastle.asn1.pkcs.PBEParameter;
import org.bouncycastle.asn1.pkcs.PBES2Parameters;
import org.bouncycastle.asn1.pkcs.PBKDF2Params;
import org.bouncycastle.asn1.pkcs.PKCS12PBEParams;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;

/**
 * Limits the work that one submission may cause. A file itself states the rounds of its key derivation, so a hostile
 * one could ask for hours. Measured on two shared cores: a round of PBKDF2 or of PKCS#12's own derivation takes 0.2 to
 * 0.5 µs, so the limit is about 140 ms; scrypt with OpenSSL's default (N 16384, r 8, p 1) takes 32 ms and 16 MiB, so
 * one derivation is allowed. Hashes that are not used for this in practice cost up to twenty times as much (MD2, GOST)
 * and are refused. The public point of a key on P-521 costs 0.4 ms and 0.4 MiB, and 64 KiB hold thousands of such keys.
 */
final class IntakeBudget {

    /** Rounds for all parts of a submission together. */
    static final int MAX_ROUNDS = 300_000;

    private static final BigInteger LIMIT = BigInteger.valueOf(MAX_ROUNDS);
    private static final BigInteger MAX_SCRYPT = BigInteger.valueOf(16_384L * 8);
    private static final BigInteger MAX_SCRYPT_BLOCKS = BigInteger.valueOf(64);
    private static final int SCRYPT_ROUNDS = 200_000;
    private static final int MAX_KEY_BYTES = 64;
    private static final int MAX_KEYS = 20;
    private static final int MAX_CERTIFICATES = 500;

    private static final Set<ASN1ObjectIdentifier> PRFS = Set.of(
            PKCSObjectIdentifiers.id_hmacWithSHA1,
            PKCSObjectIdentifiers.id_hmacWithSHA224,
            PKCSObjectIdentifiers.id_hmacWithSHA256,
            PKCSObjectIdentifiers.id_hmacWithSHA384,
            PKCSObjectIdentifiers.id_hmacWithSHA512);

    private static final Set<ASN1ObjectIdentifier> DIGESTS = Set.of(
            PKCSObjectIdentifiers.md5,
            OIWObjectIdentifiers.idSHA1,
            NISTObjectIdentifiers.id_sha224,
            NISTObjectIdentifiers.id_sha256,
            NISTObjectIdentifiers.id_sha384,
            NISTObjectIdentifiers.id_sha512);

    /** The only PBES1 cipher in the library is DES; it has no RC2 there. */
    private static final Set<ASN1ObjectIdentifier> PBES1 =
            Set.of(PKCSObjectIdentifiers.pbeWithMD5AndDES_CBC, PKCSObjectIdentifiers.pbeWithSHA1AndDES_CBC);

    private BigInteger spent = BigInteger.ZERO;
    private int keys;
    private int certificates;

    /** Charges a private key, before any computation with it. */
    void key() throws Unreadable {
        if (++keys > MAX_KEYS) {
            throw new Unreadable(
                    "there are more than " + MAX_KEYS + " private keys.",
                    "one private key, the one of your client certificate.",
                    "Give that key alone.");
        }
    }

    /** Charges a certificate, before it is read. */
    void certificate() throws Unreadable {
        if (++certificates > MAX_CERTIFICATES) {
            throw new Unreadable(
                    "there are more than " + MAX_CERTIFICATES + " certificates in all that was given.",
                    "at most " + CertificateIntake.MAX_CHAIN + " of your own and " + CertificateIntake.MAX_BUNDLE
                            + " in the CA bundle.",
                    "Leave out what does not belong to it.");
        }
    }

    /** Charges the work of an encryption scheme, before it is done. */
    void charge(AlgorithmIdentifier scheme) throws Unreadable {
        String oid = scheme.getAlgorithm().getId();
        if (PKCSObjectIdentifiers.id_PBES2.equals(scheme.getAlgorithm())) {
            charge(PBES2Parameters.getInstance(scheme.getParameters()).getKeyDerivationFunc());
        } else if (scheme.getAlgorithm().on(PKCSObjectIdentifiers.pkcs_12PbeIds)) {
            // one derivation for the key, of up to two blocks, and one for the initialisation vector
            rounds(PKCS12PBEParams.getInstance(scheme.getParameters()).getIterations(), 2);
        } else if (PBES1.contains(scheme.getAlgorithm())) {
            rounds(PBEParameter.getInstance(scheme.getParameters()).getIterationCount(), 1);
        } else {
            throw new Unreadable(
                    "it is encrypted with the algorithm " + oid + ", which Waypass does not know.",
                    "AES with PBKDF2 or scrypt, or what older files use: 3DES, DES, and RC2 in PKCS#12.",
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
            // scrypt's first and last derivation is as long as r × p, however small N is
            BigInteger blocks = scrypt.getBlockSize().multiply(scrypt.getParallelizationParameter());
            if (memory.signum() <= 0
                    || memory.compareTo(MAX_SCRYPT) > 0
                    || work.compareTo(MAX_SCRYPT) > 0
                    || blocks.compareTo(MAX_SCRYPT_BLOCKS) > 0) {
                throw tooMuch("scrypt with N " + shown(scrypt.getCostParameter()) + ", r "
                        + shown(scrypt.getBlockSize()) + " and p " + shown(scrypt.getParallelizationParameter()));
            }
            rounds(BigInteger.valueOf(SCRYPT_ROUNDS), 1);
        } else if (PKCSObjectIdentifiers.id_PBKDF2.equals(function.getAlgorithm())) {
            PBKDF2Params pbkdf2 = PBKDF2Params.getInstance(parameters);
            if (pbkdf2.getKeyLength() != null
                    && pbkdf2.getKeyLength().compareTo(BigInteger.valueOf(MAX_KEY_BYTES)) > 0) {
                throw tooMuch("a key of " + shown(pbkdf2.getKeyLength()) + " bytes");
            }
            ASN1ObjectIdentifier prf = pbkdf2.getPrf().getAlgorithm();
            if (!PRFS.contains(prf)) {
                throw unknown(prf, "PBKDF2 with SHA-256 or another of the SHA-1 and SHA-2 family.");
            }
            // other hashes take twice as long, or two blocks for a key of 256 bits
            rounds(pbkdf2.getIterationCount(), PKCSObjectIdentifiers.id_hmacWithSHA256.equals(prf) ? 1 : 2);
        } else {
            throw unknown(function.getAlgorithm(), "PBKDF2 or scrypt.");
        }
    }

    /** Charges the derivation of a PKCS#12 file's MAC (RFC 7292 appendix B). */
    void chargeMac(AlgorithmIdentifier digest, BigInteger iterations, int times) throws Unreadable {
        if (!DIGESTS.contains(digest.getAlgorithm())) {
            throw unknown(digest.getAlgorithm(), "a MAC with SHA-256 or another of the SHA-1 and SHA-2 family.");
        }
        rounds(iterations, times);
    }

    private static Unreadable unknown(ASN1ObjectIdentifier algorithm, String expected) {
        return new Unreadable(
                "its key derivation uses " + algorithm.getId() + ", which is not known to Waypass.",
                expected,
                "Export it again: “openssl pkcs8 -topk8 …” or “openssl pkcs12 -export …”.");
    }

    private void rounds(BigInteger iterations, int times) throws Unreadable {
        spent = spent.add(iterations.max(BigInteger.ONE).multiply(BigInteger.valueOf(times)));
        if (spent.compareTo(LIMIT) > 0) {
            throw tooMuch(shown(spent) + " rounds of key derivation");
        }
    }

    private static Unreadable tooMuch(String asked) {
        return new Unreadable(
                "opening it takes " + asked + ", more than Waypass spends on a file.",
                "at most " + shown(LIMIT) + " rounds for everything together, or scrypt with N 16384, r 8, p 1.",
                "Export it again with fewer, such as “openssl pkcs12 -export -iter 10000 …” or “openssl pkcs8 -topk8 -iter"
                        + " 10000 …”. The passphrase protects it only on its way here.");
    }

    private static String shown(BigInteger number) {
        return number.bitLength() > 40 ? "more than a trillion" : String.format(java.util.Locale.ROOT, "%,d", number);
    }
}
