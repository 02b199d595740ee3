package io.waypass.request;

import io.waypass.access.Person;
import io.waypass.refusal.Conflict;
import io.waypass.refusal.InvalidInput;
import io.waypass.refusal.NotAllowed;
import io.waypass.refusal.Reason;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.transaction.support.TransactionOperations;

/** Withdraws a request while nobody has decided on it. */
public final class RequestWithdrawal {

    private final TransactionOperations transactions;
    private final Requests requests;
    private final RequestTransitions transitions;

    public RequestWithdrawal(TransactionOperations transactions, Requests requests, RequestTransitions transitions) {
        this.transactions = transactions;
        this.requests = requests;
        this.transitions = transitions;
    }

    /**
     * Withdraws a request.
     *
     * @param person a member of the requesting team, or the platform admin who requested it
     * @param publicId {@code req_…}
     * @param reason may be blank
     * @throws io.waypass.refusal.Refusal if the person may not, or the request is decided
     */
    public void withdraw(Person person, String publicId, String reason) {
        RequestDetail detail = requests.find(person, publicId);
        RequestSummary seen = detail.summary();
        refuseOthers(person, seen);
        Reason.optional(reason).ifPresent(problem -> {
            throw new InvalidInput(List.of(problem));
        });
        transactions.executeWithoutResult(_ -> {
            Request request = transitions.lock(publicId).orElseThrow();
            if (request.status() != RequestStatus.PLANNING && request.status() != RequestStatus.PENDING) {
                throw new Conflict(
                        "request.decided",
                        "This request can no longer be withdrawn",
                        "It is " + request.status().value()
                                + ". Only a request that waits for its plan or its decision can be withdrawn.");
            }
            transitions.perform(
                    request,
                    request.withdraw(Optional.of(reason.strip()).filter(given -> !given.isEmpty())),
                    RequestTransitions.fact(person.subject(), "request.withdrawn", request)
                            .with(Map.of("reason", reason.strip()))
                            .digests(seen.planDigest(), Optional.empty()));
        });
    }

    private static void refuseOthers(Person person, RequestSummary request) {
        if (request.team().isPresent() && !person.memberOf(request.team().get())) {
            throw new NotAllowed(
                    "team.not-yours", "Only members of team " + request.team().get() + " may withdraw its request.");
        }
        if (request.team().isEmpty() && !person.subject().equals(request.requestedBy())) {
            throw new NotAllowed(
                    "request.not-yours", "Only who asked for it may withdraw it. You may decide on it instead.");
        }
    }
}
