package io.waypass.portal.page;

import org.jspecify.annotations.Nullable;

/**
 * The form that withdraws a request that waits for a decision.
 *
 * @param reason as written so far
 * @param wrong why the form came back; null if it did not
 */
public record WithdrawalForm(String reason, @Nullable String wrong) {

    /** The form with nothing written. */
    public static final WithdrawalForm BLANK = new WithdrawalForm("", null);
}
