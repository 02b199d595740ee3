package io.waypass.applier.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.applier.SampleIdentity;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.applier.reconcile.ChangeDecider.Action;
import io.waypass.manifests.Manifest;
import io.waypass.manifests.ObjectKind;
import io.waypass.plan.PlanObject;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ChangeDeciderTests {

    private final Scenario scenario = new Scenario().applied();

    static Stream<Manifest> manifests() {
        return new ApprovedState(new Scenario().job().target().orElseThrow()).wanted().stream();
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void whatIsAsApprovedIsNotWritten(Manifest manifest) {
        assertThat(decide(manifest)).isEqualTo(Action.NONE);
        assertThat(objection(manifest)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void whatIsMissingIsWritten(Manifest manifest) {
        scenario.cluster.delete(ObjectKey.of(manifest));

        assertThat(decide(manifest)).isEqualTo(Action.WRITE);
        assertThat(objection(manifest)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void whatSomebodyTookIsNotRevertedByANewPlan(Manifest manifest) {
        scenario.cluster.takeOver(ObjectKey.of(manifest), "kubectl");

        assertThat(decide(manifest)).isEqualTo(Action.WRITE);
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void whatWasApprovedBeforeFieldByFieldIsReverted(Manifest manifest) {
        scenario.cluster.takeOver(ObjectKey.of(manifest), "kubectl");
        appliedBefore(manifest, PlanObject.Action.CREATE);

        assertThat(decide(manifest)).isEqualTo(Action.WRITE_AND_REVERT);
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void whatAPlanRemovedBeforeIsNotCoveredByIt(Manifest manifest) {
        scenario.cluster.takeOver(ObjectKey.of(manifest), "kubectl");
        appliedBefore(manifest, PlanObject.Action.DELETE);

        assertThat(decide(manifest)).isEqualTo(Action.WRITE);
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void anotherObjectOfTheSameNameIsNotCovered(Manifest manifest) {
        scenario.cluster.takeOver(ObjectKey.of(manifest), "kubectl");
        appliedBefore(manifest, PlanObject.Action.CREATE);
        scenario.known.put(ObjectKey.of(manifest).place(), "another uid");

        assertThat(decide(manifest)).isEqualTo(Action.WRITE);
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void aFieldThatIsNewInThePlanIsNotCovered(Manifest manifest) {
        scenario.cluster.takeOver(ObjectKey.of(manifest), "kubectl");
        appliedBefore(manifest, PlanObject.Action.CREATE);
        Manifest more =
                Manifest.of(manifest.json().replaceFirst("\"labels\":\\{", "\"labels\":{\"another\":\"label\","));

        assertThat(decide(more)).isEqualTo(Action.WRITE);
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void whatIsBeingDeletedIsWaitedFor(Manifest manifest) {
        scenario.cluster.terminate(ObjectKey.of(manifest), "example.com/hold");

        assertThat(decide(manifest)).isEqualTo(Action.AWAIT_DELETION);
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void somebodyElsesObjectIsAnObjection(Manifest manifest) {
        ObjectKey key = ObjectKey.of(manifest);
        scenario.cluster.delete(key);
        scenario.cluster.put("somebody", """
                {"apiVersion": "%s", "kind": "%s", "metadata": {"namespace": "%s", "name": "%s"}}
                """.formatted(key.apiVersion(), key.kind(), key.namespace(), key.name()));

        assertThat(objection(manifest).orElseThrow()).contains("somebody wrote it");
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void anObjectThatLostItsMarksIsStillOurs(Manifest manifest) {
        scenario.cluster.report(
                ObjectKey.of(manifest),
                object -> object.withObjectProperty("metadata").remove(List.of("labels", "annotations")));

        assertThat(objection(manifest)).isEmpty();
    }

    /** Own objects behind the door, and what may happen to them. */
    @ParameterizedTest
    @MethodSource("manifests")
    void onlyWhatStandsBehindTheDoorMakesItUnsafe(Manifest manifest) {
        ObjectKind kind = ObjectKind.of(manifest.kind());
        boolean behind = !manifest.shared() && !kind.opensDoor();
        Ownership ownership = new Ownership(scenario.job());
        assertThat(Door.isUnsafe(found(manifest), ownership)).isFalse();

        scenario.cluster.report(
                ObjectKey.of(manifest),
                object -> object.withObjectProperty("metadata").remove(List.of("labels", "annotations")));
        assertThat(Door.isUnsafe(found(manifest), ownership))
                .as("marks do nothing to calls")
                .isFalse();

        scenario.cluster.delete(ObjectKey.of(manifest));
        assertThat(Door.isUnsafe(found(manifest), ownership)).isEqualTo(behind);
    }

    private void appliedBefore(Manifest manifest, PlanObject.Action action) {
        scenario.applied = List.of(SampleIdentity.planned(manifest, action));
    }

    private Action decide(Manifest manifest) {
        return ChangeDecider.decide(found(manifest), new Ownership(scenario.job()));
    }

    private Optional<String> objection(Manifest manifest) {
        return ChangeDecider.objection(found(manifest), new Ownership(scenario.job()));
    }

    private ObjectComparison found(Manifest manifest) {
        return new LiveStateReader(scenario.cluster).at(List.of(manifest)).getFirst();
    }
}
