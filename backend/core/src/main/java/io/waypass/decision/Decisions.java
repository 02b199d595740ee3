package io.waypass.decision;

import io.waypass.access.Person;
import io.waypass.database.Rows;
import io.waypass.plan.Plan;
import io.waypass.policy.Ruling;
import io.waypass.request.Request;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;

/** Repository of decisions on plans, and of the policies' rulings. */
final class Decisions {

    /** The decider: a person or a policy. */
    sealed interface Author {

        /** {@return the name in the audit trail} */
        String name();

        record OfPerson(Person person) implements Author {
            @Override
            public String name() {
                return person.subject();
            }
        }

        record OfPolicy(Ruling.Result policy) implements Author {
            @Override
            public String name() {
                return policy.signature();
            }
        }
    }

    private final JdbcClient jdbc;
    private final JsonMapper json;

    Decisions(JdbcClient jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    /** Inserts a decision, inside the caller's transaction; false if the author has already decided on the plan. */
    boolean insert(Request request, Plan plan, Author author, boolean approve, String reason, Instant now) {
        return jdbc.sql("""
                insert into decision (request_id, plan_id, plan_digest, verdict, decided_by, policy_version_id, reason, decided_at)
                select :request, id, digest, :verdict, :by, :policy, :reason, :now from plan where public_id = :plan
                on conflict do nothing
                """)
                        .param("request", request.id())
                        .param("verdict", approve ? "approved" : "rejected")
                        .param(
                                "by",
                                author instanceof Author.OfPerson by
                                        ? by.person().subject()
                                        : null)
                        .param(
                                "policy",
                                author instanceof Author.OfPolicy by
                                        ? by.policy().versionId()
                                        : null)
                        .param("reason", reason)
                        .param("now", Rows.timestamp(now))
                        .param("plan", plan.publicId())
                        .update()
                > 0;
    }

    /** Replaces the policies' ruling on a plan. */
    void keep(Plan plan, Ruling ruling, boolean peopleOnly, Instant now) {
        jdbc.sql("""
                insert into policy_evaluation (plan_id, policy_set, approvals, people_only, own_team, results, evaluated_at)
                select id, :set, :approvals, :people, :own, cast(:results as jsonb), :now from plan where public_id = :plan
                on conflict (plan_id) do update set policy_set = excluded.policy_set, approvals = excluded.approvals,
                    people_only = excluded.people_only, own_team = excluded.own_team, results = excluded.results,
                    evaluated_at = excluded.evaluated_at
                """)
                .param("set", ruling.policySet())
                .param("approvals", ruling.approvalsNeeded())
                .param("people", peopleOnly)
                .param("own", ruling.ownTeamAllowed())
                .param("results", json.writeValueAsString(ruling.results()))
                .param("now", Rows.timestamp(now))
                .param("plan", plan.publicId())
                .update();
    }

    /** Version of the policy set that was evaluated for a plan; empty if none was. */
    Optional<Long> judgedBy(Plan plan) {
        return jdbc.sql("""
                select e.policy_set from policy_evaluation e join plan p on p.id = e.plan_id where p.public_id = :plan
                """).param("plan", plan.publicId()).query(Long.class).optional();
    }

    /** Requests that wait for a decision and were not evaluated by the present policy set, oldest first. */
    List<String> unjudged(int limit) {
        return jdbc.sql("""
                select r.public_id from request r left join policy_evaluation e on e.plan_id = r.plan_id
                where r.status = 'pending' and (e.plan_id is null or e.policy_set < (select version from policy_set))
                order by r.id limit :limit
                """).param("limit", limit).query(String.class).list();
    }

    /** Marks waiting plans of a destination as not evaluated by the present policy set. */
    void judgeAgain(long destinationId) {
        jdbc.sql("""
                update policy_evaluation set policy_set = -1 where plan_id in (
                    select r.plan_id from request r join identity i on i.id = r.resource_id
                    where r.status = 'pending' and i.destination_id = :id)
                """).param("id", destinationId).update();
    }

    /** Whether what a request's present plan was made from has changed in the database; false without a plan. */
    boolean outdated(Request request) {
        return jdbc.sql("""
                select p.basis is distinct from request_basis(r.id) from request r join plan p on p.id = r.plan_id where r.id = :id
                """)
                .param("id", request.id())
                .query(Boolean.class)
                .optional()
                .orElse(false);
    }
}
