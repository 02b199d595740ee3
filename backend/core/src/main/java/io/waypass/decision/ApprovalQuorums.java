package io.waypass.decision;

import io.waypass.access.Person;
import io.waypass.destination.Destinations;
import io.waypass.refusal.InvalidInput;
import io.waypass.refusal.NotFound;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;
import tools.jackson.databind.json.JsonMapper;

/** Changes the number of approvals that requests for a destination need; requests that wait are included. */
public final class ApprovalQuorums {

    private final Decisions decisions;
    private final TransactionOperations transactions;
    private final Destinations destinations;

    public ApprovalQuorums(JdbcClient jdbc, TransactionOperations transactions, Destinations destinations) {
        this.decisions = new Decisions(jdbc, JsonMapper.shared());
        this.transactions = transactions;
        this.destinations = destinations;
    }

    /**
     * Changes the number of required approvals.
     *
     * @param slug of the destination
     * @param approvals 1 to {@value Destinations#MAX_APPROVALS}
     * @throws io.waypass.refusal.Refusal if the person is no platform admin, or the input is not valid
     */
    public Destinations.Entry require(Person person, String slug, int approvals) {
        person.requireAdmin();
        Destinations.Entry before = destinations.entry(slug).orElseThrow(() -> new NotFound("destination", slug));
        InvalidInput.throwIfAny(Destinations.problem(approvals).map(List::of).orElse(List.of()));
        return transactions.execute(_ -> {
            Destinations.Entry after = destinations.changeApprovals(person, before, approvals);
            // waiting requests are evaluated again: fewer approvals may complete one whose approvers have all decided
            decisions.judgeAgain(before.destination().id());
            return after;
        });
    }
}
