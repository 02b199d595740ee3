package io.waypass.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waypass.request.RequestKind;
import io.waypass.resource.ResourceKind;
import io.waypass.testing.PostgresServer;
import io.waypass.testing.PostgresServer.TestDatabase;
import io.waypass.testing.SampleRows;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What follows from the kind of a request is a row of the database, and no request says it otherwise. */
class RequestKindsIT {

    private static final String DIGEST = "sha256:" + "0".repeat(64);

    private final TestDatabase database = PostgresServer.freshDatabase();
    private final JdbcClient owner = JdbcClient.create(database.owner());
    private final JdbcClient portal = JdbcClient.create(database.portal());

    @BeforeEach
    void anIdentityWithARevision() {
        owner.sql(
                        """
                insert into person (subject, display_name, last_seen_at) values ('member', 'M', now()), ('admin', 'A', now());
                insert into team (slug, display_name, created_at) values ('one', 'One', now());
                """ + SampleRows.cluster(1, "sandbox") + SampleRows.gateway(2, 1, "istio-egress")
                                + SampleRows.destination(3, 2, "nginx", "my-nginx.foo.bar") + """
                insert into app (public_id, team_id, cluster_id, namespace, name, service_account, registered_by, registered_at)
                    values ('app_1', 1, 1, 'team-namespace', 'app1', 'app1', 'member', now());
                """
                                + SampleRows.identity(4, 1, 3) + SampleRows.certificate(1, 4, 1)
                                + SampleRows.keep(4, 1, 1)
                                + "insert into request_kind (kind, resource_kind, operation) values ('new-kind', 'identity', 'keep')")
                .update();
    }

    @Test
    void theKindsOfTheDatabaseAreThoseOfTheProgram() {
        owner.sql("delete from request_kind where kind = 'new-kind'").update();

        assertThat(owner.sql(
                                "select kind || ' ' || operation || ' exclusive ' || exclusive || ' people only ' || people_only from request_kind")
                        .query(String.class)
                        .list())
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(RequestKind.values())
                        .map(kind -> kind.value() + " " + kind.operation().value() + " exclusive "
                                + kind.operation().lasts() + " people only " + kind.decidedByPeople())
                        .toList());
        assertThat(owner.sql("select distinct resource_kind from request_kind")
                        .query(String.class)
                        .list())
                .isSubsetOf(Arrays.stream(ResourceKind.values())
                        .map(ResourceKind::value)
                        .toList());
    }

    @Test
    void aRequestIsWhatItsKindSays() {
        request("refresh");

        assertThat(owner.sql("select resource_kind || ' ' || operation || ' ' || exclusive from request")
                        .query(String.class)
                        .single())
                .isEqualTo("identity keep true");
    }

    @Test
    void aKindThatTheDatabaseDoesNotKnowIsRefused() {
        assertThatThrownBy(() -> request("unheard-of")).rootCause().hasMessageContaining("there is no kind unheard-of");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "insert into request_kind (kind, resource_kind, operation) values ('mine', 'identity', 'keep')",
                "update request_kind set people_only = false",
                "delete from request_kind",
                "update request set kind = 'refresh'",
                "update request set exclusive = false",
                "insert into request (public_id, kind, exclusive, resource_id, team_id, revision, reason, requested_by, requested_at, status_changed_at) values ('req_9', 'refresh', false, 4, 1, 1, 'x', 'member', now(), now())"
            })
    void thePortalSaysNothingOfKinds(String sql) {
        assertThatThrownBy(() -> portal.sql(sql).update()).rootCause().hasMessageContaining("permission denied");
    }

    @Test
    void aRequestThatSaysSomethingElseThanItsKindIsRefusedEvenWithoutTheGuard() {
        owner.sql("alter table request disable trigger request_kind_guard").update();

        assertThatThrownBy(() -> owner.sql("""
                        insert into request (public_id, kind, resource_kind, operation, exclusive, resource_id, team_id, revision, reason,
                            requested_by, requested_at, status_changed_at)
                        values ('req_9', 'refresh', 'identity', 'keep', false, 4, 1, 1, 'x', 'member', now(), now())
                        """).update()).rootCause().hasMessageContaining("request_of_kind");
    }

    @ParameterizedTest
    @CsvSource({"refresh, 1", "new-kind, 0"})
    void aPolicyApprovesNoKindThatDoesNotAllowIt(String kind, int approvals) {
        request(kind);
        owner.sql("""
                insert into plan (public_id, request_id, digest, checks, created_at, took_ms, basis, relied)
                    values ('pln_1', 1, '%1$s', '[]', now(), 1, 'b', '{}');
                update request set plan_id = 1, status = 'pending';
                insert into policy_evaluation (plan_id, policy_set, approvals, people_only, own_team, results, evaluated_at)
                    values (1, 0, 1, false, false, '[{"versionId": 1, "effect": "APPROVE", "outcome": "HOLDS"}]', now());
                insert into decision (request_id, plan_id, plan_digest, verdict, policy_version_id, reason, decided_at)
                    values (1, 1, '%1$s', 'approved', 1, 'x', now());
                """.formatted(DIGEST)).update();

        assertThat(owner.sql("select approvals_given(1)").query(Integer.class).single())
                .isEqualTo(approvals);
    }

    @Test
    void aKindOfResourceWithoutABasisCannotBePlanned() {
        owner.sql("""
                insert into request_kind (kind, resource_kind, operation) values ('change-gateway', 'gateway', 'keep');
                insert into request (public_id, kind, resource_id, revision, reason, requested_by, requested_at, status_changed_at)
                    values ('req_1', 'change-gateway', 2, 1, 'why', 'member', now(), now());
                """).update();

        assertThatThrownBy(() ->
                        owner.sql("select request_basis(1)").query(String.class).single())
                .rootCause()
                .hasMessageContaining("no plan has a basis for resources of the kind gateway");
    }

    private void request(String kind) {
        portal.sql("""
                insert into request (public_id, kind, resource_id, team_id, revision, reason, requested_by, requested_at, status_changed_at)
                values ('req_1', :kind, 4, 1, 1, 'why', 'member', now(), now())
                """).param("kind", kind).update();
    }
}
