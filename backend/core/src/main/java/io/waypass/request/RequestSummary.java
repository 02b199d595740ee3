package io.waypass.request;

import io.waypass.app.Principal;
import io.waypass.plan.CheckCounts;
import java.time.Instant;
import java.util.Optional;

/**
 * A request as lists show it.
 *
 * @param id key inside the database
 * @param publicId {@code req_…}
 * @param kind what it proposes
 * @param status where it stands
 * @param statusChangedAt since when
 * @param statusMessage why it is invalid, rejected, withdrawn or failed
 * @param waitingReason what the applier waits for, such as an API server that does not answer
 * @param team slug of the team that asks
 * @param cluster name
 * @param appId {@code app_…}
 * @param app name of the app
 * @param principal who the app is inside the mesh
 * @param destination slug
 * @param host the destination's host
 * @param identityId {@code idn_…}
 * @param subject of the certificate, if the request brings one
 * @param notAfter end of the certificate's validity
 * @param inUseUntil end of validity of the certificate that is in use until then; empty if none is
 * @param requestedBy subject of the person
 * @param requestedByName for people
 * @param requestedAt when
 * @param checks how the present plan's checks went; empty without a plan
 * @param plan public id of the present plan; empty without one
 * @param planDigest its digest
 * @param approvals how many approvals the present plan has
 * @param approvalsNeeded how many it takes
 */
public record RequestSummary(
        long id,
        String publicId,
        RequestKind kind,
        RequestStatus status,
        Instant statusChangedAt,
        Optional<String> statusMessage,
        Optional<String> waitingReason,
        String team,
        String cluster,
        String appId,
        String app,
        Principal principal,
        String destination,
        String host,
        String identityId,
        Optional<String> subject,
        Optional<Instant> notAfter,
        Optional<Instant> inUseUntil,
        String requestedBy,
        String requestedByName,
        Instant requestedAt,
        Optional<CheckCounts> checks,
        Optional<String> plan,
        Optional<String> planDigest,
        int approvals,
        int approvalsNeeded) {}
