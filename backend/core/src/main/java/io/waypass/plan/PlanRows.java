package io.waypass.plan;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A plan's objects in the database; read by the portal to show and by the applier to apply. */
public final class PlanRows {

    private PlanRows() {}

    public static List<PlanObject> objects(JdbcClient jdbc, long planId) {
        return jdbc.sql("""
                select api_version, kind, namespace, name, action, diff, manifest from plan_object where plan_id = :id order by position
                """).param("id", planId).query(PlanRows::object).list();
    }

    private static PlanObject object(ResultSet row, int number) throws SQLException {
        return new PlanObject(
                row.getString("api_version"),
                row.getString("kind"),
                row.getString("namespace"),
                row.getString("name"),
                PlanObject.Action.of(row.getString("action")),
                row.getString("diff"),
                row.getString("manifest"));
    }

    /** An identity's own objects of every plan that was approved, each in its newest form; what it shares with others is not among them. */
    public static List<PlanObject> written(JdbcClient jdbc, long identityId) {
        return jdbc.sql("""
                select distinct on (o.kind, o.namespace, o.name) o.api_version, o.kind, o.namespace, o.name, o.action, o.diff, o.manifest
                from plan_object o join plan p on p.id = o.plan_id join request r on r.id = p.request_id
                where r.identity_id = :id and o.action <> 'delete' and o.manifest like '%"waypass.io/identity"%'
                    and exists (select 1 from decision d where d.plan_id = p.id and d.verdict = 'approved')
                order by o.kind, o.namespace, o.name, p.id desc
                """).param("id", identityId).query(PlanRows::object).list();
    }

    static void insert(JdbcClient jdbc, long planId, List<PlanObject> objects) {
        for (int position = 0; position < objects.size(); position++) {
            PlanObject object = objects.get(position);
            jdbc.sql("""
                    insert into plan_object (plan_id, position, api_version, kind, namespace, name, action, diff, manifest)
                    values (:plan, :position, :apiVersion, :kind, :namespace, :name, :action, :diff, :manifest)
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
                    .update();
        }
    }
}
