package io.waypass.portal.page.request;

import java.util.regex.Pattern;

/** The form that requests an identity: the texts that may be written back. A key and a passphrase never are. */
public final class RequestForm {

    /** Part of the first line of every private key in PEM (RFC 7468, sections 10 and 11). */
    private static final String KEY = "PRIVATE KEY";

    /** A word of this length may be a key's Base64 without its first line. The shortest key, Ed25519's, has 64 characters. */
    private static final Pattern ENCODED = Pattern.compile("[A-Za-z0-9+/=]{60}");

    private String app = "";
    private String destination = "";
    private String clientText = "";
    private String caBundleText = "";
    private String reason = "";

    public String getApp() {
        return app;
    }

    public void setApp(String app) {
        this.app = app;
    }

    public String getDestination() {
        return destination;
    }

    public void setDestination(String destination) {
        this.destination = destination;
    }

    /** {@return pasted certificates, possibly with a key} */
    public String getClientText() {
        return clientText;
    }

    public void setClientText(String clientText) {
        this.clientText = clientText;
    }

    /** {@return always empty: a passphrase is never written back} */
    public String getPassphrase() {
        return "";
    }

    public String getCaBundleText() {
        return caBundleText;
    }

    public void setCaBundleText(String caBundleText) {
        this.caBundleText = caBundleText;
    }

    public String getReason() {
        return reason;
    }

    public void setReason(String reason) {
        this.reason = reason;
    }

    /**
     * Drops every text that contains a private key or may contain one, also in the wrong field.
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
