package io.waypass.request;

import io.waypass.refusal.Conflict;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A new request that its {@link ResourceType} has validated. {@link RequestSubmission} submits it in the same way for all kinds. */
interface Proposal {

    /** {@return name of the resource's cluster, whose applier plans the request} */
    String cluster();

    /** {@return key of the requesting team; empty for platform admins} */
    Optional<Long> teamId();

    /**
     * Adds the proposed revision, inside the transaction that submits the request, and checks again what may have changed since the
     * validation.
     *
     * @throws Conflict if a concurrent change came first
     */
    Added add();

    /**
     * Translates the violation of a database constraint by a concurrent change.
     *
     * @param constraint its name
     * @return empty if the constraint guards against an error of Waypass
     */
    Optional<Conflict> conflict(String constraint);

    /**
     * A revision that was added.
     *
     * @param resourceId key of its resource
     * @param facts for the audit trail, in order
     * @param digested input of the audit trail's digest of the request, in order
     */
    record Added(long resourceId, int revision, Map<String, String> facts, List<?> digested) {}
}
