package io.waypass.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What the database refuses of removals of orphans, whoever asks. */
class OrphanRemovalRulesIT {

    private final World world = new World();
    private String request;

    @BeforeEach
    void aRemovalThatWaitsForItsDecision() {
        request = world.asked();
        world.work.recordSeen(List.of(World.unclaimed("c")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "insert into orphan_object (cluster_id, api_version, kind, namespace, name, uid, resource_version, managers, first_seen_at, seen_at) values (1, 'v1', 'Secret', 'x', 'x', 'x', '1', 'x', now(), now())",
                "update orphan_object set identity = null",
                "delete from orphan_object",
                "update orphan_removal_object set uid = 'x'",
                "update orphan_removal_object set outcome = 'deleted'",
                "delete from orphan_removal_object",
                "update orphan_removal set revision = 2",
                "delete from orphan_removal"
            })
    void thePortalNeitherSeesNorDoesNorChangesWhatWasAskedFor(String sql) {
        refused(world.portal, sql, "permission denied");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "insert into orphan_removal (resource_id, revision) values (1, 2)",
                "insert into orphan_removal_object (resource_id, revision, position, api_version, kind, namespace, name, uid) values (1, 1, 9, 'v1', 'Secret', 'x', 'x', 'x')",
                "update orphan_removal_object set uid = 'x'",
                "update orphan_removal_object set name = 'x'",
                "delete from orphan_removal_object",
                "delete from orphan_removal"
            })
    void theApplierNeitherAsksNorDecides(String sql) {
        refused(world.applier, sql, "permission denied");
    }

    @Test
    void aListIsOfAClusterAlone() {
        refused(
                world.owner,
                "insert into resource_revision (resource_id, revision, kind, operation, created_at)"
                        + " values (31, 9, 'identity', 'remove-orphans', now())",
                "resource_revision_operation_of_kind");
        refused(
                world.owner,
                "insert into orphan_removal (resource_id, revision) values (31, 1)",
                "orphan_removal_of_revision");
    }

    @Test
    void nothingIsAddedToAListThatARequestProposes() {
        refused(world.portal, add(1, "c", "uid-of-c"), "its list is closed");
    }

    @Test
    void onlyAnOrphanIsListedByItsUid() {
        list(2);
        refused(world.portal, add(2, "c", "another"), "is no orphan");
        refused(world.portal, add(2, "never", "uid-of-c"), "is no orphan");
        world.applied();
        world.owner
                .sql("update orphan_object set identity = 'idn_31', name = 'app1-se' where name = 'c'")
                .update();
        refused(world.portal, add(2, "app1-se", "uid-of-c"), "is no orphan");
    }

    @Test
    void anObjectIsOnOneOpenListOnly() {
        list(2);
        refused(world.portal, add(2, "a", "uid-of-a"), "is on another open list");
    }

    @Test
    void whatWasDoneIsRecordedOnceAndOnlyOfWhatIsApplied() {
        String deleted = "update orphan_removal_object set outcome = 'deleted'";
        refused(world.applier, deleted, "it is not applied now");
        world.approve(request);
        refused(world.applier, deleted, "it is not applied now");
        world.applier.sql("update request set status = 'applying'").update();
        refused(world.applier, "update request set status = 'applied'", "not every object has an outcome");
        world.applier.sql(deleted).update();
        refused(world.applier, "update orphan_removal_object set outcome = 'kept'", "it is not applied now");
        assertThat(world.applier.sql("update request set status = 'applied'").update())
                .isEqualTo(1);
    }

    @Test
    void notEvenTheirOwnerChangesTheObjectsOfAList() {
        refused(world.owner, "update orphan_removal_object set uid = 'x'", "what was asked for stays");
    }

    @Test
    void theTaskIsSeenByTheClustersOwnApplierAlone() {
        world.approve(request);
        assertThat(world.applier
                        .sql(
                                "select task_name || ' ' || task_instance from scheduled_tasks where task_name like 'reconcile-%'")
                        .query(String.class)
                        .list())
                .containsExactly("reconcile-sandbox cls_1");
    }

    private void list(int revision) {
        world.owner.sql("""
                insert into resource_revision (resource_id, revision, kind, operation, created_at)
                values (1, :revision, 'cluster', 'remove-orphans', now())
                """).param("revision", revision).update();
        world.portal
                .sql("insert into orphan_removal (resource_id, revision) values (1, :revision)")
                .param("revision", revision)
                .update();
    }

    private static String add(int revision, String name, String uid) {
        return """
                insert into orphan_removal_object (resource_id, revision, position, api_version, kind, namespace, name, uid)
                values (1, %d, 9, 'networking.istio.io/v1', 'ServiceEntry', 'team-namespace', '%s', '%s')
                """.formatted(revision, name, uid);
    }

    private static void refused(JdbcClient who, String sql, String why) {
        assertThatThrownBy(() -> who.sql(sql).update()).rootCause().hasMessageContaining(why);
    }
}
