package io.waypass.request;

import io.waypass.access.Person;
import io.waypass.audit.AuditTrail;
import io.waypass.database.Rows;
import io.waypass.refusal.Conflict;
import io.waypass.refusal.InvalidInput;
import io.waypass.refusal.NotAllowed;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/** A team takes its request back while nobody has decided. */
public final class WithdrawRequest {

    private final JdbcClient jdbc;
    private final TransactionOperations transactions;
    private final Requests requests;
    private final AuditTrail audit;
    private final Clock clock;

    /**
     * Makes the use case.
     *
     * @param jdbc the portal's database
     * @param transactions for the one write
     * @param requests what is withdrawn
     * @param audit the trail
     * @param clock tells when
     */
    public WithdrawRequest(
            JdbcClient jdbc, TransactionOperations transactions, Requests requests, AuditTrail audit, Clock clock) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.requests = requests;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * Withdraws.
     *
     * @param person a member of the team that asked
     * @param publicId {@code req_…}
     * @param reason why; may be blank
     * @throws io.waypass.refusal.Refusal if it may not be
     */
    public void withdraw(Person person, String publicId, String reason) {
        RequestDetail detail = requests.find(person, publicId);
        RequestSummary seen = detail.summary();
        if (!person.memberOf(seen.team())) {
            throw new NotAllowed(
                    "team.not-yours", "Only members of team " + seen.team() + " may withdraw its request.");
        }
        Reason.optional(reason).ifPresent(problem -> {
            throw new InvalidInput(List.of(problem));
        });
        transactions.executeWithoutResult(_ -> {
            int moved = jdbc.sql("""
                    update request set status = 'withdrawn', status_message = :reason, status_changed_at = :now, waiting_reason = null
                    where id = :id and status in ('planning', 'pending')
                    """)
                    .param("id", seen.id())
                    .param("reason", reason.isBlank() ? null : reason.strip())
                    .param("now", Rows.timestamp(clock.instant()))
                    .update();
            if (moved == 0) {
                RequestStatus status = requests.find(person, publicId).summary().status();
                throw new Conflict(
                        "request.decided",
                        "This request can no longer be withdrawn",
                        "It is " + status.value()
                                + ". Only a request that waits for its plan or its decision can be withdrawn.");
            }
            audit.append(AuditTrail.Fact.of(person.subject(), "request.withdrawn", publicId)
                    .about(detail.teamId(), publicId)
                    .with(Map.of("reason", reason.strip()))
                    .digests(seen.planDigest(), Optional.empty()));
        });
    }
}
