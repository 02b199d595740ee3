package io.waypass.certificate;

import org.bouncycastle.crypto.ExtendedDigest;

/** What the MAC of a PKCS#12 file is derived with: each round ends one computation of the hash. */
final class MeteredDigest implements ExtendedDigest {

    private final ExtendedDigest real;
    private final WorkMeter meter;

    MeteredDigest(ExtendedDigest real, WorkMeter meter) {
        this.real = real;
        this.meter = meter;
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
        meter.countHashed(1);
        real.update(b);
    }

    @Override
    public void update(byte[] bytes, int offset, int length) {
        meter.countHashed(length);
        real.update(bytes, offset, length);
    }

    @Override
    public int doFinal(byte[] out, int offset) {
        meter.countRound();
        return real.doFinal(out, offset);
    }

    @Override
    public void reset() {
        real.reset();
    }
}
