package io.waypass.applier.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.applier.cluster.FakeClusterObjects;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.applier.inventory.OrphanReader;
import io.waypass.applier.reconcile.FakeOrphanStore;
import io.waypass.cluster.OrphanRemovalObject;
import io.waypass.manifests.ObjectKind;
import io.waypass.plan.CheckCode;
import io.waypass.plan.NewPlan;
import io.waypass.plan.PlanCheck.Level;
import io.waypass.plan.PlanObject;
import io.waypass.reconcile.PlanJob;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OrphanRemovalPlannerTests {

    private static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");

    private final FakeClusterObjects cluster = new FakeClusterObjects(NOW);
    private final FakeOrphanStore orphans = new FakeOrphanStore();
    private final ObjectKey one = orphan("one");
    private final ObjectKey two = orphan("two");
    private final List<OrphanRemovalObject> list = List.of(listed(0, one), listed(1, two));

    @Test
    void everyObjectOfTheListIsDeletedByItsUidWithWhatItHoldsInTheDiff() {
        NewPlan plan = plan();

        assertThat(plan.objects()).extracting(PlanObject::action).containsOnly(PlanObject.Action.DELETE);
        assertThat(plan.objects())
                .allSatisfy(object -> assertThat(object.manifest()).contains("\"uid\""))
                .allSatisfy(object -> assertThat(object.diff()).contains("-kind: Secret"));
        assertThat(level(plan, CheckCode.ORPHANS_LEFT)).isEqualTo(Level.PASSED);
        assertThat(level(plan, CheckCode.ORPHANS_UNCLAIMED)).isEqualTo(Level.PASSED);
        assertThat(plan.obstacles()).isEmpty();
        assertThat(plan.relied()).isEmpty();
    }

    @Test
    void whatOthersKeepInAnnotationsIsNotCopiedIntoThePlan() {
        cluster.report(
                one,
                object -> object.withObjectProperty("metadata")
                        .putObject("annotations")
                        .put("copy.example/secret", "s3cr3t"));

        assertThat(plan().objects()).noneMatch(object -> object.diff().contains("s3cr3t"));
    }

    @Test
    void theDigestIsOverTheListAndNotOverWhatTheObjectsHold() {
        String before = plan().digest();
        cluster.report(one, object -> object.putObject("data").put("changed", "eA=="));

        assertThat(plan().digest()).isEqualTo(before);
        assertThat(new OrphanRemovalPlanner(new OrphanReader(cluster, orphans), clock())
                        .plan(new PlanJob.OfOrphans(1, "req_1", "b", Optional.empty(), list.subList(0, 1)))
                        .digest())
                .isNotEqualTo(before);
    }

    @Test
    void whatIsNoOrphanAnyMoreIsNamedAndEndsNothing() {
        orphans.claimed.add(two.place());

        NewPlan plan = plan();

        assertThat(level(plan, CheckCode.ORPHANS_LEFT)).isEqualTo(Level.PASSED);
        assertThat(level(plan, CheckCode.ORPHANS_UNCLAIMED)).isEqualTo(Level.WARNING);
        assertThat(plan.checks()).anyMatch(check -> check.message().contains(two.toString()));
        assertThat(plan.obstacles()).isEmpty();
    }

    @Test
    void aListOfWhichNothingIsLeftIsInvalid() {
        cluster.delete(one);
        cluster.delete(two);
        orphan("two");

        assertThat(plan().obstacles()).hasSize(1);
    }

    private NewPlan plan() {
        return new OrphanRemovalPlanner(new OrphanReader(cluster, orphans), clock())
                .plan(new PlanJob.OfOrphans(1, "req_1", "b", Optional.empty(), list));
    }

    private static Clock clock() {
        return Clock.fixed(NOW, ZoneOffset.UTC);
    }

    private static Level level(NewPlan plan, CheckCode code) {
        return PlanScenario.check(plan, code).level();
    }

    private OrphanRemovalObject listed(int position, ObjectKey key) {
        return new OrphanRemovalObject(
                position,
                key.apiVersion(),
                key.place(),
                cluster.get(key).orElseThrow().uid(),
                true,
                Optional.empty(),
                Optional.empty());
    }

    private ObjectKey orphan(String name) {
        cluster.put("waypass", """
                {"apiVersion": "v1", "kind": "Secret", "metadata": {"namespace": "team", "name": "%s",
                 "labels": {"app.kubernetes.io/managed-by": "waypass"}}}
                """.formatted(name));
        return ObjectKey.of(ObjectKind.SECRET, "team", name);
    }
}
