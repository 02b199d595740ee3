package io.waypass.applier.reconcile;

import static io.waypass.applier.SampleIdentity.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.applier.SampleIdentity;
import io.waypass.applier.cluster.FakeClusterObjects;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.applier.reconcile.RemovalDecider.Action;
import io.waypass.manifests.Manifest;
import io.waypass.reconcile.ReconcileStore.Goal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RemovalDeciderTests {

    private static final RemovalDecider DECIDER =
            new RemovalDecider(ContestBackoff.STANDARD, new RotationGrace(Duration.ZERO));

    static Stream<Manifest> own() {
        return SampleIdentity.manifests(SampleIdentity.spec()).stream().filter(manifest -> !manifest.shared());
    }

    @ParameterizedTest
    @CsvSource({
        // goal, what is there, contested, what becomes of it
        "CHANGE, ours, false, REMOVE",
        "CHANGE, ours, true, REMOVE",
        "KEEP, ours, false, REMOVE",
        "KEEP, ours, true, WAIT",
        "CLEAR, ours, false, REMOVE",
        "CLEAR, ours, true, WAIT",
        "CHANGE, deleted, false, AWAIT_DELETION",
        "CHANGE, deleted, true, AWAIT_DELETION",
        "KEEP, deleted, false, AWAIT_DELETION",
        "KEEP, deleted, true, WAIT",
        "CHANGE, nothing, false, LEAVE",
        "KEEP, nothing, true, LEAVE",
        "CLEAR, nothing, false, LEAVE",
        "CHANGE, foreign, false, LEAVE",
        "KEEP, foreign, true, LEAVE",
        "CLEAR, foreign, false, LEAVE",
        "CHANGE, unreadable, false, REFUSE",
        "KEEP, unreadable, true, REFUSE",
        "CLEAR, unreadable, false, REFUSE"
    })
    void ofWhatShallNotBeThereOnlyOursIsRemoved(Goal goal, String there, boolean contested, Action action) {
        assertThat(own())
                .allSatisfy(manifest -> assertThat(
                                decide(goal, manifest, there, contested).action())
                        .as(manifest.kind())
                        .isEqualTo(action));
    }

    @ParameterizedTest
    @MethodSource("own")
    void anObjectThatWeWroteBeforeIsOursWhateverItsMarksSay(Manifest manifest) {
        Scenario scenario = new Scenario();
        LiveRead read = read(manifest, "foreign");
        scenario.known.put(
                ObjectKey.of(manifest).place(), read.object().orElseThrow().uid());

        assertThat(DECIDER.decide(round(scenario), new ObjectComparison(manifest, read), NOW)
                        .action())
                .isEqualTo(Action.REMOVE);
    }

    @Test
    void aContestSaysUntilWhenItWaits() {
        Manifest secret = own().findFirst().orElseThrow();

        assertThat(decide(Goal.KEEP, secret, "ours", true)
                        .contest()
                        .orElseThrow()
                        .until())
                .isEqualTo(NOW.plusSeconds(9));
    }

    private static RemovalDecider.Decision decide(Goal goal, Manifest manifest, String there, boolean contested) {
        Scenario scenario = new Scenario();
        scenario.goal = goal;
        if (contested) {
            scenario.contest(ObjectKey.of(manifest), 5, Duration.ofSeconds(1));
        }
        return DECIDER.decide(round(scenario), new ObjectComparison(manifest, read(manifest, there)), NOW);
    }

    private static Reconciliation round(Scenario scenario) {
        return new Reconciliation(scenario.job(), Scenario.FENCE, new ArrayList<>(), true);
    }

    private static LiveRead read(Manifest manifest, String there) {
        FakeClusterObjects cluster = new FakeClusterObjects(NOW);
        ObjectKey key = ObjectKey.of(manifest);
        switch (there) {
            case "ours" -> cluster.put(manifest);
            case "deleted" -> {
                cluster.put(manifest);
                cluster.terminate(key, "example.com/hold");
            }
            case "foreign" ->
                cluster.put("somebody", """
                        {"apiVersion": "%s", "kind": "%s", "metadata": {"namespace": "%s", "name": "%s"}}
                        """.formatted(key.apiVersion(), key.kind(), key.namespace(), key.name()));
            case "unreadable" -> {
                return new LiveRead(Optional.empty(), Optional.of("no right"));
            }
            default -> {}
        }
        return new LiveRead(cluster.get(key), Optional.empty());
    }
}
