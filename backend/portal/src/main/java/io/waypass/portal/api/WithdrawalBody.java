package io.waypass.portal.api;

import org.jspecify.annotations.Nullable;

/** Why something that waits for a decision is taken back; the body may be absent. */
record WithdrawalBody(@Nullable String reason) {

    static String reason(@Nullable WithdrawalBody body) {
        return body == null ? "" : Input.text(body.reason());
    }
}
