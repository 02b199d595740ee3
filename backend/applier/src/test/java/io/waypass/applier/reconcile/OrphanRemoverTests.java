package io.waypass.applier.reconcile;

import static io.waypass.applier.SampleIdentity.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waypass.applier.cluster.ApiServerAway;
import io.waypass.applier.cluster.FakeClusterObjects;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.cluster.OrphanRemovalObject;
import io.waypass.cluster.OrphanRemovals.Removed;
import io.waypass.cluster.RemovalOutcome;
import io.waypass.manifests.Manifest;
import io.waypass.manifests.ObjectKind;
import io.waypass.manifests.PlanDigest;
import io.waypass.manifests.RemovalManifest;
import io.waypass.reconcile.OrphanRemovalStore.Job;
import io.waypass.task.Fence;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OrphanRemoverTests {

    private final FakeClusterObjects cluster = new FakeClusterObjects(NOW);
    private static final Fence FENCE = new Fence("reconcile-sandbox", "cls_1", 1);

    private final FakeOrphanStore store = new FakeOrphanStore();
    private final FakeOrphanRemovalStore removals = new FakeOrphanRemovalStore();
    private final ObjectKey one = orphan("one");
    private final ObjectKey two = orphan("two");

    @Test
    void whatAnotherAdminApprovedIsRemoved() {
        clean();

        assertThat(cluster.calls()).containsExactly("remove " + one, "remove " + two);
        assertThat(outcomes()).containsExactly(RemovalOutcome.DELETED, RemovalOutcome.DELETED);
    }

    @Test
    void nothingIsRemovedWithoutAnApprovedList() {
        remover().reconcile("cls_1", FENCE);

        assertThat(cluster.calls()).isEmpty();
        assertThat(removals.removed).isEmpty();
    }

    @Test
    void anotherObjectOfTheSameNameStays() {
        Job job = job();
        cluster.delete(one);
        orphan("one");

        clean(job);

        assertThat(cluster.has(one)).isTrue();
        assertThat(outcomes()).containsExactly(RemovalOutcome.GONE, RemovalOutcome.DELETED);
    }

    @Test
    void anObjectThatLostOurLabelIsKept() {
        Job job = job();
        cluster.report(one, object -> object.withObjectProperty("metadata").remove("labels"));

        clean(job);

        assertThat(cluster.has(one)).isTrue();
        assertThat(outcomes()).containsExactly(RemovalOutcome.KEPT, RemovalOutcome.DELETED);
    }

    @Test
    void anObjectThatBelongsToAnIdentityAgainIsKept() {
        store.claimed.add(two.place());

        clean();

        assertThat(cluster.has(two)).isTrue();
        assertThat(removals.removed.getLast().message()).contains("It belongs to an identity again.");
    }

    @Test
    void whatAFinalizerHoldsIsSaidToGoLater() {
        cluster.hold(one, "example.com/hold");

        clean();

        assertThat(removals.removed.getFirst().outcome()).isEqualTo(RemovalOutcome.DELETED);
        assertThat(removals.removed.getFirst().message())
                .contains("It goes as soon as example.com/hold lets go of it.");
    }

    @Test
    void oneThatIsRefusedKeepsNoneOfTheOthersFromGoing() {
        cluster.refuseWriting(one, "denied");

        assertThatThrownBy(this::clean).isInstanceOf(ApplyFailed.class).hasMessage("The API server refused: “denied”.");

        assertThat(cluster.has(two)).isFalse();
        assertThat(outcomes()).containsExactly(RemovalOutcome.DELETED);
        assertThat(removals.failures).containsExactly("The API server refused: “denied”.");
    }

    @Test
    void oneThatWasChangedInBetweenIsTriedAgain() {
        int[] changes = {1};
        cluster.beforeWrite(() -> {
            if (changes[0]-- > 0) {
                cluster.report(one, object -> object.putObject("status"));
            }
        });

        assertThatThrownBy(this::clean).isInstanceOf(ApplyFailed.class);

        assertThat(cluster.has(one)).isTrue();
        assertThat(outcomes()).containsExactly(RemovalOutcome.DELETED);
    }

    @Test
    void whatWentBeforeTheApiServerWasAwayIsRecorded() {
        Job job = job();
        cluster.beforeWrite(() -> cluster.beforeRead(() -> {
            if (!cluster.has(one)) {
                throw new ApiServerAway("no answer");
            }
        }));

        assertThatThrownBy(() -> clean(job)).isInstanceOf(ApiServerAway.class);

        assertThat(removals.failures).isEmpty();
        assertThat(cluster.has(two)).isTrue();
    }

    private List<RemovalOutcome> outcomes() {
        return removals.removed.stream().map(Removed::outcome).toList();
    }

    @Test
    void nothingOfAListIsRemovedThatIsNotTheApprovedOne() {
        Job job = job();

        assertThatThrownBy(() -> clean(new Job(
                        job.clusterId(),
                        job.revision(),
                        job.request(),
                        job.digest(),
                        job.objects().subList(0, 1))))
                .isInstanceOf(ApplyFailed.class)
                .hasMessageContaining("not the one that was approved");

        assertThat(cluster.calls()).isEmpty();
        assertThat(removals.failures).hasSize(1);
    }

    @Test
    void whatHasAnOutcomeIsNotTouchedAgain() {
        Job job = job();
        OrphanRemovalObject first = job.objects().getFirst();
        OrphanRemovalObject done = new OrphanRemovalObject(
                first.position(),
                first.apiVersion(),
                first.place(),
                first.uid(),
                false,
                Optional.of(RemovalOutcome.KEPT),
                Optional.empty());

        clean(new Job(1, 1, "req_1", job.digest(), List.of(done, job.objects().getLast())));

        assertThat(cluster.calls()).containsExactly("remove " + two);
    }

    private void clean() {
        clean(job());
    }

    private void clean(Job job) {
        removals.jobs.add(job);
        remover().reconcile("cls_1", FENCE);
    }

    private OrphanRemover remover() {
        return new OrphanRemover(cluster, store, removals, "sandbox");
    }

    private Job job() {
        List<OrphanRemovalObject> objects = new ArrayList<>();
        List<Manifest> manifests = new ArrayList<>();
        for (ObjectKey key : List.of(one, two)) {
            String uid = cluster.get(key).orElseThrow().uid();
            objects.add(new OrphanRemovalObject(
                    objects.size(), key.apiVersion(), key.place(), uid, true, Optional.empty(), Optional.empty()));
            manifests.add(RemovalManifest.of(key.apiVersion(), key.kind(), key.namespace(), key.name(), uid));
        }
        return new Job(1, 1, "req_1", PlanDigest.of(List.of(), manifests), objects);
    }

    private ObjectKey orphan(String name) {
        cluster.put("waypass", """
                {"apiVersion": "v1", "kind": "Secret", "metadata": {"namespace": "team", "name": "%s",
                 "labels": {"app.kubernetes.io/managed-by": "waypass"}}}
                """.formatted(name));
        return ObjectKey.of(ObjectKind.SECRET, "team", name);
    }
}
