package io.waypass.applier.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waypass.applier.SampleIdentity;
import io.waypass.applier.cluster.FakeClusterObjects;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.applier.inventory.Fact;
import io.waypass.applier.inventory.Inventory;
import io.waypass.applier.inventory.ReliedFacts;
import io.waypass.manifests.ObjectKind;
import io.waypass.reconcile.PlanningStore.Waiting;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which waiting plans go back to planning, and when; on the test's own thread, where no time passes. */
class StalePlanDetectorTests {

    private static final Duration GATHER = Duration.ofMillis(100);
    private static final Duration SETTLE = Duration.ofMillis(400);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final String BASIS = "The catalogue, or who owns the namespace, has changed.";

    private final FakeClusterObjects cluster = new FakeClusterObjects(SampleIdentity.NOW);
    private final FakePlanningStore store = new FakePlanningStore();
    private final Inventory inventory = new Inventory(cluster, "", Clock.systemUTC());
    private final List<Duration> pauses = new ArrayList<>();
    private Consumer<Duration> meanwhile = _ -> {};
    private final StalePlanDetector detector = new StalePlanDetector(inventory, store, GATHER, time -> {
        pauses.add(time);
        meanwhile.accept(time);
    });

    @Test
    void aPlanGoesBackOnceAFactThatItReliedOnHasChanged() throws InterruptedException {
        inventory.start();
        waits("req_1", "one.example");

        claim("a", "one.example");
        detector.round();

        assertThat(store.sentBack()).containsExactly(Map.entry("req_1", claimed("one.example")));
        assertThat(pauses).containsExactly(GATHER, SETTLE);
    }

    @Test
    void aPlanGoesBackOnceSomethingIsGone() throws InterruptedException {
        cluster.put("kubectl", """
                {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"namespace": "n", "name": "app1"}}
                """);
        inventory.start();
        ReliedFacts relied = inventory.reliedFacts(Set.of());
        relied.of(Fact.serviceAccount("n", "app1"));
        store.add(waiting("req_1", Set.of(), relied.relied(), true, Optional.empty()));

        cluster.delete(ObjectKey.of(ObjectKind.SERVICE_ACCOUNT, "n", "app1"));
        detector.round();

        assertThat(store.sentBack()).containsExactly(Map.entry("req_1", "ServiceAccount n/app1 is gone."));
    }

    @Test
    void aPlanThatReliedOnSomethingElseStays() throws InterruptedException {
        inventory.start();
        waits("req_1", "one.example");

        claim("b", "other.example");
        detector.round();

        assertThat(store.sentBack()).isEmpty();
        assertThat(store.asked())
                .singleElement()
                .satisfies(facts -> assertThat(facts.orElseThrow())
                        .contains("host/other.example")
                        .doesNotContain("host/one.example"));
        assertThat(pauses).containsExactly(GATHER);
    }

    @Test
    void onlyThePlansThatAChangeConcernsGoBack() throws InterruptedException {
        inventory.start();
        waits("req_1", "one.example");
        waits("req_2", "two.example");
        waits("req_3", "one.example", "two.example");

        claim("b", "two.example");
        detector.round();

        assertThat(store.sentBack())
                .containsExactly(
                        Map.entry("req_2", claimed("two.example")), Map.entry("req_3", claimed("two.example")));
    }

    @Test
    void aPlanIsNotHeldAgainstItsOwnObjects() throws InterruptedException {
        inventory.start();
        store.add(waiting(
                "req_1", Set.of("ServiceEntry n/a"), Map.of("host/one.example", "absent"), true, Optional.empty()));

        claim("a", "one.example");
        detector.round();

        assertThat(store.sentBack()).isEmpty();
    }

    @Test
    void everyChangeThatConcernsAPlanIsNamedInItsCause() throws InterruptedException {
        inventory.start();
        waits("req_1", "one.example", "two.example");

        claim("b", "two.example");
        claim("a", "one.example");
        detector.round();

        assertThat(store.sentBack())
                .containsExactly(Map.entry("req_1", claimed("one.example") + " " + claimed("two.example")));
    }

    @Test
    void changesThatComeTogetherAreCheckedTogether() throws InterruptedException {
        inventory.start();
        waits("req_1", "one.example");
        waits("req_2", "two.example");
        meanwhile = time -> {
            if (time.equals(GATHER)) {
                claim("b", "two.example");
            }
        };

        claim("a", "one.example");
        detector.round();

        assertThat(store.asked()).hasSize(1);
        assertThat(store.sentBack()).containsOnlyKeys("req_1", "req_2");
    }

    @Test
    void aFactThatIsAsItWasAMomentLaterIsNoChange() throws InterruptedException {
        inventory.start();
        waits("req_1", "one.example");
        meanwhile = time -> {
            if (time.equals(SETTLE)) {
                cluster.delete(ObjectKey.of(ObjectKind.SERVICE_ENTRY, "n", "a"));
            }
        };

        claim("a", "one.example");
        detector.round();

        assertThat(store.sentBack()).isEmpty();
    }

    @Test
    void aRequestThatSomebodyDecidesMeanwhileStays() throws InterruptedException {
        inventory.start();
        waits("req_1", "one.example");
        waits("req_2", "one.example");
        store.decided = Optional.of("req_1");

        claim("a", "one.example");
        detector.round();

        assertThat(store.sentBack()).containsOnlyKeys("req_2");
    }

    @Test
    void aPlanWhoseBasisNoLongerHoldsGoesBackOnceEverythingIsRechecked() throws InterruptedException {
        inventory.start();
        store.add(waiting("req_1", Set.of(), Map.of(), false, Optional.empty()));
        store.add(waiting("req_2", Set.of(), Map.of(), true, Optional.empty()));

        detector.everything();
        detector.round();

        assertThat(store.sentBack()).containsExactly(Map.entry("req_1", BASIS));
        assertThat(store.asked()).containsExactly(Optional.empty());
    }

    @Test
    void aChangeIsNotCheckedOnItsOwnWhereEverythingIs() throws InterruptedException {
        inventory.start();
        waits("req_1", "one.example");
        store.add(waiting("req_2", Set.of(), Map.of(), false, Optional.empty()));

        claim("a", "one.example");
        detector.everything();
        detector.round();

        assertThat(store.sentBack()).containsOnlyKeys("req_1", "req_2");
        assertThat(store.asked()).containsExactly(Optional.empty());
    }

    @Test
    void whatCannotBeWatchedSendsNoPlanBackBeforeItCan() throws InterruptedException {
        cluster.refuseWatching("ServiceEntry", "may not");
        inventory.start();
        ReliedFacts relied = inventory.reliedFacts(Set.of());
        relied.of(Fact.host("one.example"));
        store.add(waiting("req_1", Set.of(), relied.relied(), true, Optional.empty()));
        detector.everything();
        detector.round();
        assertThat(store.sentBack()).isEmpty();

        cluster.allowWatching("ServiceEntry");
        detector.round();

        assertThat(store.sentBack())
                .containsExactly(Map.entry("req_1", "The ServiceEntries that claim one.example can be seen now."));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void aChangeIsNotForgottenWhileTheDatabaseIsAway(int times) throws InterruptedException {
        inventory.start();
        waits("req_1", "one.example");
        waits("req_2", "two.example");
        store.away(times);

        claim("a", "one.example");
        for (int i = 0; i < times; i++) {
            detector.round();
            assertThat(store.sentBack()).isEmpty();
            assertThat(pauses).endsWith(RETRY);
        }
        claim("b", "two.example");
        detector.round();

        assertThat(store.sentBack()).containsOnlyKeys("req_1", "req_2");
    }

    @Test
    void everythingIsRecheckedAfterTheDatabaseWasAwayIfItWasToBe() throws InterruptedException {
        inventory.start();
        store.add(waiting("req_1", Set.of(), Map.of(), false, Optional.empty()));
        store.away(1);

        detector.everything();
        detector.round();
        claim("a", "one.example");
        detector.round();

        assertThat(store.sentBack()).containsExactly(Map.entry("req_1", BASIS));
        assertThat(store.asked()).containsExactly(Optional.empty(), Optional.empty());
    }

    @Test
    void plansThatCouldNotBeSentBackAreSentBackInTheNextRound() throws InterruptedException {
        inventory.start();
        waits("req_1", "one.example");
        waits("req_2", "one.example");
        meanwhile = time -> {
            if (time.equals(SETTLE)) {
                store.away(1);
                meanwhile = _ -> {};
            }
        };

        claim("a", "one.example");
        detector.round();
        assertThat(store.sentBack()).isEmpty();
        detector.round();

        assertThat(store.sentBack()).containsOnlyKeys("req_1", "req_2");
    }

    @Test
    void ofManyWaitingPlansThoseGoBackThatAreConcernedAfterOnePause() throws InterruptedException {
        inventory.start();
        IntStream.range(0, 1_000).forEach(i -> waits("req_" + i, "host" + i % 10 + ".example"));

        claim("a", "host3.example");
        detector.round();

        assertThat(store.sentBack()).hasSize(100).allSatisfy((request, cause) -> {
            assertThat(request).endsWith("3");
            assertThat(cause).isEqualTo(claimed("host3.example"));
        });
        assertThat(pauses).containsExactly(GATHER, SETTLE);
    }

    @Test
    void aPlanThatWasJustKeptGoesBackForWhatChangedWhileItWasMade() {
        inventory.start();
        claim("a", "one.example");
        waits("req_1", "one.example");

        detector.recheck("req_1");

        assertThat(store.sentBack()).containsExactly(Map.entry("req_1", claimed("one.example")));
        assertThat(pauses).containsExactly(SETTLE);
    }

    @Test
    void aPlanThatWasJustKeptStaysIfOnlyTheCauseThatItWasMadeForIsFound() {
        inventory.start();
        claim("a", "one.example");
        store.add(waiting(
                "req_1", Set.of(), Map.of("host/one.example", "absent"), true, Optional.of(claimed("one.example"))));

        detector.recheck("req_1");

        assertThat(store.sentBack()).isEmpty();
        assertThat(pauses).isEmpty();
    }

    @Test
    void aPlanThatWasJustKeptGoesBackForAnotherCause() {
        inventory.start();
        claim("a", "one.example");
        store.add(
                waiting("req_1", Set.of(), Map.of("host/one.example", "absent"), true, Optional.of("Something else.")));

        detector.recheck("req_1");

        assertThat(store.sentBack()).containsOnlyKeys("req_1");
    }

    @Test
    void aPlanThatWasJustKeptStaysIfNothingChangedOrSomebodyDecided() {
        inventory.start();
        waits("req_1", "one.example");

        detector.recheck("req_1");
        detector.recheck("req_2");

        assertThat(store.sentBack()).isEmpty();
        assertThat(pauses).isEmpty();
    }

    @Test
    void everythingIsRecheckedIfTheCheckOfAPlanThatWasJustKeptIsInterrupted() throws InterruptedException {
        StalePlanDetector interrupted = new StalePlanDetector(inventory, store, GATHER, time -> {
            if (time.equals(SETTLE) && store.asked().isEmpty()) {
                throw new InterruptedException();
            }
        });
        inventory.start();
        claim("a", "one.example");
        waits("req_1", "one.example");

        interrupted.recheck("req_1");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(store.sentBack()).isEmpty();
        interrupted.round();

        assertThat(store.asked()).containsExactly(Optional.empty());
        assertThat(store.sentBack()).containsOnlyKeys("req_1");
    }

    @Test
    void whereNothingChangesARoundWaits() {
        inventory.start();
        Thread.currentThread().interrupt();

        assertThatThrownBy(detector::round).isInstanceOf(InterruptedException.class);
        assertThat(store.asked()).isEmpty();
    }

    @Test
    void everythingIsRecheckedAtTheStart() {
        store.add(waiting("req_1", Set.of(), Map.of(), false, Optional.empty()));
        inventory.start();

        detector.start();
        try {
            Awaitility.await().until(() -> store.asked().equals(List.of(Optional.empty())));
            assertThat(detector.isRunning()).isTrue();
        } finally {
            detector.stop();
        }
        assertThat(detector.isRunning()).isFalse();
    }

    /** A request whose plan relied on nobody claiming its hosts. */
    private void waits(String request, String... hosts) {
        Map<String, String> relied = new HashMap<>();
        for (String host : hosts) {
            relied.put(Fact.host(host), "absent");
        }
        store.add(waiting(request, Set.of(), relied, true, Optional.empty()));
    }

    private static Waiting waiting(
            String request, Set<String> own, Map<String, String> relied, boolean basisHolds, Optional<String> cause) {
        return new Waiting(1, request, "pln_1", own, relied, basisHolds, cause);
    }

    private void claim(String name, String host) {
        cluster.put("somebody", """
                {"apiVersion": "networking.istio.io/v1", "kind": "ServiceEntry", "metadata": {"namespace": "n", "name": "%s"},
                 "spec": {"hosts": ["%s"]}}
                """.formatted(name, host));
    }

    private static String claimed(String host) {
        return "The ServiceEntries that claim " + host + " have changed.";
    }
}
