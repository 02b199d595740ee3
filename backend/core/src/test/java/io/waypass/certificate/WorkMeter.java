package io.waypass.certificate;

import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.KeyFactorySpi;
import java.security.MessageDigest;
import java.security.MessageDigestSpi;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Security;
import java.security.Signature;
import java.security.SignatureException;
import java.security.SignatureSpi;
import java.security.interfaces.DSAKey;
import java.security.interfaces.ECKey;
import java.security.interfaces.RSAKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.KeySpec;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.CipherSpi;
import javax.crypto.IllegalBlockSizeException;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.SecretKeyFactorySpi;
import javax.crypto.ShortBufferException;
import javax.crypto.interfaces.PBEKey;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.crypto.ExtendedDigest;
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

    private final Provider platform = new Metered("MeteredPlatform", List.of(Security.getProviders()), true);
    private final BouncyCastle bouncyCastle = new BouncyCastle(
            new Metered("MeteredBouncyCastle", List.of(BouncyCastle.LIBRARY.provider()), false),
            algorithm -> new MeteredDigest(BouncyCastle.LIBRARY.digests().get(algorithm)));

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

    private void derivation(long times, int length) {
        if (measures()) {
            rounds += times;
            characters += length;
            refuseTooMuch();
        }
    }

    private void derivation(KeySpec spec) {
        switch (spec) {
            case ScryptKeySpec scrypt -> {
                long blocks = (long) scrypt.getBlockSize() * scrypt.getParallelizationParameter();
                // PBKDF2 with SHA-256 makes the blocks of 128 bytes, and the key of them
                derivation(4 * blocks + 1, scrypt.getPassword().length);
                if (measures()) {
                    scryptBlocks += scrypt.getCostParameter() * blocks;
                    refuseTooMuch();
                }
            }
            case PBKDF2KeySpec pbkdf2 ->
                derivation(pbkdf2, HASH_BYTES.getOrDefault(pbkdf2.getPrf().getAlgorithm(), 20));
            case PBEKeySpec pbe -> derivation(pbe, 16);
            default -> throw new IllegalArgumentException("not a derivation that is known: " + spec.getClass());
        }
    }

    private void derivation(PBEKeySpec spec, int hashBytes) {
        int blocks = Math.ceilDiv(spec.getKeyLength(), 8 * hashBytes);
        derivation((long) spec.getIterationCount() * blocks, spec.getPassword().length);
    }

    /** What a square-and-multiply with a public or private key comes to; a point's coordinates take 16 multiplications a bit. */
    private static long multiplications(Key key) {
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

    /** Offers what the others offer, in their order, and counts what is asked of it. */
    private final class Metered extends Provider {

        private final transient List<Provider> others;
        private final boolean countedOnly;

        Metered(String name, List<Provider> others, boolean countedOnly) {
            super(name, "1", "counts what others compute");
            this.others = others;
            this.countedOnly = countedOnly;
        }

        @Override
        public Service getService(String type, String algorithm) {
            return others.stream()
                    .map(other -> other.getService(type, algorithm))
                    .filter(Objects::nonNull)
                    .findFirst()
                    .map(this::metered)
                    .orElse(null);
        }

        private Service metered(Service service) {
            String algorithm = service.getAlgorithm();
            Provider other = service.getProvider();
            return switch (service.getType()) {
                case "Signature" ->
                    service(service, _ -> new MeteredSignature(Signature.getInstance(algorithm, other)));
                case "KeyFactory" ->
                    service(service, _ -> new MeteredKeyFactory(KeyFactory.getInstance(algorithm, other)));
                case "MessageDigest" ->
                    service(service, _ -> new MeteredMessageDigest(MessageDigest.getInstance(algorithm, other)));
                case "SecretKeyFactory" ->
                    countedOnly
                            ? null
                            : service(
                                    service,
                                    _ -> new MeteredSecretKeyFactory(SecretKeyFactory.getInstance(algorithm, other)));
                case "Cipher" ->
                    countedOnly
                            ? null
                            : service(service, _ -> new MeteredCipher(Cipher.getInstance(algorithm, other), algorithm));
                default -> countedOnly ? null : service(service, service::newInstance);
            };
        }

        private Service service(Service real, Making making) {
            return new Service(this, real.getType(), real.getAlgorithm(), real.getClassName(), null, null) {
                @Override
                public Object newInstance(Object parameter) throws NoSuchAlgorithmException {
                    try {
                        return making.with(parameter);
                    } catch (NoSuchAlgorithmException e) {
                        throw e;
                    } catch (GeneralSecurityException e) {
                        throw new NoSuchAlgorithmException(e);
                    }
                }

                @Override
                public boolean supportsParameter(Object parameter) {
                    return real.supportsParameter(parameter);
                }
            };
        }
    }

    private interface Making {
        Object with(Object parameter) throws GeneralSecurityException;
    }

    private final class MeteredSignature extends SignatureSpi {

        private final Signature real;
        private long each;

        MeteredSignature(Signature real) {
            this.real = real;
        }

        @Override
        protected void engineInitVerify(PublicKey key) throws InvalidKeyException {
            each = multiplications(key);
            real.initVerify(key);
        }

        @Override
        protected void engineInitSign(PrivateKey key) throws InvalidKeyException {
            each = multiplications(key);
            real.initSign(key);
        }

        @Override
        protected void engineUpdate(byte b) throws SignatureException {
            real.update(b);
        }

        @Override
        protected void engineUpdate(byte[] bytes, int offset, int length) throws SignatureException {
            real.update(bytes, offset, length);
        }

        @Override
        protected byte[] engineSign() throws SignatureException {
            if (measures()) {
                signatures++;
                multiplications += each;
                refuseTooMuch();
            }
            return real.sign();
        }

        @Override
        protected boolean engineVerify(byte[] signature) throws SignatureException {
            if (measures()) {
                verifications++;
                multiplications += each;
                refuseTooMuch();
            }
            return real.verify(signature);
        }

        @Override
        protected void engineSetParameter(AlgorithmParameterSpec parameters) {
            try {
                real.setParameter(parameters);
            } catch (GeneralSecurityException e) {
                throw new IllegalArgumentException(e);
            }
        }

        @Override
        protected AlgorithmParameters engineGetParameters() {
            return real.getParameters();
        }

        @Override
        @Deprecated
        protected void engineSetParameter(String name, Object value) {
            throw new UnsupportedOperationException();
        }

        @Override
        @Deprecated
        protected Object engineGetParameter(String name) {
            throw new UnsupportedOperationException();
        }
    }

    private final class MeteredKeyFactory extends KeyFactorySpi {

        private final KeyFactory real;

        MeteredKeyFactory(KeyFactory real) {
            this.real = real;
        }

        @Override
        protected PublicKey engineGeneratePublic(KeySpec spec) throws InvalidKeySpecException {
            if (measures()) {
                publicKeys++;
            }
            return real.generatePublic(spec);
        }

        @Override
        protected PrivateKey engineGeneratePrivate(KeySpec spec) throws InvalidKeySpecException {
            if (measures()) {
                privateKeys++;
            }
            return real.generatePrivate(spec);
        }

        @Override
        protected <T extends KeySpec> T engineGetKeySpec(Key key, Class<T> spec) throws InvalidKeySpecException {
            return real.getKeySpec(key, spec);
        }

        @Override
        protected Key engineTranslateKey(Key key) throws InvalidKeyException {
            return real.translateKey(key);
        }
    }

    private final class MeteredMessageDigest extends MessageDigestSpi {

        private final MessageDigest real;

        MeteredMessageDigest(MessageDigest real) {
            this.real = real;
        }

        @Override
        protected int engineGetDigestLength() {
            return real.getDigestLength();
        }

        @Override
        protected void engineUpdate(byte b) {
            hashed(1);
            real.update(b);
        }

        @Override
        protected void engineUpdate(byte[] bytes, int offset, int length) {
            hashed(length);
            real.update(bytes, offset, length);
        }

        @Override
        protected byte[] engineDigest() {
            return real.digest();
        }

        @Override
        protected void engineReset() {
            real.reset();
        }
    }

    private void hashed(int bytes) {
        if (measures()) {
            hashedBytes += bytes;
            refuseTooMuch();
        }
    }

    private final class MeteredSecretKeyFactory extends SecretKeyFactorySpi {

        private final SecretKeyFactory real;

        MeteredSecretKeyFactory(SecretKeyFactory real) {
            this.real = real;
        }

        @Override
        protected SecretKey engineGenerateSecret(KeySpec spec) throws InvalidKeySpecException {
            derivation(spec);
            return real.generateSecret(spec);
        }

        @Override
        protected KeySpec engineGetKeySpec(SecretKey key, Class<?> spec) throws InvalidKeySpecException {
            return real.getKeySpec(key, spec);
        }

        @Override
        protected SecretKey engineTranslateKey(SecretKey key) throws InvalidKeyException {
            return real.translateKey(key);
        }
    }

    /** PKCS#12's own encryption and that of PKCS#5 version 1 derive a key from the passphrase when they are begun. */
    private final class MeteredCipher extends CipherSpi {

        private final Cipher real;
        private final String algorithm;

        MeteredCipher(Cipher real, String algorithm) {
            this.real = real;
            this.algorithm = algorithm;
        }

        /** Two blocks of SHA-1 for the three keys of 3DES, one for a shorter key, and one for the initialisation vector if there is one. */
        private long hashesEachRound() {
            return algorithm.contains("3-KEYTRIPLEDES") ? 3 : algorithm.contains("RC4") ? 1 : 2;
        }

        @Override
        protected void engineInit(int mode, Key key, SecureRandom random) throws InvalidKeyException {
            if (key instanceof PBEKey pbe) {
                derivation(pbe.getIterationCount() * hashesEachRound(), pbe.getPassword().length);
            }
            real.init(mode, key, random);
        }

        @Override
        protected void engineInit(int mode, Key key, AlgorithmParameterSpec parameters, SecureRandom random)
                throws InvalidKeyException, InvalidAlgorithmParameterException {
            if (parameters instanceof PBEParameterSpec pbe) {
                derivation(pbe.getIterationCount(), key.getEncoded().length);
            }
            real.init(mode, key, parameters, random);
        }

        @Override
        protected void engineInit(int mode, Key key, AlgorithmParameters parameters, SecureRandom random)
                throws InvalidKeyException, InvalidAlgorithmParameterException {
            real.init(mode, key, parameters, random);
        }

        @Override
        protected void engineSetMode(String mode) {
            throw new UnsupportedOperationException();
        }

        @Override
        protected void engineSetPadding(String padding) {
            throw new UnsupportedOperationException();
        }

        @Override
        protected int engineGetBlockSize() {
            return real.getBlockSize();
        }

        @Override
        protected int engineGetOutputSize(int length) {
            return real.getOutputSize(length);
        }

        @Override
        protected byte[] engineGetIV() {
            return real.getIV();
        }

        @Override
        protected AlgorithmParameters engineGetParameters() {
            return real.getParameters();
        }

        @Override
        protected byte[] engineUpdate(byte[] input, int offset, int length) {
            return real.update(input, offset, length);
        }

        @Override
        protected int engineUpdate(byte[] input, int offset, int length, byte[] output, int at)
                throws ShortBufferException {
            return real.update(input, offset, length, output, at);
        }

        @Override
        protected byte[] engineDoFinal(byte[] input, int offset, int length)
                throws IllegalBlockSizeException, BadPaddingException {
            return input == null ? real.doFinal() : real.doFinal(input, offset, length);
        }

        @Override
        protected int engineDoFinal(byte[] input, int offset, int length, byte[] output, int at)
                throws ShortBufferException, IllegalBlockSizeException, BadPaddingException {
            return input == null ? real.doFinal(output, at) : real.doFinal(input, offset, length, output, at);
        }
    }

    /** What the MAC of a PKCS#12 file is derived with: each round ends one computation of the hash. */
    private final class MeteredDigest implements ExtendedDigest {

        private final ExtendedDigest real;

        MeteredDigest(ExtendedDigest real) {
            this.real = real;
        }

        @Override
        public String getAlgorithmName() {
            return real.getAlgorithmName();
        }

        @Override
        public int getDigestSize() {
            return real.getDigestSize();
        }

        @Override
        public int getByteLength() {
            return real.getByteLength();
        }

        @Override
        public void update(byte b) {
            hashed(1);
            real.update(b);
        }

        @Override
        public void update(byte[] bytes, int offset, int length) {
            hashed(length);
            real.update(bytes, offset, length);
        }

        @Override
        public int doFinal(byte[] out, int offset) {
            if (measures()) {
                rounds++;
                refuseTooMuch();
            }
            return real.doFinal(out, offset);
        }

        @Override
        public void reset() {
            real.reset();
        }
    }
}
