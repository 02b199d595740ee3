package io.waypass.certificate;

/**
 * What a team handed in, as text. {@code toString} names sizes only.
 *
 * @param chain PEM certificates, the leaf among them; empty if nothing was given
 * @param privateKey PEM private key, unencrypted; empty if nothing was given
 * @param caBundle PEM certificates that signed the partner's server certificate; empty if nothing was given
 */
public record CertificateSubmission(String chain, String privateKey, String caBundle) {

    /** The largest part that is read: 64 KiB of text. */
    public static final int MAX_PART_LENGTH = 64 * 1024;

    @Override
    public String toString() {
        return "CertificateSubmission[chain=" + chain.length() + " characters, privateKey=" + privateKey.length()
                + " characters, caBundle=" + caBundle.length() + " characters]";
    }
}
