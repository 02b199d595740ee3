package io.waypass.request;

import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A plan's objects in the database; read by the portal to show and by the applier to apply. */
final class PlanRows {

    private PlanRows() {}

    static List<PlanObject> objects(JdbcClient jdbc, long planId) {
        return jdbc.sql("""
                select api_version, kind, namespace, name, action, diff, manifest from plan_object where plan_id = :id order by position
                """)
                .param("id", planId)
                .query((row, _) -> new PlanObject(
                        row.getString("api_version"),
                        row.getString("kind"),
                        row.getString("namespace"),
                        row.getString("name"),
                        PlanObject.Action.of(row.getString("action")),
                        row.getString("diff"),
                        row.getString("manifest")))
                .list();
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
