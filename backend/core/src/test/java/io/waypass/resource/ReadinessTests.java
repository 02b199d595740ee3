package io.waypass.resource;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.resource.Condition.Status;
import io.waypass.resource.Condition.Type;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class ReadinessTests {

    private static final Instant EARLY = Instant.parse("2026-11-28T10:00:00Z");
    private static final Instant LATE = EARLY.plusSeconds(600);
    private static final Optional<WatchHealth> WATCHED = Optional.of(new WatchHealth(LATE, Optional.empty(), true));

    private final Map<Type, Condition> conditions = new EnumMap<>(Type.class);

    ReadinessTests() {
        Arrays.stream(Type.values())
                .filter(type -> type != Type.READY)
                .forEach(type -> set(type, Status.TRUE, "Holds", EARLY));
    }

    @Test
    void ifEverythingHoldsItIsReadySinceTheLastOfThemHolds() {
        set(Type.HOST_UNIQUE, Status.TRUE, "Holds", LATE);

        assertThat(ready().status()).isEqualTo(Status.TRUE);
        assertThat(ready().lastTransitionAt()).isEqualTo(LATE);
        assertThat(summed()).first().isEqualTo(ready());
        assertThat(summed()).hasSize(Type.values().length);
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "READY")
    void ifOneSaysNoItIsNotReadyAndSaysWhich(Type type) {
        set(type, Status.FALSE, "No", LATE);
        set(type == Type.APPLIED ? Type.IN_SYNC : Type.APPLIED, Status.UNKNOWN, "NotKnown", LATE);

        assertThat(ready().status()).isEqualTo(Status.FALSE);
        assertThat(ready().message()).isEqualTo(type.value() + ": of " + type.value());
        assertThat(ready().lastTransitionAt()).isEqualTo(LATE);
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "READY")
    void ifOneIsUnknownOrWasNotObservedItIsUnknown(Type type) {
        set(type, Status.UNKNOWN, "NotKnown", LATE);
        assertThat(ready().status()).isEqualTo(Status.UNKNOWN);
        assertThat(ready().lastTransitionAt()).isEqualTo(LATE);

        conditions.remove(type);
        assertThat(ready().status()).isEqualTo(Status.UNKNOWN);
        assertThat(ready().message()).isEqualTo("Not observed yet: " + type.value() + ".");
    }

    @Test
    void whereNobodyWatchesTheClusterNothingIsKnown() {
        Condition ready = ready(Optional.of(new WatchHealth(LATE, Optional.empty(), false)));

        assertThat(ready.status()).isEqualTo(Status.UNKNOWN);
        assertThat(ready.lastTransitionAt()).isEqualTo(LATE);
        assertThat(ready(Optional.of(new WatchHealth(LATE, Optional.of("No right."), true)))
                        .message())
                .endsWith("No right.");
        assertThat(ready(Optional.empty()).status()).isEqualTo(Status.UNKNOWN);
    }

    @ParameterizedTest
    @EnumSource(Status.class)
    void onceIstiodIsNotSeenWhatItReportedIsOld(Status reported) {
        set(Type.ROUTE_ACCEPTED, reported, "Said", EARLY);
        set(Type.MESH_REPORTING, Status.UNKNOWN, Readiness.NOT_SEEN, LATE);

        Condition route = summed().stream()
                .filter(condition -> condition.type() == Type.ROUTE_ACCEPTED)
                .findFirst()
                .orElseThrow();

        assertThat(route.status()).isEqualTo(Status.UNKNOWN);
        if (reported != Status.UNKNOWN) {
            assertThat(route.lastTransitionAt()).isEqualTo(LATE);
            assertThat(route.message()).contains("The last report is " + reported.value() + ", Said");
        }
        assertThat(ready().status()).isEqualTo(Status.UNKNOWN);
        assertThat(ready().message()).startsWith("MeshReporting: of MeshReporting");
        assertThat(summed().stream().filter(condition -> condition.type() == Type.CERTIFICATE_VALID))
                .as("what istiod does not report stays")
                .allMatch(condition -> condition.status() == Status.TRUE);
    }

    @Test
    void aMeshThatWasNeverSeenIsSaidOnceAndExplainsTheOthers() {
        set(Type.MESH_REPORTING, Status.UNKNOWN, Readiness.NO_ISTIOD, EARLY);
        set(Type.ROUTE_ACCEPTED, Status.UNKNOWN, "NotReported", EARLY);
        set(Type.GATEWAY_READY, Status.UNKNOWN, "NoWaypoint", EARLY);

        assertThat(ready().message()).isEqualTo("MeshReporting: of MeshReporting");
    }

    @Test
    void manyAreNotAllNamed() {
        Arrays.stream(Type.values())
                .filter(type -> type != Type.READY)
                .forEach(type -> set(type, Status.FALSE, "No", EARLY));

        assertThat(ready().message()).endsWith(" And " + (Type.values().length - 4) + " more.");
    }

    @Test
    void whatIsNotObservedHasNoSum() {
        assertThat(Readiness.summed(List.of(), WATCHED)).isEmpty();
    }

    private void set(Type type, Status status, String reason, Instant since) {
        conditions.put(type, new Condition(type, status, reason, "of " + type.value(), since, since));
    }

    private List<Condition> summed() {
        return Readiness.summed(List.copyOf(conditions.values()), WATCHED);
    }

    private Condition ready() {
        return ready(WATCHED);
    }

    private Condition ready(Optional<WatchHealth> watch) {
        return Readiness.summed(List.copyOf(conditions.values()), watch).getFirst();
    }
}
