package io.waypass.applier;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.waypass.applier.Disturbance.Moment;
import io.waypass.applier.Witness.Part;
import io.waypass.gateway.Placement;
import io.waypass.request.RequestKind;
import io.waypass.testing.controlplane.Call;
import io.waypass.testing.controlplane.FaultProxy;
import io.waypass.testing.junit.FullOnly;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * An applier stands still in the middle of its work, as a machine does that swaps or is moved; another one takes over, finishes, and does
 * what is approved next. When the first one goes on where it was, with writes in the network that nobody can call back, nothing of it
 * lands. Each test freezes it around every single write at once, each of another identity.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FrozenApplierIT {

    private static final Map<Part, String> KINDS = Map.of(
            Part.SECRET, "Secret",
            Part.DESTINATION_RULE, "DestinationRule",
            Part.SERVICE_ENTRY, "ServiceEntry",
            Part.HTTP_ROUTE, "HTTPRoute",
            Part.ALLOW, "AuthorizationPolicy");

    private Fixtures fixtures;
    private Path directory;
    private int trials;
    private int processes;
    private Witness witness;
    private FaultProxy way;
    private FaultProxy wayOfOther;
    private ApplierProcess applier;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        this.directory = directory;
        fixtures = new Fixtures(directory);
    }

    @AfterAll
    void stop() {
        fixtures.close();
    }

    @BeforeEach
    void startApplier() {
        witness = new Witness(fixtures);
        way = FaultProxy.start(fixtures.kubeconfig, directory.resolve("way"));
        wayOfOther = FaultProxy.start(fixtures.kubeconfig, directory.resolve("way-of-other"));
        witness.watch(way);
        witness.watch(wayOfOther);
        applier = process(way).awaitUp();
        fixtures.awaitSealingKeyOf("sandbox");
    }

    @AfterEach
    void endApplier() {
        applier.close();
        way.close();
        wayOfOther.close();
    }

    @Test
    void anApplierThatWasFrozenWhileItCreatedAnIdentityTouchesNothingOfWhatWasRotatedMeanwhile() {
        nothingStaleLands(RequestKind.CREATE_IDENTITY, RequestKind.ROTATE_CERTIFICATE);
    }

    @Test
    @FullOnly
    void anApplierThatWasFrozenWhileItRotatedACertificateTouchesNothingOfWhatWasRotatedMeanwhile() {
        nothingStaleLands(RequestKind.ROTATE_CERTIFICATE, RequestKind.ROTATE_CERTIFICATE);
    }

    @Test
    @FullOnly
    void anApplierThatWasFrozenWhileItRetiredAnIdentityRemovesNothingOfWhatWasCreatedMeanwhile() {
        nothingStaleLands(RequestKind.RETIRE_IDENTITY, RequestKind.CREATE_IDENTITY);
    }

    /** Nothing is there whose version could tell that the write is late, so the API server lets it pass. */
    @Test
    @FullOnly
    void anObjectThatAFrozenApplierSentAndThatLandsAfterTheRetirementIsRemovedAndTheEventsTellOfIt() {
        long begin = System.nanoTime();
        int writes = undisturbed(RequestKind.CREATE_IDENTITY, RequestKind.RETIRE_IDENTITY)
                .writes();
        List<Disturbance> held = new ArrayList<>();
        // the first is the policy that stays for all who come after
        for (int write = 2; write <= writes; write++) {
            held.add(new Disturbance(trial(), write, Moment.ON_ITS_WAY));
        }
        freezeAmidst(held, RequestKind.CREATE_IDENTITY);
        try (ApplierProcess _ = process(wayOfOther)) {
            held.forEach(point -> point.trial().applied());
            next(held, RequestKind.RETIRE_IDENTITY);
            applier.thaw();
            held.forEach(Disturbance::release);

            for (Disturbance point : held) {
                Call late =
                        Awaitility.await(point.toString()).until(() -> call(way, point), call -> call.status() != 0);
                assertThat(late.status()).as("the late %s", point).isEqualTo(201);
            }
            long landed = System.nanoTime();
            Awaitility.await("what landed late is removed")
                    .until(() -> held.stream()
                            .flatMap(point -> witness.parts(point.trial()).stream())
                            .allMatch(Part::shared));
            Duration took = Duration.ofNanos(System.nanoTime() - landed);
            List<GenericKubernetesResource> kept = Trial.kept(fixtures);
            for (Disturbance point : held) {
                assertThat(point.trial().among(kept))
                        .as("what is left of %s", point)
                        .hasSize(1);
                String kind = KINDS.get(Part.of(call(way, point)));
                Awaitility.await().until(() -> point.trial().events("removed"), List.of(kind)::equals);
                applier.awaitWords(point.trial().identity() + " is in other hands now");
                doneOnce(point.trial());
            }
            System.out.printf(
                    "Frozen, create-identity then retire-identity: %d late objects landed and were removed within %d ms, in %d s%n",
                    held.size(),
                    took.toMillis(),
                    Duration.ofNanos(System.nanoTime() - begin).toSeconds());
        }
    }

    private void nothingStaleLands(RequestKind kind, RequestKind further) {
        long begin = System.nanoTime();
        Undisturbed undisturbed = undisturbed(kind, further);
        List<Disturbance> held = new ArrayList<>();
        for (int write = 1; write <= undisturbed.writes(); write++) {
            held.add(new Disturbance(trial(), write, Moment.ON_ITS_WAY));
            held.add(new Disturbance(trial(), write, Moment.ANSWERED));
        }
        freezeAmidst(held, kind);
        int sent = way.writes().size();
        try (ApplierProcess _ = process(wayOfOther)) {
            held.forEach(point -> point.trial().applied());
            next(held, further);
            List<String> versions = versions();

            applier.thaw();
            held.forEach(Disturbance::release);
            held.forEach(point -> applier.awaitWords(point.trial().identity() + " is in other hands now"));
            held.stream()
                    .filter(point -> point.moment() == Moment.ON_ITS_WAY)
                    .forEach(point -> Awaitility.await(point + " is answered")
                            .until(() -> call(way, point).status() != 0));

            assertThat(way.writes().stream().skip(sent))
                    .as("what the frozen one sent afterwards")
                    .extracting(call -> call.method() + " " + call.path())
                    .isEmpty();
            for (Disturbance point : held) {
                Call call = call(way, point);
                assertThat(call.forwarded()).isTrue();
                if (point.moment() == Moment.ON_ITS_WAY) {
                    // a later identity has a Secret of another name
                    assertThat(call.status()).as("the late write of %s", point).isIn(404, 409);
                } else {
                    assertThat(call.status()).isBetween(200, 201);
                }
            }
            assertThat(versions()).as("nothing was written").isEqualTo(versions);
            List<GenericKubernetesResource> kept = Trial.kept(fixtures);
            for (Disturbance point : held) {
                assertThat(point.trial().state(kept)).as(point.toString()).isEqualTo(undisturbed.state());
                doneOnce(point.trial());
            }
            assertThat(witness.violations()).isEmpty();
        }
        int before = way.writes().size();
        Trial afterwards = trial().submit(RequestKind.CREATE_IDENTITY).approve().applied();
        assertThat(witness.accepted(afterwards)).hasSize(way.writes().size() - before);
        doneOnce(afterwards);
        System.out.printf(
                "Frozen, %s then %s: at %d points of %d writes, %d late writes refused, in %d s%n",
                kind.value(),
                further.value(),
                held.size(),
                undisturbed.writes(),
                held.stream()
                        .filter(point -> point.moment() == Moment.ON_ITS_WAY)
                        .count(),
                Duration.ofNanos(System.nanoTime() - begin).toSeconds());
    }

    /** How many writes the first change takes, and what is there after both. */
    private record Undisturbed(int writes, String state) {}

    private Undisturbed undisturbed(RequestKind kind, RequestKind further) {
        Trial trial = prepared(trial(), kind);
        int before = witness.accepted(trial).size();
        trial.submit(kind).approve().applied();
        int writes = witness.accepted(trial).size() - before;
        trial.submit(further).approve().applied();
        return new Undisturbed(writes, trial.state(Trial.kept(fixtures)));
    }

    private static Trial prepared(Trial trial, RequestKind kind) {
        return kind == RequestKind.CREATE_IDENTITY
                ? trial
                : trial.submit(RequestKind.CREATE_IDENTITY).approve().applied();
    }

    /** Freezes the applier once each of the trials has come to its point. */
    private void freezeAmidst(List<Disturbance> held, RequestKind kind) {
        held.forEach(point -> prepared(point.trial(), kind).submit(kind));
        held.forEach(point -> point.trial().planned());
        for (Disturbance point : held) {
            point.arm(way, witness);
            point.trial().approve();
        }
        held.forEach(Disturbance::awaitHeld);
        applier.freeze();
        fixtures.heartbeatsAreMissed();
    }

    private static void next(List<Disturbance> held, RequestKind further) {
        held.forEach(point -> point.trial().submit(further));
        held.forEach(point -> point.trial().approve());
        held.forEach(point -> point.trial().applied());
    }

    private static void doneOnce(Trial trial) {
        assertThat(trial.changes())
                .allSatisfy(change -> assertThat(trial.doneInTrail(change)).isEqualTo(1));
    }

    private List<String> versions() {
        return Trial.kept(fixtures).stream()
                .map(object -> object.getMetadata().getName() + " "
                        + object.getMetadata().getResourceVersion())
                .toList();
    }

    private static Call call(FaultProxy proxy, Disturbance point) {
        return proxy.writes().stream()
                .filter(call -> call.number() == point.held())
                .findFirst()
                .orElseThrow();
    }

    private Trial trial() {
        Trial trial = new Trial(fixtures, "trial%03d".formatted(++trials), Placement.TEAM_NAMESPACE);
        witness.knows(trial);
        return trial;
    }

    private ApplierProcess process(FaultProxy proxy) {
        return ApplierProcess.start(
                fixtures,
                "sandbox",
                proxy.kubeconfig(),
                // what a rotation replaced is there when a late write lands
                Duration.ofHours(1),
                directory.resolve("applier-" + ++processes + ".log"));
    }
}
