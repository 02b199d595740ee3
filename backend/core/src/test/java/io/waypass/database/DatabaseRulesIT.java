package io.waypass.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waypass.testing.PostgresServer;
import io.waypass.testing.PostgresServer.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What the database itself holds each process to, whatever its code says. */
class DatabaseRulesIT {

    private static final String DIGEST = "sha256:" + "0".repeat(64);

    private final TestDatabase database = PostgresServer.freshDatabase();
    private final JdbcClient owner = JdbcClient.create(database.owner());
    private final JdbcClient portal = JdbcClient.create(database.portal());
    private final JdbcClient applier = JdbcClient.create(database.applier());

    @BeforeEach
    void aRequestThatIsBeingPlanned() {
        owner.sql("""
                insert into person (subject, display_name, last_seen_at) values ('member', 'M', now()), ('admin', 'A', now());
                insert into cluster (name, trust_domain, flavour, created_at) values ('sandbox', 'cluster.local', 'solo', now());
                insert into team (slug, display_name, created_at) values ('one', 'One', now());
                insert into gateway (cluster_id, name, namespace, service_account, placement, created_at)
                    values (1, 'egress', 'istio-egress', 'egress', 'team-namespace', now());
                insert into destination (slug, display_name, gateway_id, host, port, listen_port, shared_service_entry, created_at)
                    values ('nginx', 'Nginx', 1, 'my-nginx.foo.bar', 443, 80, 'nginx-se', now());
                insert into app (public_id, team_id, cluster_id, namespace, name, service_account, registered_by, registered_at)
                    values ('app_1', 1, 1, 'team-namespace', 'app1', 'app1', 'member', now());
                insert into identity (public_id, app_id, destination_id, secret_name, created_at)
                    values ('idn_1', 1, 1, 'app1-client-mtls-secret', now());
                insert into certificate (public_id, identity_id, version, chain_pem, ca_bundle_pem, subject, issuer, sans, serial, not_before,
                    not_after, key_algorithm, signature_algorithm, fingerprint_sha256, public_key_sha256, chain_subjects, ca_subjects,
                    findings, uploaded_by, uploaded_at)
                    values ('crt_1', 1, 1, '', '', 'CN=app1', 'CN=ca', '{}', '01', now(), now(), 'EC', 'x', 'x', 'x', '{}', '{}', '[]', 'member', now());
                insert into sealed_key (certificate_id, ciphertext, sealed_at) values (1, '\\x00', now());
                insert into request (public_id, kind, identity_id, team_id, revision, certificate_id, reason, requested_by, requested_at,
                    status_changed_at) values ('req_1', 'create-identity', 1, 1, 1, 1, 'why', 'member', now(), now());
                insert into scheduled_tasks (task_name, task_instance, execution_time, picked, version)
                    values ('plan-sandbox', 'req_1#first', now(), false, 1), ('plan-other', 'req_2#first', now(), false, 1);
                """).update();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select ciphertext from sealed_key",
                "update sealed_key set ciphertext = '\\x01'",
                "insert into plan (public_id, request_id, digest, checks, created_at, took_ms) values ('p', 1, 'd', '[]', now(), 1)",
                "update plan_object set manifest = '{}'",
                "update request set plan_id = 1",
                "update request set requested_by = 'admin'",
                "update certificate set chain_pem = 'other'",
                "update decision set verdict = 'approved'",
                "delete from decision",
                "update policy_version set expression = 'true'",
                "delete from policy_version",
                "delete from policy_evaluation",
                "insert into plan (public_id, request_id, digest, checks, created_at, took_ms) values ('pln_9', 1, 'x', '[]', now(), 1)",
                "update identity set applied_revision = 1",
                "insert into condition (identity_id, type, status, reason, message, last_transition_at, observed_at) values (1, 'Applied', 'True', '', '', now(), now())",
                "update scheduled_tasks set execution_time = now()",
                "delete from scheduled_tasks",
                "delete from app",
                "update app set service_account = 'other'",
                "update cluster set trust_domain = 'other'",
                "update identity set retired_revision = 1",
                "insert into identity_event (identity_id, type, kind, namespace, name, manager, detail, first_at, last_at) values (1, 'restored', 'Secret', 'n', 'x', 'm', 'd', now(), now())",
                "update audit_event set actor = 'nobody'",
                "delete from audit_event",
                "truncate audit_event",
                "create table mine (id integer)"
            })
    void thePortalMayNotDoTheAppliersPartNorUndoWhatWasSaid(String sql) {
        assertThatThrownBy(() -> portal.sql(sql).query().listOfRows())
                .rootCause()
                .hasMessageMatching("(?s).*(permission denied|must be owner).*");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "insert into decision (request_id, plan_id, plan_digest, verdict, decided_by, reason, decided_at) values (1, 1, 'd', 'approved', 'admin', 'x', now())",
                "insert into request (public_id, kind, identity_id, team_id, revision, certificate_id, reason, requested_by, requested_at, status_changed_at) values ('req_9', 'create-identity', 1, 1, 9, 1, 'x', 'member', now(), now())",
                "insert into person (subject, display_name, last_seen_at) values ('x', 'x', now())",
                "insert into team (slug, display_name, created_at) values ('x', 'x', now())",
                "update team set display_name = 'x'",
                "update destination set host = 'evil.example.com'",
                "update app set service_account = 'other'",
                "update app set removed_at = now()",
                "update destination set removed_at = now()",
                "update team set removed_at = now()",
                "update cluster set drift = 'report-only'",
                "update identity set retired_revision = 1",
                "update identity set desired_revision = 1",
                "update certificate set chain_pem = 'other'",
                "update plan set digest = 'other'",
                "update plan_object set manifest = '{}'",
                "update request set certificate_id = 1",
                "insert into policy_evaluation (plan_id, policy_set, approvals, people_only, own_team, results, evaluated_at) values (1, 0, 1, false, false, '[]', now())",
                "update policy set active_version = 1",
                "update destination set approvals = 1",
                "select token_sha256 from api_token",
                "select attribute_bytes from spring_session_attributes",
                "delete from audit_event",
                "create table mine (id integer)"
            })
    void theApplierMayNotDecideNorAskNorChangeWhatWasApproved(String sql) {
        assertThatThrownBy(() -> applier.sql(sql).query().listOfRows())
                .rootCause()
                .hasMessageMatching("(?s).*(permission denied|must be owner).*");
    }

    @ParameterizedTest
    @ValueSource(strings = {"approved", "rejected", "withdrawn", "applying", "applied", "failed", "superseded"})
    void theApplierMovesARequestAlongItsOwnEdgesOnly(String status) {
        assertThatThrownBy(() -> applier.sql("update request set status = :status")
                        .param("status", status)
                        .update())
                .rootCause()
                .hasMessageContaining("the applier may not move planning to " + status);
    }

    @ParameterizedTest
    @ValueSource(strings = {"pending", "invalid", "approved", "applying", "applied", "failed"})
    void thePortalMovesARequestAlongItsOwnEdgesOnly(String status) {
        assertThatThrownBy(() -> portal.sql("update request set status = :status")
                        .param("status", status)
                        .update())
                .rootCause()
                .hasMessageContaining("the portal may not move planning to " + status);
    }

    @Test
    void nothingIsApprovedThatNoDecisionOnItsPresentPlanCovers() {
        planned();

        assertThatThrownBy(() ->
                        portal.sql("update request set status = 'approved'").update())
                .rootCause()
                .hasMessageContaining("no approval covers its plan");
        decide("rejected", DIGEST);
        assertThatThrownBy(() ->
                        portal.sql("update request set status = 'approved'").update())
                .rootCause()
                .hasMessageContaining("no approval covers its plan");
    }

    @Test
    void nothingIsDecidedByAnotherPlanThanThePresentOneNorBeforeThereIsOne() {
        assertThatThrownBy(() -> decide("approved", DIGEST))
                .rootCause()
                .hasMessageContaining("not the plan that waits");
        planned();
        assertThatThrownBy(() -> decide("approved", "sha256:" + "1".repeat(64)))
                .rootCause()
                .hasMessageContaining("not the plan that waits");
        applier.sql("update request set status = 'planning'").update();
        assertThatThrownBy(() -> decide("approved", DIGEST))
                .rootCause()
                .hasMessageContaining("not the plan that waits");
    }

    @Test
    void nobodyDecidesOnAnOwnRequestNorTwiceOnAPlan() {
        planned();
        assertThatThrownBy(() -> decide("approved", DIGEST, "member"))
                .rootCause()
                .hasMessageContaining("nobody decides on an own request");
        decide("approved", DIGEST);
        assertThatThrownBy(() -> decide("rejected", DIGEST))
                .rootCause()
                .hasMessageContaining("decision_once_per_person");
    }

    @Test
    void nothingIsApprovedBeforeThePoliciesWereAskedNorWithFewerApprovalsThanItTakes() {
        portal.sql("insert into person (subject, display_name, last_seen_at) values ('second', 'Second', now())")
                .update();
        portal.sql("update destination set approvals = 2").update();
        planned();
        decide("approved", DIGEST);
        assertThatThrownBy(this::approve).rootCause().hasMessageContaining("the policies have not seen its plan");
        portal.sql("""
                insert into policy_evaluation (plan_id, policy_set, approvals, people_only, own_team, results, evaluated_at)
                values (1, 0, 1, false, false, '[]', now())
                """).update();
        assertThatThrownBy(this::approve).rootCause().hasMessageContaining("its plan has 1 of 2 approvals");
        decide("approved", DIGEST, "second");
        approve();
        assertThat(owner.sql("select status from request").query(String.class).single())
                .isEqualTo("approved");
    }

    @Test
    void whereAPolicyAsksForPeopleAPolicysApprovalDoesNotCount() {
        planned();
        portal.sql("""
                insert into policy_evaluation (plan_id, policy_set, approvals, people_only, own_team, results, evaluated_at)
                values (1, 0, 1, true, false, '[]', now())
                """).update();
        portal.sql("""
                insert into decision (request_id, plan_id, plan_digest, verdict, policy_version_id, reason, decided_at)
                values (1, 1, :digest, 'approved', 1, 'x', now())
                """).param("digest", DIGEST).update();
        assertThatThrownBy(this::approve).rootCause().hasMessageContaining("its plan has 0 of 1 approvals");
        decide("approved", DIGEST);
        approve();
    }

    private void planned() {
        applier.sql("""
                insert into plan (public_id, request_id, digest, checks, created_at, took_ms) values ('pln_1', 1, :digest, '[]', now(), 1)
                """).param("digest", DIGEST).update();
        applier.sql("update request set plan_id = 1, status = 'pending'").update();
    }

    private void approve() {
        portal.sql("update request set status = 'approved'").update();
    }

    @ParameterizedTest
    @ValueSource(strings = {"planning", "failed"})
    void aRevisionIsDesiredNoLongerThanItsApprovalStands(String after) {
        planned();
        portal.sql("""
                insert into policy_evaluation (plan_id, policy_set, approvals, people_only, own_team, results, evaluated_at)
                values (1, 0, 1, false, false, '[]', now())
                """).update();
        decide("approved", DIGEST);
        approve();
        portal.sql("update identity set desired_revision = 1").update();
        applier.sql("update request set status = 'applying'").update();
        applier.sql("update request set status = :after").param("after", after).update();
        assertThat(owner.sql("select desired_revision is not null from identity")
                        .query(Boolean.class)
                        .single())
                .isEqualTo(after.equals("failed"));
    }

    @Test
    void aPlanIsNotSwappedUnderARequestThatWaitsForItsDecision() {
        for (String plan : new String[] {"pln_1", "pln_2"}) {
            applier.sql("""
                    insert into plan (public_id, request_id, digest, checks, created_at, took_ms) values (:plan, 1, :digest, '[]', now(), 1)
                    """).param("plan", plan).param("digest", DIGEST).update();
        }
        applier.sql("update request set plan_id = 1, status = 'pending'").update();

        assertThatThrownBy(() -> applier.sql("update request set plan_id = 2").update())
                .rootCause()
                .hasMessageContaining("its plan may change only while it is planned");
    }

    @Test
    void anApplierSeesItsOwnClustersTasksAlone() {
        assertThat(applier.sql("select task_name from scheduled_tasks")
                        .query(String.class)
                        .list())
                .containsExactly("plan-sandbox");
        assertThat(applier.sql("delete from scheduled_tasks").update()).isEqualTo(1);
        assertThat(owner.sql("select task_name from scheduled_tasks")
                        .query(String.class)
                        .list())
                .containsExactly("plan-other");
    }

    @Test
    void theAuditTrailIsChainedAndNotEvenItsOwnerChangesIt() {
        for (String actor : new String[] {"member", "admin", "applier:sandbox"}) {
            (actor.startsWith("applier") ? applier : portal)
                    .sql(
                            "insert into audit_event (at, actor, action, subject, detail) values (now(), :actor, 'test', 'x', '{}')")
                    .param("actor", actor)
                    .update();
        }

        assertThat(owner.sql("""
                select count(*) from audit_event e left join audit_event before on before.id = e.id - 1
                where e.hash = audit_event_hash(e) and e.prev_hash = coalesce(before.hash, decode(repeat('00', 32), 'hex'))
                """).query(Long.class).single()).isEqualTo(3);
        assertThatThrownBy(() -> owner.sql("update audit_event set actor = 'nobody' where id = 2")
                        .update())
                .rootCause()
                .hasMessageContaining("append-only");
        assertThatThrownBy(() -> owner.sql("truncate audit_event").update())
                .rootCause()
                .hasMessageContaining("append-only");
    }

    @ParameterizedTest
    @ValueSource(strings = {"app", "destination", "team"})
    void nothingIsRemovedThatAnIdentityHangsOn(String table) {
        String remove = "update " + table + " set removed_at = now()";
        assertThatThrownBy(() -> portal.sql(remove).update())
                .rootCause()
                .hasMessageContaining(table.equals("team") ? "it has apps" : "it has identities");

        portal.sql("update request set status = 'withdrawn'").update();
        if (table.equals("team")) {
            portal.sql("update app set removed_at = now()").update();
        }
        assertThat(portal.sql(remove).update()).isEqualTo(1);
    }

    @Test
    void namesOfWhatWasRemovedAreFreeAgainButATeamsSlug() {
        portal.sql("update request set status = 'withdrawn'").update();
        String app = """
                insert into app (public_id, team_id, cluster_id, namespace, name, service_account, registered_by, registered_at)
                select 'app_2', team_id, cluster_id, namespace, name, service_account, registered_by, now() from app
                """;
        String destination = """
                insert into destination (slug, display_name, gateway_id, host, port, listen_port, shared_service_entry, created_at)
                select slug, display_name, gateway_id, host, port, listen_port, shared_service_entry, now() from destination
                """;
        assertThatThrownBy(() -> portal.sql(app).update()).rootCause().hasMessageContaining("app_name_unique");
        assertThatThrownBy(() -> portal.sql(destination).update())
                .rootCause()
                .hasMessageContaining("destination_slug_unique");

        portal.sql("update app set removed_at = now()").update();
        portal.sql("update destination set removed_at = now()").update();
        portal.sql("update team set removed_at = now()").update();

        assertThat(portal.sql(app).update()).isEqualTo(1);
        assertThat(portal.sql(destination).update()).isEqualTo(1);
        assertThatThrownBy(() -> portal.sql(
                                "insert into team (slug, display_name, created_at) values ('one', 'One', now())")
                        .update())
                .rootCause()
                .hasMessageContaining("team_slug_unique");
    }

    @Test
    void thePortalWantsIdentitiesLookedAtThroughOneFunctionAlone() {
        portal.sql("select want_reconcile(1, true)").query().listOfRows();
        portal.sql("select want_reconcile(1, true)").query().listOfRows();

        assertThat(owner.sql(
                                "select touched from scheduled_tasks where task_name = 'reconcile-sandbox' and task_instance = 'idn_1'")
                        .query(Long.class)
                        .single())
                .isEqualTo(2);
    }

    @Test
    void anIdentityHasOneOpenRequest() {
        assertThatThrownBy(() -> portal.sql("""
                        insert into request (public_id, kind, identity_id, team_id, revision, certificate_id, reason, requested_by,
                            requested_at, status_changed_at)
                        values ('req_2', 'create-identity', 1, 1, 2, 1, 'why', 'member', now(), now())
                        """).update())
                .rootCause()
                .hasMessageContaining("request_one_open_per_identity");
    }

    private void decide(String verdict, String digest) {
        decide(verdict, digest, "admin");
    }

    private void decide(String verdict, String digest, String person) {
        portal.sql("""
                insert into decision (request_id, plan_id, plan_digest, verdict, decided_by, reason, decided_at)
                values (1, 1, :digest, :verdict, :person, 'x', now())
                """)
                .param("digest", digest)
                .param("verdict", verdict)
                .param("person", person)
                .update();
    }
}
