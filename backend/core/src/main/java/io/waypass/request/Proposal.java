package io.waypass.request;

import io.waypass.refusal.Conflict;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A new request that was validated by its {@link ResourceType}: what is left to do about it is the same for all kinds, and is done by
 * {@link RequestSubmission}.
 */
interface Proposal {

    /** {@return name of the resource's cluster, whose applier plans the request} */
    String cluster();

    /** {@return key of the team that asks; empty if platform admins do} */
    Optional<Long> teamId();

    /**
     * Adds the proposed revision, inside the transaction in which the request is submitted, and checks again what may have changed since
     * the validation.
     *
     * @return the revision
     * @throws Conflict if another one was first
     */
    Added add();

    /**
     * Translates a constraint of the database by which another one was first.
     *
     * @param constraint its name
     * @return the refusal; empty if the constraint guards against a fault of ours
     */
    Optional<Conflict> conflict(String constraint);

    /**
     * A revision that was added.
     *
     * @param resourceId key of its resource
     * @param revision its number
     * @param facts what the audit trail says of it, in order
     * @param digested what the audit trail's digest of the request is made from, in order
     */
    record Added(long resourceId, int revision, Map<String, String> facts, List<?> digested) {}
}
