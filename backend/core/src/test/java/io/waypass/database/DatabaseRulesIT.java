package io.waypass.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waypass.request.StatusEdge;
import io.waypass.testing.PostgresServer;
import io.waypass.testing.PostgresServer.TestDatabase;
import io.waypass.testing.SampleRows;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What the database itself holds each process to, whatever its code says. */
class DatabaseRulesIT {

    /** Key of the identity. */
    private static final long IDENTITY = 4;

    private static final String DIGEST = "sha256:" + "0".repeat(64);

    private final TestDatabase database = PostgresServer.freshDatabase();
    private final JdbcClient owner = JdbcClient.create(database.owner());
    private final JdbcClient portal = JdbcClient.create(database.portal());
    private final JdbcClient applier = JdbcClient.create(database.applier());

    @BeforeEach
    void aRequestThatIsBeingPlanned() {
        owner.sql("""
                insert into person (subject, display_name, last_seen_at) values ('member', 'M', now()), ('admin', 'A', now());
                insert into team (slug, display_name, created_at) values ('one', 'One', now());
                """ + SampleRows.cluster(1, "sandbox") + SampleRows.gateway(2, 1, "istio-egress")
                        + SampleRows.destination(3, 2, "nginx", "my-nginx.foo.bar") + """
                insert into app (public_id, team_id, cluster_id, namespace, name, service_account, registered_by, registered_at)
                    values ('app_1', 1, 1, 'team-namespace', 'app1', 'app1', 'member', now());
                """
                        + SampleRows.identity(IDENTITY, 1, 3) + SampleRows.certificate(1, IDENTITY, 1)
                        + SampleRows.keep(IDENTITY, 1, 1) + """
                insert into sealed_key (certificate_id, ciphertext, sealed_at) values (1, '\\x00', now());
                insert into request (public_id, kind, resource_id, team_id, revision, reason, requested_by, requested_at,
                    status_changed_at) values ('req_1', 'create-identity', 4, 1, 1, 'why', 'member', now(), now());
                insert into scheduled_tasks (task_name, task_instance, execution_time, picked, version)
                    values ('plan-sandbox', 'req_1#first', now(), false, 1), ('plan-other', 'req_2#first', now(), false, 1);
                """)
                .update();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select ciphertext from sealed_key",
                "update sealed_key set ciphertext = '\\x01'",
                "insert into plan (public_id, request_id, digest, checks, created_at, took_ms, basis, relied) values ('p', 1, 'd', '[]', now(), 1, 'b', '{}')",
                "update plan_object set manifest = '{}'",
                "update request set plan_id = 1",
                "update request set requested_by = 'admin'",
                "update certificate set chain_pem = 'other'",
                "update decision set verdict = 'approved'",
                "delete from decision",
                "update policy_version set expression = 'true'",
                "delete from policy_version",
                "delete from policy_evaluation",
                "insert into plan (public_id, request_id, digest, checks, created_at, took_ms, basis, relied) values ('pln_9', 1, 'x', '[]', now(), 1, 'b', '{}')",
                "update resource set applied_revision = 1",
                "insert into condition (resource_id, type, status, reason, message, last_transition_at, observed_at) values (4, 'Applied', 'True', '', '', now(), now())",
                "update scheduled_tasks set execution_time = now()",
                "delete from scheduled_tasks",
                "delete from app",
                "update app set service_account = 'other'",
                "update cluster set trust_domain = 'other'",
                "update resource set retired_revision = 1",
                "insert into resource_event (resource_id, type, kind, namespace, name, manager, detail, first_at, last_at) values (4, 'restored', 'Secret', 'n', 'x', 'm', 'd', now(), now())",
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
                "insert into request (public_id, kind, resource_id, team_id, revision, reason, requested_by, requested_at, status_changed_at) values ('req_9', 'create-identity', 4, 1, 9, 'x', 'member', now(), now())",
                "insert into person (subject, display_name, last_seen_at) values ('x', 'x', now())",
                "insert into team (slug, display_name, created_at) values ('x', 'x', now())",
                "update team set display_name = 'x'",
                "update destination set host = 'evil.example.com'",
                "update app set service_account = 'other'",
                "update app set removed_at = now()",
                "update destination set removed_at = now()",
                "update team set removed_at = now()",
                "update cluster set drift = 'report-only'",
                "update certificate set chain_pem = 'other'",
                "update plan set digest = 'other'",
                "update plan_object set manifest = '{}'",
                "update identity_revision set certificate_id = 1",
                "update resource_revision set operation = 'retire'",
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
                insert into plan (public_id, request_id, digest, checks, created_at, took_ms, basis, relied)
                values ('pln_1', 1, :digest, '[]', now(), 1, 'b', '{}')
                """).param("digest", DIGEST).update();
        applier.sql("update request set plan_id = 1, status = 'pending'").update();
    }

    private void approve() {
        portal.sql("update request set status = 'approved'").update();
    }

    @Test
    void thePortalDesiresARevisionOnlyOnceARequestForItIsApproved() {
        planned();
        assertThatThrownBy(this::desire).rootCause().hasMessageContaining("no approved request proposes revision 1");
        portal.sql("""
                insert into policy_evaluation (plan_id, policy_set, approvals, people_only, own_team, results, evaluated_at)
                values (1, 0, 1, false, false, '[]', now())
                """).update();
        decide("approved", DIGEST);
        approve();
        assertThat(desire()).isEqualTo(1);
    }

    @Test
    void whatIsInTheCatalogueStaysRegisteredAsItIs() {
        for (JdbcClient who : List.of(portal, applier)) {
            assertThatThrownBy(() -> who.sql(
                                    "update resource set desired_revision = null where kind in ('destination', 'gateway')")
                            .update())
                    .rootCause()
                    .hasMessageContaining("no approved request proposes");
        }
    }

    @Test
    void aDestinationIsRegisteredOnceWithoutARequest() {
        proposedDestination();

        assertThat(portal.sql("update resource set desired_revision = 1 where id = 20")
                        .update())
                .isEqualTo(1);
        assertThatThrownBy(() -> applier.sql("update resource set desired_revision = null where id = 20")
                        .update())
                .rootCause()
                .hasMessageContaining("no approved request proposes");
    }

    @Test
    void aDestinationThatARequestProposesIsDesiredByItsApprovalAloneAndGoesBackLikeAnIdentity() {
        proposedDestination();
        owner.sql("""
                insert into request_kind (kind, resource_kind, operation) values ('create-destination', 'destination', 'keep');
                insert into request (public_id, kind, resource_id, revision, reason, requested_by, requested_at, status_changed_at)
                    values ('req_2', 'create-destination', 20, 1, 'why', 'member', now(), now());
                """).update();
        for (JdbcClient who : List.of(portal, applier)) {
            assertThatThrownBy(() -> who.sql("update resource set desired_revision = 1 where id = 20")
                            .update())
                    .rootCause()
                    .hasMessageContaining("no approved request proposes revision 1");
        }

        owner.sql("update resource set desired_revision = 1 where id = 20").update();

        assertThat(applier.sql("update resource set desired_revision = null where id = 20")
                        .update())
                .isEqualTo(1);
    }

    private void proposedDestination() {
        owner.sql(SampleRows.destination(20, 2, "other", "other.foo.bar")
                        + "update resource set desired_revision = null where id = 20;")
                .update();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "update resource set desired_revision = 1, applied_revision = 1 where id = 4",
                "update resource set applied_revision = 1 where id = 4",
                "update resource set retired_revision = 1 where id = 4",
                "update resource set applied_revision = 1, retired_revision = 1 where id = 3"
            })
    void theApplierSaysOfNothingThatItIsAppliedOrRetiredThatNoAppliedRequestProposes(String sql) {
        assertThatThrownBy(() -> applier.sql(sql).update())
                .rootCause()
                .hasMessageMatching("(?s).*(no approved request proposes|no applied request proposes).*");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "insert into request (public_id, kind, resource_id, revision, team_id, reason, requested_by, requested_at, status_changed_at, status) values ('req_9', 'refresh', 4, 1, 1, 'x', 'member', now(), now(), 'failed')",
                "insert into request (public_id, kind, resource_id, revision, team_id, reason, requested_by, requested_at, status_changed_at, plan_id) values ('req_9', 'refresh', 4, 1, 1, 'x', 'member', now(), now(), 1)"
            })
    void aRequestBeginsWithPlanningAndWithoutAPlan(String sql) {
        assertThatThrownBy(() -> portal.sql(sql).update()).rootCause().hasMessageContaining("permission denied");
    }

    @Test
    void aRequestIsAskedForByTheTeamThatOwnsItsResourceAndIsOfItsRevisionsOperation() {
        owner.sql("update request set status = 'withdrawn'").update();
        owner.sql(
                        "insert into resource_revision (resource_id, revision, kind, operation, created_at) values (4, 2, 'identity', 'keep', now())")
                .update();
        String insert = """
                insert into request (public_id, kind, resource_id, revision, team_id, reason, requested_by, requested_at, status_changed_at)
                values ('req_9', '%s', 4, 2, %s, 'x', 'member', now(), now())
                """;
        assertThatThrownBy(() -> portal.sql(insert.formatted("refresh", "null")).update())
                .rootCause()
                .hasMessageContaining("its resource belongs to another team");
        assertThatThrownBy(() ->
                        portal.sql(insert.formatted("retire-identity", "1")).update())
                .rootCause()
                .hasMessageContaining("request_of_revision");
        assertThat(portal.sql(insert.formatted("refresh", "1")).update()).isEqualTo(1);
    }

    @Test
    void theApplierDesiresNothingButWhatIsApplied() {
        assertThatThrownBy(() -> applier.sql("update resource set desired_revision = 1 where id = :id")
                        .param("id", IDENTITY)
                        .update())
                .rootCause()
                .hasMessageContaining("no approved request proposes revision 1");
        assertThat(applier.sql("update resource set desired_revision = null where id = :id")
                        .param("id", IDENTITY)
                        .update())
                .isEqualTo(1);
    }

    private int desire() {
        return portal.sql("update resource set desired_revision = 1 where id = :id")
                .param("id", IDENTITY)
                .update();
    }

    @Test
    void aResourceIsOfOneKind() {
        assertThatThrownBy(() -> owner.sql(
                                "insert into gateway (id, cluster_id, name, namespace, created_at) values (4, 1, 'x', 'x', now())")
                        .update())
                .rootCause()
                .hasMessageContaining("gateway_of_resource");
        assertThatThrownBy(() -> owner.sql(
                                "insert into destination_revision (resource_id, revision, display_name, port, listen_port, shared_service_entry)"
                                        + " values (4, 1, 'x', 1, 1, 'x')")
                        .update())
                .rootCause()
                .hasMessageContaining("destination_revision_of");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            identity_app_of_cluster         | identity | insert into identity (id, cluster_id, app_id, destination_id, secret_name) values (20, 1, 2, 3, 'x')
            identity_destination_of_cluster | identity | insert into identity (id, cluster_id, app_id, destination_id, secret_name) values (20, 1, 1, 12, 'x')
            identity_of_resource            | identity | insert into identity (id, cluster_id, app_id, destination_id, secret_name) values (20, 10, 2, 12, 'x')
            destination_gateway_of_cluster  | destination | insert into destination (id, cluster_id, slug, gateway_id, host, created_at) values (20, 1, 'x', 11, 'x.test', now())
            destination_of_resource         | destination | insert into destination (id, cluster_id, slug, gateway_id, host, created_at) values (20, 10, 'x', 11, 'x.test', now())
            gateway_of_resource             | gateway | insert into gateway (id, cluster_id, name, namespace, created_at) values (20, 10, 'x', 'x', now())
            """)
    void whatBelongsTogetherIsOfOneCluster(String constraint, String kind, String insert) {
        owner.sql(SampleRows.cluster(10, "other") + SampleRows.gateway(11, 10, "istio-egress")
                        + SampleRows.destination(12, 11, "other", "other.foo.bar") + """
                insert into app (public_id, team_id, cluster_id, namespace, name, service_account, registered_by, registered_at)
                    values ('app_2', 1, 10, 'team-namespace', 'app1', 'app1', 'member', now());
                """)
                .update();
        owner.sql("""
                insert into resource (id, public_id, kind, cluster_id, team_id, created_at) values (20, 'new', :kind, 1, :team, now())
                """)
                .param("kind", kind)
                .param("team", kind.equals("identity") ? 1 : null)
                .update();

        assertThatThrownBy(() -> owner.sql(insert).update()).rootCause().hasMessageContaining('"' + constraint + '"');
    }

    @ParameterizedTest
    @ValueSource(strings = {"identity", "destination", "gateway", "cluster"})
    void theseKindsNeedACluster(String kind) {
        assertThatThrownBy(() -> owner.sql(
                                "insert into resource (public_id, kind, team_id, created_at) values ('x', :kind, :team, now())")
                        .param("kind", kind)
                        .param("team", kind.equals("identity") ? 1 : null)
                        .update())
                .rootCause()
                .hasMessageContaining("resource_cluster_given");
    }

    @Test
    void anObjectOfAPlanBelongsToThePlansResourceOrToNone() {
        planned();
        String insert = """
                insert into plan_object (plan_id, position, api_version, kind, namespace, name, action, diff, manifest, owner_id)
                values (1, %d, 'v1', 'Secret', 'x', 'x', 'create', '', '{}', %s)
                """;
        assertThat(applier.sql(insert.formatted(0, IDENTITY)).update()).isEqualTo(1);
        assertThat(applier.sql(insert.formatted(1, "null")).update()).isEqualTo(1);
        for (long another : List.of(3L, 99L)) {
            assertThatThrownBy(() -> applier.sql(insert.formatted(2, another)).update())
                    .rootCause()
                    .hasMessageContaining("not of resource " + another);
        }
    }

    @Test
    void aRequestIsAboutAResourceOfItsKind() {
        owner.sql(SampleRows.cluster(10, "other")).update();
        String insert = """
                insert into request (public_id, kind, resource_id, revision, reason, requested_by, requested_at, status_changed_at)
                values ('req_2', 'create-identity', 2, 1, 'why', 'admin', now(), now())
                """;

        assertThatThrownBy(() -> owner.sql(insert).update()).rootCause().hasMessageContaining("request_of_revision");
    }

    @Test
    void theEdgesOfTheDatabaseAreThoseOfTheProgram() {
        assertThat(owner.sql("select role || ' ' || from_status || ' ' || to_status from request_status_edge")
                        .query(String.class)
                        .list())
                .containsExactlyInAnyOrderElementsOf(StatusEdge.ALL.stream()
                        .map(edge -> "waypass_" + edge.role().name().toLowerCase(Locale.ROOT) + " "
                                + edge.from().value() + " " + edge.to().value())
                        .toList());
    }

    @Test
    void aGuardReadsNoTemporaryTableOfWhomItGuardsAgainst() {
        assertThatThrownBy(() -> portal.sql("""
                        create temporary table request as select 4 as resource_id, 1 as revision, 'approved' as status;
                        update resource set desired_revision = 1 where id = 4;
                        """).update())
                .rootCause()
                .hasMessageContaining("no approved request proposes revision 1");
        assertThat(owner.sql("""
                select p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
                join pg_language l on l.oid = p.prolang
                where n.nspname = 'public' and l.lanname = 'plpgsql'
                    and 'search_path=public, pg_temp' <> all (coalesce(p.proconfig, '{}'))
                """).query(String.class).list()).isEmpty();
    }

    @Test
    void noTriggerCausesAnEffect() {
        // guards raise or pass, notifications tell, the audit trail is chained: none of them writes to a table
        assertThat(owner.sql("""
                select p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
                where n.nspname = 'public' and p.prorettype = 'trigger'::regtype and p.prosrc ~* '\\m(insert into|update \\w+ set|delete from)\\M'
                """).query(String.class).list()).isEmpty();
    }

    @Test
    void aPlanIsNotSwappedUnderARequestThatWaitsForItsDecision() {
        for (String plan : new String[] {"pln_1", "pln_2"}) {
            applier.sql("""
                    insert into plan (public_id, request_id, digest, checks, created_at, took_ms, basis, relied)
                    values (:plan, 1, :digest, '[]', now(), 1, 'b', '{}')
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
                with r as (insert into resource (public_id, kind, cluster_id, created_at) values ('dst_again', 'destination', 1, now())
                    returning id)
                insert into destination (id, cluster_id, slug, gateway_id, host, created_at)
                select r.id, d.cluster_id, d.slug, d.gateway_id, d.host, now() from r, destination d
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
    void thePortalEnqueuesIdentitiesThroughOneFunctionAlone() {
        portal.sql("select enqueue_reconcile(4, true)").query().listOfRows();
        portal.sql("select enqueue_reconcile(4, true)").query().listOfRows();

        assertThat(owner.sql(
                                "select wakeups from scheduled_tasks where task_name = 'reconcile-sandbox' and task_instance = 'idn_4'")
                        .query(Long.class)
                        .single())
                .isEqualTo(2);
    }

    @Test
    void anIdentityHasOneOpenRequest() {
        assertThatThrownBy(() -> portal.sql("""
                        with r as (insert into resource_revision (resource_id, revision, kind, operation, created_at)
                            values (4, 2, 'identity', 'keep', now()) returning resource_id, revision)
                        insert into request (public_id, kind, resource_id, team_id, revision, reason, requested_by, requested_at,
                            status_changed_at)
                        select 'req_2', 'create-identity', resource_id, 1, revision, 'why', 'member', now(), now() from r
                        """).update())
                .rootCause()
                .hasMessageContaining("request_one_open_per_resource");
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
