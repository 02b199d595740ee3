package io.waypass.certificate;

import java.security.Key;
import java.security.Provider;
import java.security.Security;
import java.security.interfaces.DSAKey;
import java.security.interfaces.ECKey;
import java.security.interfaces.RSAKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.KeySpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.spec.PBEKeySpec;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.jcajce.spec.PBKDF2KeySpec;
import org.bouncycastle.jcajce.spec.ScryptKeySpec;

/**
 * Counts what a piece of code has the platform and Bouncy Castle compute, whatever way it takes there: it stands before the
 * platform's providers while it is open, and its {@link #bouncyCastle()} stands before Bouncy Castle. Everything is passed
 * on, and the answers are the real ones.
 */
final class WorkMeter implements AutoCloseable {

    private static final Map<ASN1ObjectIdentifier, Integer> HASH_BYTES = Map.of(
            PKCSObjectIdentifiers.id_hmacWithSHA1, 20,
            PKCSObjectIdentifiers.id_hmacWithSHA224, 28,
            PKCSObjectIdentifiers.id_hmacWithSHA256, 32,
            PKCSObjectIdentifiers.id_hmacWithSHA384, 48,
            PKCSObjectIdentifiers.id_hmacWithSHA512, 64);

    private final Provider platform =
            new MeteredProvider("MeteredPlatform", List.of(Security.getProviders()), true, this);

    private final BouncyCastle bouncyCastle = new BouncyCastle(
            new MeteredProvider("MeteredBouncyCastle", List.of(BouncyCastle.LIBRARY.provider()), false, this),
            algorithm -> new MeteredDigest(BouncyCastle.LIBRARY.digests().get(algorithm), this));

    private Optional<Thread> measured = Optional.empty();

    private long rounds;
    private long scryptBlocks;
    private long characters;
    private long hashedBytes;
    private long verifications;
    private long multiplications;
    private long signatures;
    private long publicKeys;
    private long privateKeys;

    private WorkMeter() {}

    static WorkMeter open() {
        WorkMeter meter = new WorkMeter();
        Security.insertProviderAt(meter.platform, 1);
        return meter;
    }

    BouncyCastle bouncyCastle() {
        return bouncyCastle;
    }

    /** Runs something in this thread, and counts what that thread alone has computed. */
    Work of(Runnable run) {
        rounds = 0;
        scryptBlocks = 0;
        characters = 0;
        hashedBytes = 0;
        verifications = 0;
        multiplications = 0;
        signatures = 0;
        publicKeys = 0;
        privateKeys = 0;
        measured = Optional.of(Thread.currentThread());
        try {
            run.run();
        } finally {
            measured = Optional.empty();
        }
        return done();
    }

    private Work done() {
        return new Work(
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

    @Override
    public void close() {
        Security.removeProvider(platform.getName());
    }

    /** Before it is computed: what has no bound any more would else take hours to fail. */
    private void refuseTooMuch() {
        if (!WorkBounds.hold(rounds, scryptBlocks, hashedBytes, multiplications)) {
            WorkBounds.hold(done());
        }
    }

    private boolean measures() {
        return measured.filter(thread -> thread == Thread.currentThread()).isPresent();
    }

    void countSignature(long multiplied) {
        if (measures()) {
            signatures++;
            multiplications += multiplied;
            refuseTooMuch();
        }
    }

    void countVerification(long multiplied) {
        if (measures()) {
            verifications++;
            multiplications += multiplied;
            refuseTooMuch();
        }
    }

    void countPublicKey() {
        if (measures()) {
            publicKeys++;
        }
    }

    void countPrivateKey() {
        if (measures()) {
            privateKeys++;
        }
    }

    void countHashed(int bytes) {
        if (measures()) {
            hashedBytes += bytes;
            refuseTooMuch();
        }
    }

    void countRound() {
        if (measures()) {
            rounds++;
            refuseTooMuch();
        }
    }

    void countDerivation(long times, int length) {
        if (measures()) {
            rounds += times;
            characters += length;
            refuseTooMuch();
        }
    }

    void countDerivation(KeySpec spec) {
        switch (spec) {
            case ScryptKeySpec scrypt -> {
                long blocks = (long) scrypt.getBlockSize() * scrypt.getParallelizationParameter();
                // PBKDF2 with SHA-256 makes the blocks of 128 bytes, and the key of them
                countDerivation(4 * blocks + 1, scrypt.getPassword().length);
                if (measures()) {
                    scryptBlocks += scrypt.getCostParameter() * blocks;
                    refuseTooMuch();
                }
            }
            case PBKDF2KeySpec pbkdf2 ->
                countDerivation(pbkdf2, HASH_BYTES.getOrDefault(pbkdf2.getPrf().getAlgorithm(), 20));
            case PBEKeySpec pbe -> countDerivation(pbe, 16);
            default -> throw new IllegalArgumentException("not a derivation that is known: " + spec.getClass());
        }
    }

    private void countDerivation(PBEKeySpec spec, int hashBytes) {
        int blocks = Math.ceilDiv(spec.getKeyLength(), 8 * hashBytes);
        countDerivation((long) spec.getIterationCount() * blocks, spec.getPassword().length);
    }

    /** What a square-and-multiply with a public or private key comes to; a point's coordinates take 16 multiplications a bit. */
    static long multiplications(Key key) {
        return switch (key) {
            case RSAPublicKey rsa ->
                multiplications(
                        rsa.getModulus().bitLength(), rsa.getPublicExponent().bitLength());
            case RSAKey rsa ->
                multiplications(rsa.getModulus().bitLength(), rsa.getModulus().bitLength());
            case DSAKey dsa ->
                multiplications(
                        dsa.getParams().getP().bitLength(),
                        2L * dsa.getParams().getQ().bitLength());
            case ECKey ec -> {
                int bits = ec.getParams().getOrder().bitLength();
                yield multiplications(bits, 16L * bits);
            }
            default -> multiplications(256, 16 * 256);
        };
    }

    private static long multiplications(long bits, long times) {
        return bits * bits * times / (1024 * 1024);
    }
}
