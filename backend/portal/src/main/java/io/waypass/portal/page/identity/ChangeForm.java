package io.waypass.portal.page.identity;

/** The form that retires or refreshes an identity. */
public final class ChangeForm {

    private String reason = "";
    private boolean confirmed;

    public String getReason() {
        return reason;
    }

    public void setReason(String reason) {
        this.reason = reason;
    }

    /** {@return whether the person has confirmed that calls stop; only a retirement requires it} */
    public boolean isConfirmed() {
        return confirmed;
    }

    public void setConfirmed(boolean confirmed) {
        this.confirmed = confirmed;
    }
}
