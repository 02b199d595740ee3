package io.waypass.resource;

import io.waypass.database.Rows;
import io.waypass.fingerprint.CertificateFingerprints;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Repository of what appliers observe; runs inside the caller's transaction. */
public final class Observations {

    /** End of a statement that inserts conditions: the last transition changes only with the status. */
    private static final String REPLACE = """
            on conflict (resource_id, type) do update set status = excluded.status, reason = excluded.reason,
                message = excluded.message, observed_at = excluded.observed_at,
                last_transition_at = case when condition.status = excluded.status then condition.last_transition_at
                    else excluded.last_transition_at end
            """;

    /** After {@link #REPLACE}: rows that are the same already are not updated. */
    private static final String IF_DIFFERENT = """
            where (condition.status, condition.reason, condition.message) is distinct from
                (excluded.status, excluded.reason, excluded.message)
            """;

    private final JdbcClient jdbc;
    private final Clock clock;

    public Observations(JdbcClient jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /** A condition of one resource among many. */
    public record ResourceCondition(long resourceId, Observation.ObservedCondition condition) {}

    /** Replaces a resource's observation. The last transition of a condition changes only with its status. */
    public void record(long resourceId, Observation observation) {
        forget(resourceId, observation.conditions());
        conditions(resourceId, observation.conditions());
        objects(resourceId, observation.objects());
    }

    /**
     * {@return the UID of each object when it was observed last, by place; it identifies a resource's own objects, whatever happened to
     * their labels}
     */
    public Map<ObjectPlace, String> known(long resourceId) {
        return jdbc
                .sql(
                        "select kind, namespace, name, uid from observed_object where resource_id = :id and uid is not null")
                .param("id", resourceId)
                .query((row, _) -> Map.entry(
                        new ObjectPlace(row.getString("kind"), row.getString("namespace"), row.getString("name")),
                        row.getString("uid")))
                .list()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (_, newer) -> newer));
    }

    /** Records a condition of resources; those that have it already are not updated. */
    public void recordForAll(Collection<Long> resourceIds, Observation.ObservedCondition seen) {
        jdbc.sql("""
                insert into condition (resource_id, type, status, reason, message, last_transition_at, observed_at)
                select id, :type, :status, :reason, :message, :now, :now from unnest(:ids) as id
                """ + REPLACE + IF_DIFFERENT)
                .param("ids", resourceIds.stream().sorted().toArray(Long[]::new))
                .param("type", seen.type().value())
                .param("status", seen.status().value())
                .param("reason", seen.reason())
                .param("message", seen.message())
                .param("now", Rows.timestamp(clock.instant()))
                .update();
    }

    /**
     * Records conditions of many resources in one statement. Rows that are the same already are not updated; a resource that is not
     * applied, such as one that was retired meanwhile, gets none.
     *
     * @param seen at most one of a type for each resource
     */
    public void recordEach(List<ResourceCondition> seen) {
        jdbc.sql("""
                insert into condition (resource_id, type, status, reason, message, last_transition_at, observed_at)
                select seen.id, seen.type, seen.status, seen.reason, seen.message, :now, :now
                from unnest(:ids, :types, :statuses, :reasons, :messages) as seen (id, type, status, reason, message)
                join resource r on r.id = seen.id and r.applied_revision is not null
                order by seen.id, seen.type
                """ + REPLACE + IF_DIFFERENT)
                .param("ids", seen.stream().map(ResourceCondition::resourceId).toArray(Long[]::new))
                .param(
                        "types",
                        Rows.column(seen, each -> each.condition().type().value()))
                .param(
                        "statuses",
                        Rows.column(seen, each -> each.condition().status().value()))
                .param("reasons", Rows.column(seen, each -> each.condition().reason()))
                .param("messages", Rows.column(seen, each -> each.condition().message()))
                .param("now", Rows.timestamp(clock.instant()))
                .update();
    }

    /** One statement, because it runs between an approval and its being applied. */
    private void conditions(long resourceId, List<Observation.ObservedCondition> conditions) {
        jdbc.sql("""
                insert into condition (resource_id, type, status, reason, message, last_transition_at, observed_at)
                select :resource, seen.type, seen.status, seen.reason, seen.message, :now, :now
                from unnest(:types, :statuses, :reasons, :messages) as seen (type, status, reason, message)
                """ + REPLACE)
                .param("resource", resourceId)
                .param(
                        "types",
                        Rows.column(conditions, condition -> condition.type().value()))
                .param(
                        "statuses",
                        Rows.column(conditions, condition -> condition.status().value()))
                .param("reasons", Rows.column(conditions, Observation.ObservedCondition::reason))
                .param("messages", Rows.column(conditions, Observation.ObservedCondition::message))
                .param("now", Rows.timestamp(clock.instant()))
                .update();
    }

    /** A retired identity has no conditions. Those of others about the mesh are recorded apart from an observation. */
    private void forget(long resourceId, List<Observation.ObservedCondition> conditions) {
        if (conditions.isEmpty()) {
            jdbc.sql("delete from condition where resource_id = :resource")
                    .param("resource", resourceId)
                    .update();
        }
    }

    private void objects(long resourceId, List<ObservedObject> objects) {
        jdbc.sql("delete from observed_object where resource_id = :resource")
                .param("resource", resourceId)
                .update();
        jdbc.sql("""
                insert into observed_object (resource_id, position, api_version, kind, namespace, name, state, uid, resource_version,
                    observed_at, fingerprints)
                select :resource, seen.position - 1, seen.api_version, seen.kind, seen.namespace, seen.name, seen.state, seen.uid,
                    seen.resource_version, cast(seen.observed_at as timestamptz),
                    case when seen.chain is not null then
                        jsonb_build_object('chain', seen.chain, 'publicKey', seen.public_key, 'caBundle', seen.ca_bundle) end
                from unnest(:apiVersions, :kinds, :namespaces, :names, :states, :uids, :versions, :instants, :chains, :publicKeys,
                    :caBundles) with ordinality
                    as seen (api_version, kind, namespace, name, state, uid, resource_version, observed_at, chain, public_key, ca_bundle,
                        position)
                """)
                .param("resource", resourceId)
                .param("apiVersions", Rows.column(objects, ObservedObject::apiVersion))
                .param("kinds", Rows.column(objects, ObservedObject::kind))
                .param("namespaces", Rows.column(objects, ObservedObject::namespace))
                .param("names", Rows.column(objects, ObservedObject::name))
                .param("states", Rows.column(objects, object -> object.state().value()))
                .param("uids", Rows.column(objects, object -> object.uid().orElse(null)))
                .param(
                        "versions",
                        Rows.column(objects, object -> object.resourceVersion().orElse(null)))
                .param(
                        "instants",
                        Rows.column(objects, object -> object.observedAt().toString()))
                .param("chains", fingerprints(objects, CertificateFingerprints::chain))
                .param("publicKeys", fingerprints(objects, CertificateFingerprints::publicKey))
                .param("caBundles", fingerprints(objects, CertificateFingerprints::caBundle))
                .update();
    }

    private static @Nullable String[] fingerprints(
            List<ObservedObject> objects, Function<CertificateFingerprints, String> value) {
        return Rows.column(objects, object -> object.fingerprints().map(value).orElse(null));
    }
}
