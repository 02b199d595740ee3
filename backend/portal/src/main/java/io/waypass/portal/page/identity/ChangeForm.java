package io.waypass.portal.page.identity;

/** The form that retires or refreshes an identity. */
public final class ChangeForm {

    private String reason = "";
    private boolean confirmed;

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

    /** {@return whether it was confirmed that calls stop; asked for by a retirement alone} */
    public boolean isConfirmed() {
        return confirmed;
    }

    /**
     * Confirms.
     *
     * @param confirmed whether calls may stop
     */
    public void setConfirmed(boolean confirmed) {
        this.confirmed = confirmed;
    }
}
