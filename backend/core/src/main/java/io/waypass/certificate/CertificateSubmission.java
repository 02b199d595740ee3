package io.waypass.certificate;

import java.util.Arrays;
import java.util.List;

/**
 * Certificate material that a team submits. Closing it wipes the parts and the passphrase; {@code toString} names sizes
 * only.
 *
 * <p>The client's parts may hold its chain and its key in any form, split and order; the content of a part tells what
 * it is. The CA bundle is separate and is never mixed with the client's chain.
 */
public final class CertificateSubmission implements AutoCloseable {

    private final List<Part> client;
    private final List<Part> caBundle;
    private final char[] passphrase;

    /**
     * @param client certificate chain, private key, keystores
     * @param caBundle authorities that signed the partner's server certificate
     * @param passphrase opens encrypted client parts; empty if none was given; ownership passes to the submission
     */
    public CertificateSubmission(List<Part> client, List<Part> caBundle, char[] passphrase) {
        this.client = client.stream().filter(CertificateSubmission::meant).toList();
        this.caBundle = caBundle.stream().filter(CertificateSubmission::meant).toList();
        this.passphrase = passphrase;
    }

    /** An empty text field was left blank; an empty file was chosen on purpose. */
    private static boolean meant(Part part) {
        return part.fileName().isPresent() || !part.isBlank();
    }

    /** {@return an empty submission, for a request that takes no certificate} */
    public static CertificateSubmission nothing() {
        return new CertificateSubmission(List.of(), List.of(), new char[0]);
    }

    /** Creates a submission of texts without a passphrase; an empty text means that the field was left blank. */
    public static CertificateSubmission of(String chain, String privateKey, String caBundle) {
        return new CertificateSubmission(
                List.of(Part.text(Part.Field.CHAIN, chain), Part.text(Part.Field.PRIVATE_KEY, privateKey)),
                List.of(Part.text(Part.Field.CA_BUNDLE, caBundle)),
                new char[0]);
    }

    /** {@return the client's parts without blank text fields} */
    public List<Part> client() {
        return client;
    }

    /** {@return the CA bundle's parts without blank text fields} */
    public List<Part> caBundle() {
        return caBundle;
    }

    /** {@return whether the submission is empty} */
    public boolean isNothing() {
        return client.isEmpty() && caBundle.isEmpty() && !hasPassphrase();
    }

    public boolean hasPassphrase() {
        return passphrase.length > 0;
    }

    char[] passphrase() {
        return passphrase;
    }

    /**
     * Returns this submission if it has a CA bundle, otherwise a copy with the given one from the catalogue.
     *
     * @param pem PEM certificates
     */
    public CertificateSubmission withCaBundleIfNone(String pem) {
        return caBundle.isEmpty()
                ? new CertificateSubmission(client, List.of(Part.text(Part.Field.CA_BUNDLE, pem)), passphrase)
                : this;
    }

    @Override
    public void close() {
        client.forEach(Part::close);
        caBundle.forEach(Part::close);
        Arrays.fill(passphrase, '\0');
    }

    @Override
    public String toString() {
        return "CertificateSubmission[client=" + client + ", caBundle=" + caBundle + "]";
    }
}
