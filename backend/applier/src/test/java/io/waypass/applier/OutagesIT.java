package io.waypass.applier;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.waypass.applier.cluster.Pace;
import io.waypass.applier.reconcile.ResourceReconciler;
import io.waypass.plan.PlanObject;
import io.waypass.request.RequestStatus;
import io.waypass.resource.ObservedObject;
import io.waypass.task.Fence;
import io.waypass.testing.RestartablePostgres;
import io.waypass.testing.controlplane.Call;
import io.waypass.testing.controlplane.Fault;
import io.waypass.testing.controlplane.FaultProxy;
import io.waypass.testing.junit.Form;
import io.waypass.testing.junit.FullOnly;
import io.waypass.testing.junit.LongForm;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * What the applier needs goes away, lies, or takes its time, while people ask and others write to the cluster. Afterwards everything that
 * was approved is applied, once, and the cluster is as approved. One applier lives through all of it.
 */
@LongForm
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OutagesIT {

    private static final long SEED = Long.getLong("waypass.outages.seed", 20_261_125L);
    private static final int APPS = Form.size("waypass.outages.apps", 12, 40);

    /** What goes wrong goes wrong that often before it ends. */
    private static final int TIMES = Form.size("waypass.outages.times", 20, 100);

    /** Of an identity, the destination's shared one included. */
    private static final int OBJECTS = 7;

    /** What the applier asks for itself; what its watches ask for has no name. */
    private static final Predicate<Call> OWN =
            call -> !call.watch() && !call.name().isEmpty();

    private final MachineClock machine = new MachineClock();
    private RestartablePostgres postgres;
    private Fixtures fixtures;
    private OutageRecords records;
    private FaultProxy proxy;
    private ConfigurableApplicationContext applier;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        postgres = RestartablePostgres.start(directory);
        fixtures = new Fixtures(directory, postgres.database());
        records = new OutageRecords(fixtures.owner);
        proxy = FaultProxy.start(fixtures.kubeconfig, directory.resolve("proxy"));
        applier = fixtures.applier(proxy.kubeconfig(), machine);
    }

    @AfterAll
    void stop() {
        applier.close();
        proxy.close();
        fixtures.close();
        postgres.close();
    }

    @BeforeEach
    void forgetWhatWasCalled() {
        proxy.clear();
    }

    @AfterEach
    void mendEverything() {
        proxy.clearFaults();
        machine.set(Duration.ZERO);
        postgres.startAgain();
        fixtures.plane.startApiServer();
    }

    @Test
    void anApiServerThatIsAwayDelaysEverythingAndLosesNothing() {
        try (Load load = load("away")) {
            Instant begin = Instant.now();
            fixtures.plane.stopApiServer();
            Awaitility.await("requests wait for it, and its watches are missed")
                    .until(() -> records.waitingReasons("away").size() >= APPS / 4
                            && records.unwatched()
                                    .filter(reason -> reason.contains("DestinationRule"))
                                    .isPresent());
            int before = load.applied();
            int failures = records.failures();
            Awaitility.await("all is tried again and again").until(() -> records.failures() >= failures + TIMES);
            assertThat(load.applied())
                    .as("applied in all, however often it was tried")
                    .isEqualTo(before);
            assertThat(records.waitingReasons("away"))
                    .isNotEmpty()
                    .allSatisfy(reason -> assertThat(reason)
                            .contains("API server of cluster sandbox does not answer")
                            .contains("tried again every few seconds"));
            assertThat(records.unwatched())
                    .as("what is said of the watches")
                    .hasValueSatisfying(
                            reason -> assertThat(reason).contains("Secret", "HTTPRoute", "DestinationRule"));
            int backlog = load.backlog();
            fixtures.plane.startApiServer();
            Instant end = Instant.now();
            Duration drift = restoredIn("away00");
            Awaitility.await().until(() -> records.unwatched().isEmpty());
            mended(
                    "API server away",
                    load,
                    begin,
                    end,
                    "backlog %d, drift at once after its return restored in %d ms"
                            .formatted(backlog, drift.toMillis()));
        }
    }

    @Test
    void watchesWhosePastIsForgottenAreMadeAnewAndDriftIsFoundAsBefore() {
        try (Load load = load("gone")) {
            Instant begin = Instant.now();
            fixtures.plane.compactEtcd();
            Instant end = Instant.now();
            mended("etcd compacted", load, begin, end, "");

            // not a kind whose last event is the newest of all: its watch goes on
            Awaitility.await("most kinds are listed anew, and all are watched")
                    .until(() -> listedSince(begin) >= 3 && records.unwatched().isEmpty());
            Instant afterwards = Instant.now();
            long millis = restoredIn("gone00").toMillis();
            System.out.printf(
                    "Outage, etcd compacted: drift afterwards restored in %d ms, kinds listed meanwhile %d%n",
                    millis, listedSince(afterwards));
        }
    }

    @Test
    @FullOnly
    void anApiServerThatAsksForFewerCallsGetsFewerAndAllOfThemAgainAfterwards() {
        Pace pace = applier.getBean(Pace.class);
        try (Load load = load("many")) {
            load.awaitApplied(20);
            double before = perSecond(Instant.now().minusSeconds(3), Instant.now());
            // on a busy machine its own answer to much at once may have been 429 already
            Awaitility.await().until(() -> pace.callsASecond() == 1_000);

            Instant begin = Instant.now();
            FaultProxy.Rule all = proxy.on(_ -> true, Fault.tooManyRequests(1));
            // the watches too have to be made again in the middle of it
            proxy.cutAll();
            Awaitility.await("the pace goes down").until(() -> pace.callsASecond() <= 100);
            int atWorst = pace.callsASecond();
            Instant partly = Instant.now();
            all.remove();
            FaultProxy.Rule some = proxy.on(_ -> true, Fault.tooManyRequests(1).withProbability(0.3, SEED));
            Awaitility.await().until(() -> some.struck() >= TIMES / 4);
            some.remove();
            Instant end = Instant.now();
            double during = perSecond(begin, partly);
            double inPart = perSecond(partly, end);

            restsAfterRefusals(begin, partly);
            assertThat(records.attempts("many"))
                    .as("what a request says of its waiting")
                    .anySatisfy(message -> assertThat(message).contains("it answered 429"));
            Awaitility.await("the pace is what it was").until(() -> pace.callsASecond() == 1_000);
            double after = perSecond(Instant.now().minusSeconds(3), Instant.now());
            mended(
                    "storm of 429",
                    load,
                    begin,
                    end,
                    "calls a second: before %.0f, all refused %.0f, 30 %% refused %.0f, after %.0f; slowest pace %d"
                            .formatted(before, during, inPart, after, atWorst));
        }
    }

    @Test
    @FullOnly
    void anApiServerThatFailsWithinIsTriedAgainUntilItWorks() {
        try (Load load = load("fail")) {
            Instant begin = Instant.now();
            Fault failure = Fault.failure(500, "InternalError", "etcdserver: request timed out");
            FaultProxy.Rule all = proxy.on(_ -> true, failure);
            Awaitility.await()
                    .until(() -> all.struck() >= TIMES
                            && !records.waitingReasons("fail").isEmpty());
            assertThat(records.waitingReasons("fail"))
                    .allSatisfy(reason -> assertThat(reason).contains("it answered 500"));
            all.remove();
            FaultProxy.Rule half = proxy.on(_ -> true, failure.withProbability(0.5, SEED));
            Awaitility.await().until(() -> half.struck() >= TIMES);
            half.remove();
            Instant end = Instant.now();
            mended("storm of 500", load, begin, end, "struck " + (all.struck() + half.struck()));
        }
    }

    @Test
    @FullOnly
    void slowAnswersAreWaitedForAndThoseThatNeverComeAreAskedForAgain() {
        try (Load load = load("slow")) {
            Instant begin = Instant.now();
            FaultProxy.Rule slow =
                    proxy.on(OWN, Fault.delay(Duration.ofSeconds(2)).withProbability(0.1, SEED));
            // over the deadline of 5 s; what was held back is still carried out when nobody waits for it any more
            FaultProxy.Rule late =
                    proxy.on(OWN, Fault.delay(Duration.ofSeconds(6)).withProbability(0.03, SEED + 1));
            Awaitility.await().until(() -> slow.struck() >= TIMES / 4 && late.struck() >= TIMES / 20);
            slow.remove();
            late.remove();
            Instant end = Instant.now();
            mended(
                    "slow answers",
                    load,
                    begin,
                    end,
                    "slow %d, over the deadline %d".formatted(slow.struck(), late.struck()));
        }
    }

    @Test
    @FullOnly
    void connectionsThatBreakBeforeOrAfterAWriteCostNothingButAnotherTry() {
        try (Load load = load("cut");
                ConfigurableApplicationContext _ = fixtures.applier(proxy.kubeconfig())) {
            Instant begin = Instant.now();
            FaultProxy.Rule before = proxy.on(_ -> true, Fault.cut().withProbability(0.03, SEED));
            FaultProxy.Rule after =
                    proxy.on(OWN, Fault.cut().withProbability(0.03, SEED + 1).beforeAnswer());
            for (int i = 1; i <= 4; i++) {
                int cuts = i * TIMES / 10;
                Awaitility.await().until(() -> before.struck() >= cuts && after.struck() >= cuts);
                proxy.cutAll();
            }
            before.remove();
            after.remove();
            Instant end = Instant.now();
            mended(
                    "connections cut, two appliers",
                    load,
                    begin,
                    end,
                    "before the call %d, after it %d, all of them 4 times".formatted(before.struck(), after.struck()));
        }
    }

    @Test
    void aDatabaseThatIsKilledComesBackToAllThatWasCommitted() {
        try (Load load = load("data");
                ConfigurableApplicationContext _ = fixtures.applier(proxy.kubeconfig())) {
            Instant begin = Instant.now();
            postgres.kill();
            Awaitility.await().until(() -> load.databaseErrors() >= TIMES / 10);
            postgres.startAgain();
            Instant end = Instant.now();
            mended(
                    "PostgreSQL killed, two appliers",
                    load,
                    begin,
                    end,
                    "refused to the portal " + load.databaseErrors());
        }
    }

    @Test
    @FullOnly
    void aMachineWhoseClockJumpsAnHourWorksAsBefore() {
        try (Load load = load("hour")) {
            Stranger stranger = new Stranger(fixtures, "hour00");
            Instant begin = Instant.now();
            for (int hours : List.of(1, -1)) {
                machine.set(Duration.ofHours(hours));
                load.awaitApplied(load.applied() + 15);
                int restored = load.restored();
                Awaitility.await("drift is restored").until(() -> load.restored() >= restored + 3);
                assertThat(records.movedTasks())
                        .as("tasks that a jump of %d h moved", hours)
                        .isEmpty();
                replannedAtOnce("moved" + (hours > 0 ? "on" : "back"));
                stranger.isRecheckedNowAndThen();
            }
            machine.set(Duration.ZERO);
            Instant end = Instant.now();
            stranger.leave();
            mended("clock ± 1 h", load, begin, end, "");
        }
    }

    @Test
    void whatIsChangedBetweenAWriteAndItsReadingBackIsRestoredToo() {
        String app = "between";
        String request = fixtures.submit(fixtures.app(app), fixtures.certificate(app));
        fixtures.approve(request);
        fixtures.await(request, RequestStatus.APPLIED);
        PlanObject rule = fixtures.object(app, "DestinationRule");
        PlanObject route = fixtures.object(app, "HTTPRoute");
        AtomicBoolean written = new AtomicBoolean();
        proxy.on(call -> call.isWrite() && call.name().equals(rule.name()), Fault.run(_ -> written.set(true)));
        FaultProxy.Rule between = proxy.on(
                call -> written.get()
                        && call.method().equals("GET")
                        && call.name().equals(route.name()),
                Fault.run(_ -> fixtures.resource(route).delete()).times(1));

        String identity = fixtures.requests
                .find(Fixtures.ADMIN, request)
                .summary()
                .identity()
                .orElseThrow()
                .identityId();
        Fence fence = fixtures.take(identity);
        meddle(rule);

        Duration next = applier.getBean(ResourceReconciler.class).reconcile(identity, fence);

        assertThat(between.struck()).isEqualTo(1);
        assertThat(next).as("until it is re-checked").isZero();
        // whoever holds the task now says no more, so the applier takes it over
        Awaitility.await()
                .until(() -> fixtures.identity(request).objects().stream()
                        .allMatch(object -> object.state() == ObservedObject.State.AS_APPROVED));
        assertThat(fixtures.resource(route).get()).isNotNull();
    }

    private Load load(String prefix) {
        Load load = new Load(fixtures, prefix, APPS, SEED).begin();
        load.awaitApplied(10);
        return load;
    }

    private void mended(String what, Load load, Instant begin, Instant end, String more) {
        Duration drain = load.drain(end);
        load.nothingIsLostAndNothingDoneTwice();
        List<Call> calls = proxy.calls();
        System.out.printf(
                "Outage, %s: %d requests, %d changes by others of which %d were restored, outage %.1f s, drained %.1f s after its end;"
                        + " %d calls, %d in vain%s%n",
                what,
                load.requests(),
                load.changes(),
                load.restored(),
                Duration.between(begin, end).toMillis() / 1000.0,
                drain.toMillis() / 1000.0,
                calls.size(),
                calls.stream()
                        .filter(call -> call.status() == 0 || call.status() == 429 || call.status() >= 500)
                        .count(),
                more.isEmpty() ? "" : "; " + more);
    }

    /** How many kinds were listed. */
    private long listedSince(Instant since) {
        return proxy.calls().stream()
                .filter(call -> call.at().isAfter(since))
                .filter(call -> call.name().isEmpty() && !call.watch() && call.status() == 200)
                .map(Call::plural)
                .distinct()
                .count();
    }

    private double perSecond(Instant from, Instant to) {
        long calls = proxy.calls().stream()
                .filter(OWN)
                .filter(call -> call.at().isAfter(from) && call.at().isBefore(to))
                .count();
        return calls * 1000.0 / Duration.between(from, to).toMillis();
    }

    /**
     * After a 429 with Retry-After: 1 nothing is called for a second, but for what was under way with it: in all, no more than everybody's
     * one call for each second, and a task that reads its identity's objects reads all of them side by side. {@code PaceTests} judges the
     * rest itself.
     */
    private void restsAfterRefusals(Instant from, Instant to) {
        long calls = proxy.calls().stream()
                .filter(OWN)
                .filter(call -> call.status() == 429)
                .filter(call -> call.at().isAfter(from) && call.at().isBefore(to))
                .count();
        int atOnce = applier.getBean(ApplierSettings.class).threads();
        assertThat(calls)
                .as("calls that were refused")
                .isPositive()
                .isLessThanOrEqualTo((Duration.between(from, to).toSeconds() + 2) * (atOnce * OBJECTS + 1));
    }

    private Duration restoredIn(String app) {
        PlanObject rule = fixtures.object(app, "DestinationRule");
        Resource<GenericKubernetesResource> live = fixtures.resource(rule);
        // the load may have deleted it, and it is not back yet
        Awaitility.await().until(() -> {
            try {
                meddle(rule);
                return true;
            } catch (KubernetesClientException absent) {
                return false;
            }
        });
        Instant begin = Instant.now();
        Awaitility.await()
                .pollInterval(Duration.ofMillis(10))
                .until(() -> Optional.ofNullable(live.get())
                        .filter(present -> present.getMetadata().getManagedFields().stream()
                                .noneMatch(entry -> entry.getManager().equals("last-meddler")))
                        .isPresent());
        return Duration.between(begin, Instant.now());
    }

    private void meddle(PlanObject rule) {
        fixtures.resource(rule)
                .patch(
                        new PatchContext.Builder()
                                .withPatchType(PatchType.JSON_MERGE)
                                .withFieldManager("last-meddler")
                                .build(),
                        "{\"spec\":{\"host\":\"elsewhere.test\"}}");
    }

    /** A request whose basis changes while it waits for a decision is planned anew without delay. */
    private void replannedAtOnce(String app) {
        String request = fixtures.submit(fixtures.app(app), fixtures.certificate(app));
        fixtures.await(request, RequestStatus.PENDING);
        fixtures.cluster
                .serviceAccounts()
                .inNamespace("team-namespace")
                .withName(app)
                .delete();
        fixtures.await(request, RequestStatus.INVALID);
    }
}
