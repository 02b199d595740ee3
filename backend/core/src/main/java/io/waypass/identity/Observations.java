package io.waypass.identity;

import io.waypass.database.Rows;
import java.time.Clock;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What the applier saw, kept for the portal; inside the caller's transaction. */
public final class Observations {

    private final JdbcClient jdbc;
    private final Clock clock;

    /**
     * Makes the repository.
     *
     * @param jdbc the applier's database
     * @param clock tells when
     */
    public Observations(JdbcClient jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /**
     * Keeps an observation; a condition's last transition moves only when its status does.
     *
     * @param identityId whose
     * @param observation what was seen
     */
    public void record(long identityId, Observation observation) {
        for (Observation.ObservedCondition condition : observation.conditions()) {
            jdbc.sql("""
                    insert into condition (identity_id, type, status, reason, message, last_transition_at, observed_at)
                    values (:identity, :type, :status, :reason, :message, :now, :now)
                    on conflict (identity_id, type) do update set status = excluded.status, reason = excluded.reason,
                        message = excluded.message, observed_at = excluded.observed_at,
                        last_transition_at = case when condition.status = excluded.status then condition.last_transition_at
                            else excluded.last_transition_at end
                    """)
                    .param("identity", identityId)
                    .param("type", condition.type().value())
                    .param("status", condition.status().value())
                    .param("reason", condition.reason())
                    .param("message", condition.message())
                    .param("now", Rows.timestamp(clock.instant()))
                    .update();
        }
        objects(identityId, observation.objects());
    }

    private void objects(long identityId, List<ObservedObject> objects) {
        jdbc.sql("delete from observed_object where identity_id = :identity")
                .param("identity", identityId)
                .update();
        for (int position = 0; position < objects.size(); position++) {
            ObservedObject object = objects.get(position);
            jdbc.sql("""
                    insert into observed_object (identity_id, position, api_version, kind, namespace, name, state, uid, resource_version,
                        observed_at)
                    values (:identity, :position, :apiVersion, :kind, :namespace, :name, :state, :uid, :version, :at)
                    """)
                    .param("identity", identityId)
                    .param("position", position)
                    .param("apiVersion", object.apiVersion())
                    .param("kind", object.kind())
                    .param("namespace", object.namespace())
                    .param("name", object.name())
                    .param("state", object.state().value())
                    .param("uid", object.uid().orElse(null))
                    .param("version", object.resourceVersion().orElse(null))
                    .param("at", Rows.timestamp(object.observedAt()))
                    .update();
        }
    }
}
