package io.waypass.portal.page.request;

/** The form that asks for an identity: the texts that may be given back, without the private key's. */
public final class RequestForm {

    /** In the first line of every private key in PEM, whatever its kind (RFC 7468, sections 10 and 11). */
    private static final String KEY = "PRIVATE KEY";

    private String app = "";
    private String destination = "";
    private String chainText = "";
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

    /** {@return pasted certificates} */
    public String getChainText() {
        return chainText;
    }

    /**
     * Sets the pasted certificates.
     *
     * @param chainText PEM
     */
    public void setChainText(String chainText) {
        this.chainText = chainText;
    }

    /** {@return always empty: a key is never written back} */
    public String getPrivateKeyText() {
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

    /** Drops every text that holds a private key: put into the wrong field, it is not written back from there either. */
    void forgetKeys() {
        chainText = withoutKey(chainText);
        caBundleText = withoutKey(caBundleText);
        reason = withoutKey(reason);
        app = withoutKey(app);
        destination = withoutKey(destination);
    }

    private static String withoutKey(String text) {
        return text.contains(KEY) ? "" : text;
    }
}
