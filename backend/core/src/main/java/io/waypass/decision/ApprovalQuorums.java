package io.waypass.decision;

import io.waypass.access.Person;
import io.waypass.destination.Destinations;
import io.waypass.refusal.InvalidInput;
import io.waypass.refusal.NotFound;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;
import tools.jackson.databind.json.JsonMapper;

/** Changes how many approvals a request for a destination takes. Requests that wait take as many from then on. */
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
     * Changes it.
     *
     * @param person a platform admin
     * @param slug of the destination
     * @param approvals 1 to {@value Destinations#MAX_APPROVALS}
     * @return the destination with its gateway
     * @throws io.waypass.refusal.Refusal if it may not be
     */
    public Destinations.Entry require(Person person, String slug, int approvals) {
        person.requireAdmin();
        Destinations.Entry before = destinations.entry(slug).orElseThrow(() -> new NotFound("destination", slug));
        InvalidInput.throwIfAny(Destinations.problem(approvals).map(List::of).orElse(List.of()));
        return transactions.execute(_ -> {
            Destinations.Entry after = destinations.changeApprovals(person, before, approvals);
            // those that wait are judged again: fewer approvals may be enough for one that nobody is left to approve
            decisions.judgeAgain(before.destination().id());
            return after;
        });
    }
}
