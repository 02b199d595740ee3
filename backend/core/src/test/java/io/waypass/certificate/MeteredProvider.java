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
import java.security.Signature;
import java.security.SignatureException;
import java.security.SignatureSpi;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.KeySpec;
import java.util.List;
import java.util.Objects;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.CipherSpi;
import javax.crypto.IllegalBlockSizeException;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.SecretKeyFactorySpi;
import javax.crypto.ShortBufferException;
import javax.crypto.interfaces.PBEKey;
import javax.crypto.spec.PBEParameterSpec;

/**
 * Offers what other providers offer, in their order, and has a {@link WorkMeter} count what they are asked to compute. With
 * {@code countedOnly} it leaves out the services that have nothing to count.
 */
final class MeteredProvider extends Provider {

    private final transient List<Provider> others;
    private final boolean countedOnly;
    private final transient WorkMeter meter;

    MeteredProvider(String name, List<Provider> others, boolean countedOnly, WorkMeter meter) {
        super(name, "1", "counts what others compute");
        this.others = others;
        this.countedOnly = countedOnly;
        this.meter = meter;
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
            case "Signature" -> service(service, _ -> new MeteredSignature(Signature.getInstance(algorithm, other)));
            case "KeyFactory" -> service(service, _ -> new MeteredKeyFactory(KeyFactory.getInstance(algorithm, other)));
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

    private Service service(Service real, ServiceFactory factory) {
        return new Service(this, real.getType(), real.getAlgorithm(), real.getClassName(), null, null) {
            @Override
            public Object newInstance(Object parameter) throws NoSuchAlgorithmException {
                try {
                    return factory.create(parameter);
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

    private interface ServiceFactory {
        Object create(Object parameter) throws GeneralSecurityException;
    }

    private final class MeteredSignature extends SignatureSpi {

        private final Signature real;
        private long each;

        MeteredSignature(Signature real) {
            this.real = real;
        }

        @Override
        protected void engineInitVerify(PublicKey key) throws InvalidKeyException {
            each = WorkMeter.multiplications(key);
            real.initVerify(key);
        }

        @Override
        protected void engineInitSign(PrivateKey key) throws InvalidKeyException {
            each = WorkMeter.multiplications(key);
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
            meter.countSignature(each);
            return real.sign();
        }

        @Override
        protected boolean engineVerify(byte[] signature) throws SignatureException {
            meter.countVerification(each);
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
            meter.countPublicKey();
            return real.generatePublic(spec);
        }

        @Override
        protected PrivateKey engineGeneratePrivate(KeySpec spec) throws InvalidKeySpecException {
            meter.countPrivateKey();
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
            meter.countHashed(1);
            real.update(b);
        }

        @Override
        protected void engineUpdate(byte[] bytes, int offset, int length) {
            meter.countHashed(length);
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

    private final class MeteredSecretKeyFactory extends SecretKeyFactorySpi {

        private final SecretKeyFactory real;

        MeteredSecretKeyFactory(SecretKeyFactory real) {
            this.real = real;
        }

        @Override
        protected SecretKey engineGenerateSecret(KeySpec spec) throws InvalidKeySpecException {
            meter.countDerivation(spec);
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
                meter.countDerivation(pbe.getIterationCount() * hashesEachRound(), pbe.getPassword().length);
            }
            real.init(mode, key, random);
        }

        @Override
        protected void engineInit(int mode, Key key, AlgorithmParameterSpec parameters, SecureRandom random)
                throws InvalidKeyException, InvalidAlgorithmParameterException {
            if (parameters instanceof PBEParameterSpec pbe) {
                meter.countDerivation(pbe.getIterationCount(), key.getEncoded().length);
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
}
