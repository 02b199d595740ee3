package io.waypass.request;

import static io.waypass.request.RequestStatus.APPLIED;
import static io.waypass.request.RequestStatus.APPLYING;
import static io.waypass.request.RequestStatus.APPROVED;
import static io.waypass.request.RequestStatus.FAILED;
import static io.waypass.request.RequestStatus.INVALID;
import static io.waypass.request.RequestStatus.PENDING;
import static io.waypass.request.RequestStatus.PLANNING;
import static io.waypass.request.RequestStatus.REJECTED;
import static io.waypass.request.RequestStatus.SUPERSEDED;
import static io.waypass.request.RequestStatus.WITHDRAWN;

import java.util.List;

/**
 * An edge of the status machine. The table {@code request_status_edge} has the same rows, and its guard limits each process to its own.
 *
 * @param role that may move a request along the edge
 */
public record StatusEdge(Role role, RequestStatus from, RequestStatus to) {

    /** Role of a process. */
    public enum Role {
        /** Submits and decides. */
        PORTAL,
        /** Plans and applies. */
        APPLIER
    }

    /** Every edge. */
    public static final List<StatusEdge> ALL = List.of(
            portal(PLANNING, WITHDRAWN),
            portal(PENDING, PLANNING),
            portal(PENDING, WITHDRAWN),
            portal(PENDING, REJECTED),
            portal(PENDING, APPROVED),
            portal(FAILED, SUPERSEDED),
            portal(APPLIED, SUPERSEDED),
            applier(PLANNING, PENDING),
            applier(PLANNING, INVALID),
            applier(PENDING, PLANNING),
            applier(APPROVED, PLANNING),
            applier(APPROVED, APPLYING),
            applier(APPLYING, PLANNING),
            applier(APPLYING, APPLIED),
            applier(APPLYING, FAILED),
            applier(FAILED, PLANNING),
            applier(FAILED, APPLIED));

    private static StatusEdge portal(RequestStatus from, RequestStatus to) {
        return new StatusEdge(Role.PORTAL, from, to);
    }

    private static StatusEdge applier(RequestStatus from, RequestStatus to) {
        return new StatusEdge(Role.APPLIER, from, to);
    }

    static List<StatusEdge> between(RequestStatus from, RequestStatus to) {
        return ALL.stream()
                .filter(edge -> edge.from() == from && edge.to() == to)
                .toList();
    }
}
