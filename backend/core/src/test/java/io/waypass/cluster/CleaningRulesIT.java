package io.waypass.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What the database itself holds each process to about cleanings, whatever its code says. */
class CleaningRulesIT {

    private static final String APPROVE = """
            update cleaning set status = 'approved', decided_by = 'deciding', decided_digest = cleaning_digest(id), decision_reason = 'x',
                decided_at = now()
            """;

    private final World world = new World();

    @BeforeEach
    void aCleaningThatWaits() {
        world.asked();
        world.work.seen(List.of(World.unclaimed("c")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "insert into orphan_object (cluster_id, api_version, kind, namespace, name, uid, resource_version, managers, first_seen_at, seen_at) values (1, 'v1', 'Secret', 'x', 'x', 'x', '1', 'x', now(), now())",
                "update orphan_object set identity = null",
                "delete from orphan_object",
                "update cleaning set requested_by = 'third'",
                "update cleaning set reason = 'x'",
                "update cleaning set cluster_id = 2",
                "insert into cleaning (public_id, cluster_id, reason, requested_by, requested_at, status) values ('cln_x', 1, 'x', 'asking', now(), 'approved')",
                "update cleaning_object set uid = 'x'",
                "update cleaning_object set outcome = 'deleted'",
                "update cleaning_object set open = false",
                "delete from cleaning_object",
                "delete from cleaning"
            })
    void thePortalNeitherSeesNorDoesNorChangesWhatWasAskedFor(String sql) {
        refused(world.portal, sql, "permission denied");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "insert into cleaning (public_id, cluster_id, reason, requested_by, requested_at) values ('cln_x', 1, 'x', 'asking', now())",
                "insert into cleaning_object (cleaning_id, position, cluster_id, api_version, kind, namespace, name, uid) values (1, 9, 1, 'v1', 'Secret', 'x', 'x', 'x')",
                "update cleaning set decided_by = 'deciding'",
                "update cleaning set decided_digest = 'x'",
                "update cleaning set decision_reason = 'x'",
                "update cleaning set decided_at = now()",
                "update cleaning set reason = 'x'",
                "update cleaning_object set uid = 'x'",
                "update cleaning_object set name = 'x'",
                "update cleaning_object set open = false",
                "delete from cleaning_object",
                "delete from cleaning"
            })
    void theApplierNeitherAsksNorDecides(String sql) {
        refused(world.applier, sql, "permission denied");
    }

    @ParameterizedTest
    @ValueSource(strings = {"approved", "rejected", "withdrawn", "done", "failed"})
    void theApplierMovesNothingThatWaits(String status) {
        refused(
                world.applier,
                "update cleaning set status = '" + status + "'",
                "the applier may not move pending to " + status);
    }

    @ParameterizedTest
    @ValueSource(strings = {"done", "failed"})
    void thePortalDoesNotSayWhatWasDone(String status) {
        refused(
                world.portal,
                "update cleaning set status = '" + status + "'",
                "the portal may not move pending to " + status);
        world.portal.sql(APPROVE).update();
        refused(
                world.portal,
                "update cleaning set status = '" + status + "'",
                "the portal may not move approved to " + status);
    }

    @ParameterizedTest
    @ValueSource(strings = {"pending", "rejected", "withdrawn"})
    void anApprovalIsNotTakenBack(String status) {
        world.portal.sql(APPROVE).update();

        refused(
                world.portal,
                "update cleaning set status = '" + status + "'",
                "the portal may not move approved to " + status);
        refused(world.portal, "update cleaning set decision_reason = 'another'", "its decision stays");
        refused(
                world.applier,
                "update cleaning set status = '" + status + "'",
                "the applier may not move approved to " + status);
    }

    @Test
    void nobodyApprovesWhatTheyAskedFor() {
        refused(world.portal, APPROVE.replace("deciding", "asking"), "cleaning_four_eyes");
    }

    @Test
    void nothingIsApprovedByAnotherDigestNorWithoutADecision() {
        refused(
                world.portal,
                APPROVE.replace("cleaning_digest(id)", "'sha256:" + "0".repeat(64) + "'"),
                "this is not its list");
        refused(world.portal, "update cleaning set status = 'approved'", "this is not its list");
        refused(world.portal, "update cleaning set decided_by = 'deciding'", "cleaning_decided_whole");
    }

    @Test
    void anEmptyListIsNotApproved() {
        world.portal.sql("""
                insert into cleaning (public_id, cluster_id, reason, requested_by, requested_at) values ('cln_x', 1, 'x', 'asking', now())
                """).update();
        refused(world.portal, APPROVE + " where public_id = 'cln_x'", "cleaning_decided_whole");
    }

    @Test
    void nothingIsAddedToAListThatWasDecidedOn() {
        world.portal.sql(APPROVE).update();
        refused(world.portal, add(1, "c", "uid-of-c"), "its list is closed");
    }

    @Test
    void onlyAnOrphanIsAskedForByItsUid() {
        refused(world.portal, add(1, "c", "another"), "is no orphan");
        refused(world.portal, add(1, "never", "uid-of-c"), "is no orphan");
        world.applied();
        world.owner
                .sql("update orphan_object set identity = 'idn_31', name = 'app1-se' where name = 'c'")
                .update();
        refused(world.portal, add(1, "app1-se", "uid-of-c"), "is no orphan");
    }

    @Test
    void anObjectIsOnOneOpenListOnly() {
        world.portal.sql("""
                insert into cleaning (public_id, cluster_id, reason, requested_by, requested_at) values ('cln_x', 1, 'x', 'asking', now())
                """).update();
        refused(world.portal, add(2, "a", "uid-of-a"), "cleaning_object_open_once");
    }

    @Test
    void whatWasDoneIsSaidOnceAndOnlyOfWhatWasApproved() {
        refused(world.applier, "update cleaning_object set outcome = 'deleted'", "nothing is done about it now");
        world.portal.sql(APPROVE).update();
        refused(world.applier, "update cleaning set status = 'done'", "not every object has an outcome");
        world.applier.sql("update cleaning_object set outcome = 'deleted'").update();
        refused(world.applier, "update cleaning_object set outcome = 'kept'", "nothing is done about it now");
        world.applier
                .sql("update cleaning set status = 'done', finished_at = now()")
                .update();
        assertThat(world.owner
                        .sql("select count(*) from cleaning_object where open")
                        .query(Long.class)
                        .single())
                .isZero();
    }

    @Test
    void notEvenTheirOwnerChangesTheObjectsOfAList() {
        refused(world.owner, "update cleaning_object set uid = 'x'", "what was asked for stays");
    }

    @Test
    void theTaskIsSeenByTheClustersOwnApplierAlone() {
        world.portal.sql(APPROVE).update();
        assertThat(world.applier
                        .sql("select task_name from scheduled_tasks")
                        .query(String.class)
                        .list())
                .containsExactly("clean-sandbox");
    }

    private static String add(int cleaning, String name, String uid) {
        return """
                insert into cleaning_object (cleaning_id, position, cluster_id, api_version, kind, namespace, name, uid)
                values (%d, 9, 1, 'networking.istio.io/v1', 'ServiceEntry', 'team-namespace', '%s', '%s')
                """.formatted(cleaning, name, uid);
    }

    private static void refused(JdbcClient who, String sql, String why) {
        assertThatThrownBy(() -> who.sql(sql).update()).rootCause().hasMessageContaining(why);
    }
}
