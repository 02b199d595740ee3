package io.waypass.plan;

import io.waypass.access.PublicIds;
import io.waypass.database.Rows;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Repository of plans and their objects: an applier writes them, the portal shows them. */
public final class Plans {

    /**
     * A plan that was inserted.
     *
     * @param publicId {@code pln_…}
     */
    public record Inserted(long id, String publicId) {}

    /**
     * A plan that a decision approved.
     *
     * @param digest that the decision names
     * @param relied facts observed in the cluster at planning, by name
     * @param basisHolds whether the database's content that the plan is based on is unchanged
     */
    public record Approved(String digest, Map<String, String> relied, boolean basisHolds) {}

    private final JdbcClient jdbc;
    private final JsonMapper json;
    private final PublicIds ids;
    private final Clock clock;

    public Plans(JdbcClient jdbc, JsonMapper json, PublicIds ids, Clock clock) {
        this.jdbc = jdbc;
        this.json = json;
        this.ids = ids;
        this.clock = clock;
    }

    /**
     * Inserts a plan with its objects, inside the caller's transaction.
     *
     * @param requestId key of the request
     * @param basis digest of everything in the database that the plan is based on
     * @param cause why it replaces an earlier plan; empty for the first
     */
    public Inserted insert(long requestId, String basis, Optional<String> cause, NewPlan plan) {
        String publicId = ids.next("pln");
        CheckCounts counts = CheckCounts.of(plan.checks());
        long planId = jdbc.sql("""
                insert into plan (public_id, request_id, digest, checks, created_at, took_ms, basis, relied, cause, passed, warnings,
                    failed, unknown)
                values (:id, :request, :digest, cast(:checks as jsonb), :now, :took, :basis, cast(:relied as jsonb), :cause, :passed,
                    :warnings, :failed, :unknown) returning id
                """)
                .param("id", publicId)
                .param("request", requestId)
                .param("digest", plan.digest())
                .param("checks", json.writeValueAsString(plan.checks()))
                .param("now", Rows.timestamp(clock.instant()))
                .param("took", (int) plan.took().toMillis())
                .param("basis", basis)
                .param("relied", json.writeValueAsString(plan.relied()))
                .param("cause", cause.orElse(null))
                .param("passed", counts.passed())
                .param("warnings", counts.warnings())
                .param("failed", counts.failed())
                .param("unknown", counts.unknown())
                .query(Long.class)
                .single();
        for (int position = 0; position < plan.objects().size(); position++) {
            insert(planId, requestId, position, plan.objects().get(position));
        }
        return new Inserted(planId, publicId);
    }

    private void insert(long planId, long requestId, int position, PlanObject object) {
        jdbc.sql("""
                insert into plan_object (plan_id, position, api_version, kind, namespace, name, action, diff, manifest, owner_id)
                values (:plan, :position, :apiVersion, :kind, :namespace, :name, :action, :diff, :manifest,
                    (select resource_id from request where id = :request and :owned))
                """)
                .param("plan", planId)
                .param("position", position)
                .param("apiVersion", object.apiVersion())
                .param("kind", object.kind())
                .param("namespace", object.namespace())
                .param("name", object.name())
                .param("action", object.action().value())
                .param("diff", object.diff())
                .param("manifest", object.manifest())
                .param("request", requestId)
                .param("owned", object.owned())
                .update();
    }

    /** {@return a plan in the form that people see} */
    public Plan find(long planId) {
        List<PlanObject> objects = objects(planId);
        return jdbc.sql("""
                select public_id, digest, checks, created_at, took_ms, cause,
                    (select count(*) from plan earlier where earlier.request_id = plan.request_id and earlier.id <= plan.id) as number
                from plan where id = :id
                """)
                .param("id", planId)
                .query((row, _) -> new Plan(
                        row.getString("public_id"),
                        row.getString("digest"),
                        json.readValue(row.getString("checks"), new TypeReference<List<PlanCheck>>() {}),
                        objects,
                        Rows.instant(row, "created_at"),
                        Duration.ofMillis(row.getInt("took_ms")),
                        Optional.ofNullable(row.getString("cause")),
                        row.getInt("number")))
                .single();
    }

    /** {@return a plan's objects, in the order of apply} */
    public List<PlanObject> objects(long planId) {
        return jdbc.sql("""
                select api_version, kind, namespace, name, action, diff, manifest, owner_id from plan_object
                where plan_id = :id order by position
                """).param("id", planId).query(Plans::object).list();
    }

    /**
     * Finds objects that approved plans may have written into the cluster.
     *
     * @param since revision whose plan, with all later ones, counts: one that was applied has named all that was left of earlier plans
     * @return the resource's own objects of these plans, each as the newest plan has it, removals included; objects shared with other
     * resources are excluded
     */
    public List<PlanObject> written(long resourceId, int since) {
        return jdbc.sql("""
                select distinct on (o.kind, o.namespace, o.name) o.api_version, o.kind, o.namespace, o.name, o.action, o.diff, o.manifest,
                    o.owner_id
                from plan_object o join plan p on p.id = o.plan_id join request r on r.id = p.request_id
                where o.owner_id = :id and r.revision >= :since
                    and exists (select 1 from decision d where d.plan_id = o.plan_id and d.verdict = 'approved')
                order by o.kind, o.namespace, o.name, o.plan_id desc
                """)
                .param("id", resourceId)
                .param("since", since)
                .query(Plans::object)
                .list();
    }

    /**
     * Finds a plan that a decision approved.
     *
     * @param basis current digest of the database's content, to compare with the plan's
     * @return the plan; empty if no approval covers it
     */
    public Optional<Approved> approved(long planId, String basis) {
        return jdbc.sql("""
                select p.digest, p.relied, p.basis = :basis as holds from plan p
                where p.id = :plan and exists (select 1 from decision d
                    where d.plan_id = p.id and d.request_id = p.request_id and d.verdict = 'approved' and d.plan_digest = p.digest)
                """)
                .param("plan", planId)
                .param("basis", basis)
                .query((row, _) ->
                        new Approved(row.getString("digest"), facts(row.getString("relied")), row.getBoolean("holds")))
                .optional();
    }

    /** {@return the digest of a request's current plan} */
    public Optional<String> presentDigest(long requestId) {
        return jdbc.sql("select p.digest from request r join plan p on p.id = r.plan_id where r.id = :id")
                .param("id", requestId)
                .query(String.class)
                .optional();
    }

    /** {@return the digest of a resource's applied plan} */
    public Optional<String> appliedDigest(long resourceId) {
        return jdbc.sql("""
                select p.digest from resource i join request r on r.resource_id = i.id and r.revision = i.applied_revision
                join plan p on p.id = r.plan_id where i.id = :id
                """).param("id", resourceId).query(String.class).optional();
    }

    /**
     * Parses the facts that a plan relied on, from its column {@code relied}.
     *
     * @param relied JSON, or null for none
     * @return fact by name
     */
    public Map<String, String> facts(@Nullable String relied) {
        return relied == null ? Map.of() : json.readValue(relied, new TypeReference<Map<String, String>>() {});
    }

    private static PlanObject object(ResultSet row, int number) throws SQLException {
        return new PlanObject(
                row.getString("api_version"),
                row.getString("kind"),
                row.getString("namespace"),
                row.getString("name"),
                PlanObject.Action.of(row.getString("action")),
                row.getString("diff"),
                row.getString("manifest"),
                row.getObject("owner_id") != null);
    }
}
