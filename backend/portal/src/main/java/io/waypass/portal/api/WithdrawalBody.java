package io.waypass.portal.api;

import org.jspecify.annotations.Nullable;

/** Reason for a withdrawal; the body is optional. */
record WithdrawalBody(@Nullable String reason) {

    static String reason(@Nullable WithdrawalBody body) {
        return body == null ? "" : Input.text(body.reason());
    }
}
