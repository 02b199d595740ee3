package io.waypass.applier.reconcile;

import static io.waypass.applier.SampleIdentity.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.applier.SampleIdentity;
import io.waypass.applier.cluster.FakeClusterObjects;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.applier.reconcile.DriftDecider.Action;
import io.waypass.applier.reconcile.DriftDecider.Circumstances;
import io.waypass.applier.reconcile.DriftDecider.Decision;
import io.waypass.manifests.Manifest;
import io.waypass.manifests.ObjectKind;
import io.waypass.reconcile.ReconcileStore.Goal;
import io.waypass.reconcile.ReconcileStore.Job;
import io.waypass.resource.ResourceEvents.Restored;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every state in which an object may be found, in every situation that matters: 5 states × 6 objects × 16 situations. */
class DriftDeciderTests {

    /** As they are applied: an identity's own objects say by which plan they came. */
    private static final List<Manifest> MANIFESTS =
            new ApprovedState(new Scenario().job().target().orElseThrow()).wanted();

    private static final Map<Found, Map<Manifest, ObjectComparison>> FOUND =
            Stream.of(Found.values()).collect(Collectors.toMap(found -> found, DriftDeciderTests::find));

    private static final Map<Case, Optional<Decision>> DECISIONS = new ConcurrentHashMap<>();

    private enum Found {
        AS_APPROVED,
        MISSING,
        CHANGED,
        FOREIGN,
        TERMINATING
    }

    private record Case(
            Found found,
            Manifest manifest,
            boolean reportOnly,
            boolean problems,
            boolean contested,
            boolean namespace) {

        boolean opensDoor() {
            return !manifest.shared()
                    && (manifest.kind().equals("HTTPRoute") || manifest.kind().equals("AuthorizationPolicy"));
        }

        boolean inChangedNamespace() {
            return namespace && manifest.namespace().equals(SampleIdentity.NAMESPACE);
        }

        @Override
        public String toString() {
            return found + " " + (manifest.shared() ? "shared " : "") + manifest.kind()
                    + (reportOnly ? ", report only" : "") + (problems ? ", problems" : "")
                    + (contested ? ", contested" : "") + (namespace ? ", namespace changed" : "");
        }
    }

    static Stream<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (Found found : Found.values()) {
            for (Manifest manifest : MANIFESTS) {
                for (int bits = 0; bits < 16; bits++) {
                    cases.add(new Case(
                            found, manifest, (bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0));
                }
            }
        }
        return cases.stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void inEachSituationOneRuleDecides(Case situation) {
        Optional<Action> action = decide(situation).map(Decision::action);

        assertThat(action).isEqualTo(expected(situation));
    }

    /** The rules in the order in which they stand in the operator's guide: the first that applies decides. */
    private static Optional<Action> expected(Case situation) {
        if (situation.found() == Found.AS_APPROVED) {
            return Optional.empty();
        }
        if (situation.inChangedNamespace()) {
            return Optional.of(Action.LEAVE_NAMESPACE);
        }
        if (situation.found() == Found.FOREIGN) {
            return Optional.of(Action.LEAVE_FOREIGN);
        }
        if (situation.reportOnly()) {
            return Optional.of(Action.REPORT);
        }
        if (situation.opensDoor() && situation.problems()) {
            return Optional.of(Action.KEEP_CLOSED);
        }
        if (situation.contested()) {
            return Optional.of(Action.WAIT);
        }
        return Optional.of(situation.found() == Found.TERMINATING ? Action.AWAIT_DELETION : Action.RESTORE);
    }

    @Test
    void nothingIsWrittenWhereDriftIsOnlyReported() {
        assertNoneWrites(cases().filter(Case::reportOnly));
    }

    @Test
    void nothingIsWrittenIntoANamespaceThatMayBeSomebodyElses() {
        assertNoneWrites(cases().filter(Case::inChangedNamespace));
    }

    @Test
    void nothingOfSomebodyElseIsOverwritten() {
        assertNoneWrites(cases().filter(situation -> situation.found() == Found.FOREIGN));
    }

    @Test
    void noDoorIsOpenedWhileAnythingIsWrong() {
        assertNoneWrites(cases().filter(Case::opensDoor).filter(Case::problems));
    }

    @Test
    void whatIsContestedWaits() {
        assertNoneWrites(cases().filter(Case::contested));
    }

    @Test
    void onlyWhatWaitsSaysUntilWhen() {
        assertThat(cases().flatMap(situation -> decide(situation).stream()))
                .allSatisfy(decision ->
                        assertThat(decision.contest().isPresent()).isEqualTo(decision.action() == Action.WAIT));
    }

    @Test
    void theDriftNamesWhoChangedWhat() {
        Manifest rule = MANIFESTS.stream()
                .filter(manifest -> manifest.kind().equals(ObjectKind.DESTINATION_RULE.kind()))
                .findFirst()
                .orElseThrow();

        Decision decision = decide(new Case(Found.CHANGED, rule, false, false, false, false))
                .orElseThrow();

        assertThat(decision.drift().manager()).isEqualTo("kubectl");
        assertThat(decision.drift().sentence())
                .startsWith("kubectl changed the " + ObjectKey.of(rule) + " (")
                .contains("spec.host");
    }

    private static void assertNoneWrites(Stream<Case> situations) {
        assertThat(situations.toList())
                .isNotEmpty()
                .noneMatch(situation -> decide(situation)
                        .filter(decision -> decision.action() == Action.RESTORE)
                        .isPresent());
    }

    private static Optional<Decision> decide(Case situation) {
        return DECISIONS.computeIfAbsent(situation, DriftDeciderTests::decideAnew);
    }

    private static Optional<Decision> decideAnew(Case situation) {
        ObjectComparison found = FOUND.get(situation.found()).get(situation.manifest());
        Job job = new Job(
                1,
                SampleIdentity.ID,
                Goal.KEEP,
                situation.reportOnly(),
                Optional.empty(),
                List.of(),
                List.of(),
                Map.of(),
                Map.of(),
                situation.contested() ? Map.of(found.key().place(), new Restored(5, NOW.minusSeconds(1))) : Map.of(),
                Set.of());
        return new DriftDecider(ContestBackoff.STANDARD)
                .decide(
                        new Reconciliation(job, Scenario.FENCE, new ArrayList<>(), true),
                        found,
                        new Circumstances(
                                situation.namespace() ? Optional.of(SampleIdentity.NAMESPACE) : Optional.empty(),
                                situation.problems(),
                                NOW));
    }

    private static Map<Manifest, ObjectComparison> find(Found found) {
        FakeClusterObjects cluster = new Scenario().applied().cluster;
        for (Manifest manifest : MANIFESTS) {
            ObjectKey key = ObjectKey.of(manifest);
            switch (found) {
                case AS_APPROVED -> {}
                case MISSING -> cluster.delete(key);
                case CHANGED -> cluster.takeOver(key, "kubectl");
                case TERMINATING -> cluster.terminate(key, "example.com/hold");
                case FOREIGN ->
                    cluster.put("somebody", """
                            {"apiVersion": "%s", "kind": "%s", "metadata": {"namespace": "%s", "name": "%s"}}
                            """.formatted(key.apiVersion(), key.kind(), key.namespace(), key.name()));
            }
        }
        return new LiveStateReader(cluster)
                .at(MANIFESTS).stream().collect(Collectors.toMap(ObjectComparison::manifest, each -> each));
    }
}
