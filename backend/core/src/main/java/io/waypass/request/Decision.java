package io.waypass.request;

import java.time.Instant;

/**
 * A person's word on one plan.
 *
 * @param approved yes or no
 * @param planDigest the digest it is bound to
 * @param decidedBy subject of the person
 * @param decidedByName for people
 * @param reason why
 * @param decidedAt when
 */
public record Decision(
        boolean approved,
        String planDigest,
        String decidedBy,
        String decidedByName,
        String reason,
        Instant decidedAt) {}
