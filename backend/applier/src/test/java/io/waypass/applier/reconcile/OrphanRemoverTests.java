package io.waypass.applier.reconcile;

import static io.waypass.applier.SampleIdentity.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waypass.applier.cluster.ApiServerAway;
import io.waypass.applier.cluster.FakeClusterObjects;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.cluster.CleaningOutcome;
import io.waypass.cluster.OrphanStore.CleaningJob;
import io.waypass.cluster.OrphanStore.Target;
import io.waypass.manifests.ObjectKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OrphanRemoverTests {

    private final FakeClusterObjects cluster = new FakeClusterObjects(NOW);
    private final FakeOrphanStore store = new FakeOrphanStore();
    private final ObjectKey one = orphan("one");
    private final ObjectKey two = orphan("two");

    @Test
    void whatTwoAdminsAgreedOnIsRemoved() {
        clean();

        assertThat(cluster.calls()).containsExactly("remove " + one, "remove " + two);
        assertThat(outcomes()).containsExactly(CleaningOutcome.DELETED, CleaningOutcome.DELETED);
    }

    @Test
    void nothingIsRemovedWithoutAnApprovedList() {
        new OrphanRemover(cluster, store).clean("cln_1");

        assertThat(cluster.calls()).isEmpty();
        assertThat(store.cleaned).isEmpty();
    }

    @Test
    void anotherObjectOfTheSameNameStays() {
        CleaningJob job = job();
        cluster.delete(one);
        orphan("one");

        clean(job);

        assertThat(cluster.has(one)).isTrue();
        assertThat(outcomes()).containsExactly(CleaningOutcome.GONE, CleaningOutcome.DELETED);
    }

    @Test
    void anObjectThatLostOurLabelIsKept() {
        CleaningJob job = job();
        cluster.report(one, object -> object.withObjectProperty("metadata").remove("labels"));

        clean(job);

        assertThat(cluster.has(one)).isTrue();
        assertThat(outcomes()).containsExactly(CleaningOutcome.KEPT, CleaningOutcome.DELETED);
    }

    @Test
    void anObjectThatBelongsToAnIdentityAgainIsKept() {
        store.claimed.add(two.place());

        clean();

        assertThat(cluster.has(two)).isTrue();
        assertThat(store.cleaned.getLast().message()).contains("It belongs to an identity again.");
    }

    @Test
    void whatAFinalizerHoldsIsSaidToGoLater() {
        cluster.hold(one, "example.com/hold");

        clean();

        assertThat(store.cleaned.getFirst().outcome()).isEqualTo(CleaningOutcome.DELETED);
        assertThat(store.cleaned.getFirst().message()).contains("It goes as soon as example.com/hold lets go of it.");
    }

    @Test
    void oneThatIsRefusedKeepsNoneOfTheOthersFromGoing() {
        cluster.refuseWriting(one, "denied");

        assertThatThrownBy(this::clean).isInstanceOf(ApplyFailed.class).hasMessage("denied");

        assertThat(cluster.has(two)).isFalse();
        assertThat(outcomes()).containsExactly(CleaningOutcome.DELETED);
        assertThat(store.failures).containsExactly("denied");
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
        assertThat(outcomes()).containsExactly(CleaningOutcome.DELETED);
    }

    @Test
    void whatWentBeforeTheApiServerWasAwayIsRecorded() {
        CleaningJob job = job();
        cluster.beforeWrite(() -> cluster.beforeRead(() -> {
            if (!cluster.has(one)) {
                throw new ApiServerAway("no answer");
            }
        }));

        assertThatThrownBy(() -> clean(job)).isInstanceOf(ApiServerAway.class);

        assertThat(store.failures).isEmpty();
        assertThat(cluster.has(two)).isTrue();
    }

    private List<CleaningOutcome> outcomes() {
        return store.cleaned.stream().map(cleaned -> cleaned.outcome()).toList();
    }

    private void clean() {
        clean(job());
    }

    private void clean(CleaningJob job) {
        store.job = Optional.of(job);
        new OrphanRemover(cluster, store).clean("cln_1");
    }

    private CleaningJob job() {
        List<Target> targets = new ArrayList<>();
        for (ObjectKey key : List.of(one, two)) {
            targets.add(new Target(
                    targets.size(),
                    key.apiVersion(),
                    key.place(),
                    cluster.get(key).orElseThrow().uid()));
        }
        return new CleaningJob(1, "cln_1", "sha256:x", targets);
    }

    private ObjectKey orphan(String name) {
        cluster.put("waypass", """
                {"apiVersion": "v1", "kind": "Secret", "metadata": {"namespace": "team", "name": "%s",
                 "labels": {"app.kubernetes.io/managed-by": "waypass"}}}
                """.formatted(name));
        return ObjectKey.of(ObjectKind.SECRET, "team", name);
    }
}
