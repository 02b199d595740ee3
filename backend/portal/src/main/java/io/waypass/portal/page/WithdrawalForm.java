package io.waypass.portal.page;

import org.jspecify.annotations.Nullable;

/**
 * The form that withdraws a request that waits for a decision.
 *
 * @param reason as typed so far
 * @param wrong why the form was refused; null if it was not
 */
public record WithdrawalForm(String reason, @Nullable String wrong) {

    /** The empty form. */
    public static final WithdrawalForm BLANK = new WithdrawalForm("", null);
}
