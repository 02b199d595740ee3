package io.waypass.certificate;

import java.util.Arrays;
import java.util.List;

/**
 * What a team handed in. Closing it wipes the parts and the passphrase; its text form names sizes only.
 *
 * <p>The client's parts may hold its chain and its key in any form, any split and any order: what a part holds is
 * recognised by its content. The CA bundle stands apart and is never mixed with the client's chain.
 */
public final class CertificateSubmission implements AutoCloseable {

    private final List<Part> client;
    private final List<Part> caBundle;
    private final char[] passphrase;

    /**
     * Makes it.
     *
     * @param client certificate chain, private key, keystores
     * @param caBundle who signed the partner's server certificate
     * @param passphrase opens what is encrypted among the client's parts; empty if none was given; taken over
     */
    public CertificateSubmission(List<Part> client, List<Part> caBundle, char[] passphrase) {
        this.client = client.stream().filter(CertificateSubmission::meant).toList();
        this.caBundle = caBundle.stream().filter(CertificateSubmission::meant).toList();
        this.passphrase = passphrase;
    }

    /** An empty text field is one that nobody filled; a file that is empty was chosen by somebody. */
    private static boolean meant(Part part) {
        return part.fileName().isPresent() || !part.isBlank();
    }

    /** {@return nothing at all, as a request that takes no certificate has it} */
    public static CertificateSubmission nothing() {
        return new CertificateSubmission(List.of(), List.of(), new char[0]);
    }

    /**
     * Texts without a passphrase.
     *
     * @param chain empty if nothing was given
     * @param privateKey empty if nothing was given
     * @param caBundle empty if nothing was given
     * @return the submission
     */
    public static CertificateSubmission of(String chain, String privateKey, String caBundle) {
        return new CertificateSubmission(
                List.of(Part.text(Part.Field.CHAIN, chain), Part.text(Part.Field.PRIVATE_KEY, privateKey)),
                List.of(Part.text(Part.Field.CA_BUNDLE, caBundle)),
                new char[0]);
    }

    /** {@return the client's parts, without texts that nobody wrote} */
    public List<Part> client() {
        return client;
    }

    /** {@return the CA bundle's parts, without texts that nobody wrote} */
    public List<Part> caBundle() {
        return caBundle;
    }

    /** {@return whether nothing was given} */
    public boolean isNothing() {
        return client.isEmpty() && caBundle.isEmpty() && !hasPassphrase();
    }

    /** {@return whether a passphrase was given} */
    public boolean hasPassphrase() {
        return passphrase.length > 0;
    }

    char[] passphrase() {
        return passphrase;
    }

    /**
     * The same with the catalogue's CA bundle where none was given.
     *
     * @param pem PEM certificates
     * @return this one if it has a CA bundle of its own
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
