package io.waypass.decision;

import io.waypass.access.Person;
import io.waypass.policy.Policies;
import io.waypass.policy.PolicyVersion;
import io.waypass.policy.Ruling;
import io.waypass.policy.Ruling.Outcome;
import io.waypass.request.Decision;
import io.waypass.request.RequestDetail;
import io.waypass.request.RequestSummary;
import io.waypass.request.Requests;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Evaluates a version of a policy for past requests, before it is activated. */
public final class PolicyTrial {

    private static final int MOST = 200;

    /**
     * Result of a trial.
     *
     * @param tried number of requests: the newest that have a plan
     * @param holds requests for which the rule holds
     * @param noDecision requests for which it could not be evaluated, with the reason
     */
    public record Result(int tried, List<Hit> holds, List<Hit> noDecision) {

        public Result {
            holds = List.copyOf(holds);
            noDecision = List.copyOf(noDecision);
        }
    }

    /**
     * A request for which the rule holds, or could not be evaluated.
     *
     * @param decided the actual decision, true for an approval; empty if there was none
     * @param why there is no decision; empty where the rule holds
     */
    public record Hit(RequestSummary request, Optional<Boolean> decided, String why) {}

    private final JdbcClient jdbc;
    private final Requests requests;
    private final Policies policies;
    private final Clock clock;

    public PolicyTrial(JdbcClient jdbc, Requests requests, Policies policies, Clock clock) {
        this.jdbc = jdbc;
        this.requests = requests;
        this.policies = policies;
        this.clock = clock;
    }

    /**
     * Evaluates a version for the newest {@value #MOST} requests that have a plan; decides nothing.
     *
     * @param person a platform admin
     */
    public Result run(Person person, PolicyVersion version) {
        person.requireAdmin();
        List<Hit> holds = new ArrayList<>();
        List<Hit> noDecision = new ArrayList<>();
        List<String> past =
                jdbc.sql("""
                select public_id from request where plan_id is not null order by id desc limit :most
                """).param("most", MOST).query(String.class).list();
        for (String id : past) {
            RequestDetail request = requests.find(id);
            Ruling.Result result = policies.result(version, PolicyCases.of(request, clock.instant()));
            Hit hit = new Hit(
                    request.summary(),
                    request.decisions().stream().findFirst().map(Decision::approved),
                    result.outcome() == Outcome.NO_DECISION ? result.message() : "");
            if (result.outcome() == Outcome.HOLDS) {
                holds.add(hit);
            } else if (result.outcome() == Outcome.NO_DECISION) {
                noDecision.add(hit);
            }
        }
        return new Result(past.size(), holds, noDecision);
    }
}
