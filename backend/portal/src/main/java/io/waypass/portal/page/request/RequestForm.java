package io.waypass.portal.page.request;

import java.util.regex.Pattern;

/** The form that asks for an identity: the texts that may be given back. A key and a passphrase never are. */
public final class RequestForm {

    /** In the first line of every private key in PEM, whatever its kind (RFC 7468, sections 10 and 11). */
    private static final String KEY = "PRIVATE KEY";

    /** Nobody writes such a word; it may be a key's Base64 without its first line. The shortest key, Ed25519's, has 64. */
    private static final Pattern ENCODED = Pattern.compile("[A-Za-z0-9+/=]{60}");

    private String app = "";
    private String destination = "";
    private String clientText = "";
    private String caBundleText = "";
    private String reason = "";

    /** {@return {@code app_…}} */
    public String getApp() {
        return app;
    }

    /**
     * Sets the app.
     *
     * @param app {@code app_…}
     */
    public void setApp(String app) {
        this.app = app;
    }

    /** {@return slug} */
    public String getDestination() {
        return destination;
    }

    /**
     * Sets the destination.
     *
     * @param destination slug
     */
    public void setDestination(String destination) {
        this.destination = destination;
    }

    /** {@return pasted certificates, and perhaps a key} */
    public String getClientText() {
        return clientText;
    }

    /**
     * Sets what was pasted.
     *
     * @param clientText certificates, key, or both
     */
    public void setClientText(String clientText) {
        this.clientText = clientText;
    }

    /** {@return always empty: a passphrase is never written back} */
    public String getPassphrase() {
        return "";
    }

    /** {@return pasted CA certificates} */
    public String getCaBundleText() {
        return caBundleText;
    }

    /**
     * Sets the pasted CA certificates.
     *
     * @param caBundleText PEM
     */
    public void setCaBundleText(String caBundleText) {
        this.caBundleText = caBundleText;
    }

    /** {@return why} */
    public String getReason() {
        return reason;
    }

    /**
     * Sets the reason.
     *
     * @param reason why
     */
    public void setReason(String reason) {
        this.reason = reason;
    }

    /**
     * Drops every text that holds a private key or may hold one: put into the wrong field, it is not written back from
     * there either.
     *
     * @param clientIsSecret whether the client's text is more than certificates
     * @param caBundleIsSecret whether the CA bundle's text is more than certificates
     */
    void forgetKeys(boolean clientIsSecret, boolean caBundleIsSecret) {
        clientText = clientIsSecret ? "" : clientText;
        caBundleText = caBundleIsSecret ? "" : caBundleText;
        reason = withoutKey(reason);
        app = withoutKey(app);
        destination = withoutKey(destination);
    }

    private static String withoutKey(String text) {
        return text.contains(KEY) || ENCODED.matcher(text).find() ? "" : text;
    }
}
