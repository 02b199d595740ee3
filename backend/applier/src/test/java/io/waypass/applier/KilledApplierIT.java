package io.waypass.applier;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.waypass.applier.Disturbance.Moment;
import io.waypass.applier.Witness.Part;
import io.waypass.gateway.Placement;
import io.waypass.request.RequestKind;
import io.waypass.resource.ObservedObject;
import io.waypass.testing.controlplane.Call;
import io.waypass.testing.controlplane.FaultProxy;
import io.waypass.testing.junit.Form;
import io.waypass.testing.junit.LongForm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The applier's process is killed around each single write of a creation, a rotation and a retirement. An applier that is started after
 * it finishes what was approved: the cluster ends as if nothing had happened, and at no moment lets anybody out in plaintext, with
 * another's certificate or with one that nobody approved.
 *
 * <p>The short form strikes every write where objects live beside the gateway, at one of its moments, up to 20 identities by one death, as many as an applier here works on at
 * once; the long form strikes every write at each moment, by a death of its own unless {@code -Dwaypass.killed.together} says otherwise.
 */
@LongForm
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KilledApplierIT {

    private static final int TOGETHER = Form.size("waypass.killed.together", 20, 1);

    private static final List<RequestKind> KINDS =
            List.of(RequestKind.CREATE_IDENTITY, RequestKind.ROTATE_CERTIFICATE, RequestKind.RETIRE_IDENTITY);

    private static final Map<RequestKind, List<Part>> ORDER = Map.of(
            RequestKind.CREATE_IDENTITY,
            List.of(
                    Part.ROLE,
                    Part.ROLE_BINDING,
                    Part.CATCH_ALL,
                    Part.DENY_ALL,
                    Part.SECRET,
                    Part.DESTINATION_RULE,
                    Part.SERVICE_ENTRY,
                    Part.HTTP_ROUTE,
                    Part.ALLOW),
            RequestKind.ROTATE_CERTIFICATE,
            List.of(
                    Part.SECRET,
                    Part.DESTINATION_RULE,
                    Part.SERVICE_ENTRY,
                    Part.HTTP_ROUTE,
                    Part.ALLOW,
                    // the Secret of the certificate before, without a grace here
                    Part.SECRET),
            RequestKind.RETIRE_IDENTITY,
            List.of(Part.ALLOW, Part.HTTP_ROUTE, Part.SERVICE_ENTRY, Part.DESTINATION_RULE, Part.SECRET));

    /** What a change does if nobody disturbs it. */
    private record Undisturbed(int writes, String state) {}

    private Fixtures fixtures;
    private Path directory;
    private int trials;
    private int processes;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        this.directory = directory;
        fixtures = new Fixtures(directory);
    }

    @AfterAll
    void stop() {
        fixtures.close();
    }

    /** The one with the most writes first, and in the short form alone. */
    static List<Placement> placements() {
        return Form.ofThisRun() == Form.LONG
                ? List.of(Placement.GATEWAY_NAMESPACE, Placement.TEAM_NAMESPACE)
                : List.of(Placement.GATEWAY_NAMESPACE);
    }

    @ParameterizedTest
    @MethodSource("placements")
    void whereverTheApplierIsKilledTheNextOneFinishesWhatWasApprovedAndNoStateInBetweenIsUnsafe(Placement placement) {
        long begin = System.nanoTime();
        Witness witness = new Witness(fixtures);
        ApplierProcess applier = null;
        try (FaultProxy proxy = FaultProxy.start(fixtures.kubeconfig, directory.resolve(placement.name()))) {
            witness.watch(proxy);
            applier = process(placement, proxy).awaitUp();
            fixtures.awaitSealingKeyOf(Trial.cluster(placement));
            Map<RequestKind, Undisturbed> undisturbed = new EnumMap<>(RequestKind.class);
            for (RequestKind kind : KINDS) {
                undisturbed.put(kind, undisturbed(kind, placement, witness));
            }
            List<Disturbance> points = points(undisturbed, placement, witness);
            int kills = 0;
            for (int from = 0; from < points.size(); from += TOGETHER) {
                List<Disturbance> struck = points.subList(from, Math.min(points.size(), from + TOGETHER));
                for (Disturbance point : struck) {
                    point.arm(proxy, witness);
                    point.trial().approve();
                }
                struck.forEach(Disturbance::awaitHeld);
                applier.kill();
                fixtures.heartbeatsAreMissed();
                kills++;
                struck.forEach(point -> point.outlived(proxy));
                applier = process(placement, proxy);
                struck.forEach(point -> point.trial().applied());
                assertThat(witness.violations()).isEmpty();
                List<GenericKubernetesResource> kept = Trial.kept(fixtures);
                for (Disturbance point : struck) {
                    finished(point, undisturbed.get(point.trial().change().kind()), kept, proxy, witness);
                }
            }
            System.out.printf(
                    "Killed, %s: %d fault points (%s), %d kills, %d writes, %d of them accepted, in %d s%n",
                    placement.value(),
                    points.size(),
                    undisturbed.entrySet().stream()
                            .map(each -> each.getKey().value() + " "
                                    + each.getValue().writes() + " writes")
                            .collect(Collectors.joining(", ")),
                    kills,
                    proxy.writes().size(),
                    proxy.writes().stream().filter(KilledApplierIT::accepted).count(),
                    Duration.ofNanos(System.nanoTime() - begin).toSeconds());
        } finally {
            if (applier != null) {
                applier.close();
            }
        }
    }

    private ApplierProcess process(Placement placement, FaultProxy proxy) {
        return ApplierProcess.start(
                fixtures,
                Trial.cluster(placement),
                proxy.kubeconfig(),
                Duration.ZERO,
                directory.resolve("applier-" + ++processes + ".log"));
    }

    private Trial trial(Placement placement, Witness witness) {
        Trial trial = new Trial(fixtures, "trial%03d".formatted(++trials), placement);
        witness.knows(trial);
        return trial;
    }

    private Undisturbed undisturbed(RequestKind kind, Placement placement, Witness witness) {
        Trial trial = trial(placement, witness);
        if (kind != RequestKind.CREATE_IDENTITY) {
            trial.submit(RequestKind.CREATE_IDENTITY).approve().applied();
        }
        int before = witness.accepted(trial).size();
        trial.submit(kind).approve().applied();

        assertThat(witness.violations()).isEmpty();
        List<Part> written =
                witness.accepted(trial).stream().skip(before).map(Part::of).toList();
        assertThat(written)
                .isEqualTo(ORDER.get(kind).stream()
                        .filter(part -> placement == Placement.GATEWAY_NAMESPACE
                                || !Set.of(Part.ROLE, Part.ROLE_BINDING, Part.CATCH_ALL)
                                        .contains(part))
                        .toList());
        List<Part> left = witness.accepted(trial).stream()
                .map(Part::of)
                .distinct()
                .filter(part -> kind != RequestKind.RETIRE_IDENTITY || part.shared())
                .toList();
        List<GenericKubernetesResource> kept = Trial.kept(fixtures);
        assertThat(trial.among(kept)).hasSize(left.size());
        return new Undisturbed(written.size(), trial.state(kept));
    }

    /** The moments of each write of each change, with a trial in which the change waits for its approval. */
    private List<Disturbance> points(Map<RequestKind, Undisturbed> undisturbed, Placement placement, Witness witness) {
        Map<RequestKind, List<Disturbance>> byKind = new EnumMap<>(RequestKind.class);
        for (RequestKind kind : KINDS) {
            List<Disturbance> ofKind = new ArrayList<>();
            for (int write = 1; write <= undisturbed.get(kind).writes(); write++) {
                for (Moment moment : moments(kind, write)) {
                    ofKind.add(new Disturbance(trial(placement, witness), write, moment));
                }
            }
            byKind.put(kind, ofKind);
        }
        // side by side, since each waits for the applier
        List<Trial> existing = Stream.of(RequestKind.ROTATE_CERTIFICATE, RequestKind.RETIRE_IDENTITY)
                .flatMap(kind -> byKind.get(kind).stream())
                .map(Disturbance::trial)
                .toList();
        existing.forEach(trial -> trial.submit(RequestKind.CREATE_IDENTITY));
        existing.forEach(Trial::approve);
        existing.forEach(Trial::applied);
        byKind.forEach((kind, ofKind) -> ofKind.forEach(point -> point.trial().submit(kind)));
        List<Disturbance> points =
                KINDS.stream().flatMap(kind -> byKind.get(kind).stream()).toList();
        points.forEach(point -> point.trial().planned());
        return points;
    }

    /** In the short form one for each write, another one for the same write of the next change. */
    private static List<Moment> moments(RequestKind kind, int write) {
        List<Moment> all = List.of(Moment.values());
        return Form.ofThisRun() == Form.LONG ? all : List.of(all.get((write + KINDS.indexOf(kind)) % all.size()));
    }

    private void finished(
            Disturbance point,
            Undisturbed undisturbed,
            List<GenericKubernetesResource> kept,
            FaultProxy proxy,
            Witness witness) {
        Trial trial = point.trial();
        assertThat(trial.state(kept)).as(point.toString()).isEqualTo(undisturbed.state());
        assertThat(witness.places(trial))
                .as("the model of %s is right", point)
                .isEqualTo(new TreeSet<>(trial.among(kept).values().stream()
                        .map(object -> object.getMetadata().getNamespace() + "/"
                                + object.getMetadata().getName())
                        .toList()));
        assertThat(trial.changes()).allSatisfy(change -> {
            assertThat(trial.doneInTrail(change)).isEqualTo(1);
            assertThat(fixtures.requests.find(Fixtures.ADMIN, change.request()).attempts())
                    .as("attempts of %s, none of which is said to run", change)
                    .allSatisfy(attempt -> assertThat(attempt.outcome()).isPresent());
        });
        assertThat(fixtures.identity(trial.change().request()).objects())
                .as("what was seen after %s", point)
                // a gateway that trials share has objects that are no trial's own
                .filteredOn(object -> object.name().contains(trial.name()))
                .hasSize(trial.among(kept).size())
                .extracting(ObservedObject::state)
                .containsOnly(ObservedObject.State.AS_APPROVED);
        List<Call> writes = proxy.writes().stream().filter(trial::isMeantBy).toList();
        Call held = writes.stream()
                .filter(call -> call.number() == point.held())
                .findFirst()
                .orElseThrow();
        assertThat(held.forwarded()).as(point.toString()).isEqualTo(point.moment() != Moment.NOT_SENT);
        if (point.moment() == Moment.ON_ITS_WAY) {
            Call again = writes.stream()
                    .filter(call -> call.number() > held.number())
                    .findFirst()
                    .orElseThrow();
            assertThat(accepted(held)).as("the late write of %s", point).isTrue();
            assertThat(again.path()).isEqualTo(held.path());
            assertThat(again.status())
                    .as("the write after the late one of %s", point)
                    .isIn(404, 409);
        }
        if (trial.change().kind() == RequestKind.CREATE_IDENTITY) {
            assertThat(writes)
                    .as("nothing was there that could have been reverted, %s", point)
                    .allMatch(call -> !call.force());
        }
    }

    private static boolean accepted(Call call) {
        return call.forwarded() && call.status() / 100 == 2;
    }
}
