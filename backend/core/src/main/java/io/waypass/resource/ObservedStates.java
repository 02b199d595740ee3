package io.waypass.resource;

import io.waypass.database.Rows;
import io.waypass.fingerprint.CertificateFingerprints;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads conditions and objects of resources as appliers observed them last. */
public final class ObservedStates {

    private final JdbcClient jdbc;

    public ObservedStates(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** {@return conditions by resource, in the order of their types} @param resourceIds keys of resources */
    public Map<Long, List<Condition>> conditions(Long[] resourceIds) {
        record Keyed(long resourceId, Condition condition) {}
        return jdbc
                .sql("""
                select resource_id, type, status, reason, message, last_transition_at, observed_at from condition
                where resource_id = any(:ids)
                """)
                .param("ids", resourceIds)
                .query((row, _) -> new Keyed(
                        row.getLong("resource_id"),
                        new Condition(
                                Condition.Type.of(row.getString("type")),
                                Condition.Status.of(row.getString("status")),
                                row.getString("reason"),
                                row.getString("message"),
                                Rows.instant(row, "last_transition_at"),
                                Rows.instant(row, "observed_at"))))
                .list()
                .stream()
                .sorted(Comparator.comparing(keyed -> keyed.condition().type()))
                .collect(Collectors.groupingBy(
                        Keyed::resourceId, Collectors.mapping(Keyed::condition, Collectors.toList())));
    }

    /** {@return a resource's objects as observed last, in the order of apply} @param resourceId key of the resource */
    public List<ObservedObject> objects(long resourceId) {
        return jdbc.sql("""
                select api_version, kind, namespace, name, state, uid, resource_version, observed_at, fingerprints->>'chain' as chain,
                    fingerprints->>'publicKey' as public_key, fingerprints->>'caBundle' as ca_bundle
                from observed_object
                where resource_id = :id order by position
                """)
                .param("id", resourceId)
                .query((row, _) -> new ObservedObject(
                        row.getString("api_version"),
                        row.getString("kind"),
                        row.getString("namespace"),
                        row.getString("name"),
                        ObservedObject.State.of(row.getString("state")),
                        Optional.ofNullable(row.getString("uid")),
                        Optional.ofNullable(row.getString("resource_version")),
                        Rows.instant(row, "observed_at"),
                        Optional.ofNullable(row.getString("chain")).map(chain -> fingerprints(row, chain))))
                .list();
    }

    private static CertificateFingerprints fingerprints(ResultSet row, String chain) {
        try {
            return new CertificateFingerprints(chain, row.getString("public_key"), row.getString("ca_bundle"));
        } catch (SQLException e) {
            throw new IllegalStateException("a row that was just read cannot be read", e);
        }
    }
}
