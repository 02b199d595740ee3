package io.waypass.applier.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.applier.SampleIdentity;
import io.waypass.applier.cluster.ClusterObjects;
import io.waypass.applier.cluster.FakeClusterObjects;
import io.waypass.applier.inventory.Inventory;
import io.waypass.manifests.ObjectKind;
import io.waypass.manifests.ObjectKind.Watch;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DriftWatcherTests {

    private final FakeClusterObjects cluster = new FakeClusterObjects(SampleIdentity.NOW);
    private final Inventory inventory = new Inventory(cluster, "", Clock.systemUTC());
    private final DriftWatcher watcher =
            new DriftWatcher(cluster, inventory, new FakeReconcileStore(), new FakeOrphanStore(), Duration.ofMillis(1));

    @AfterEach
    void stop() {
        watcher.stop();
        inventory.stop();
    }

    @Test
    void everyKindThatIsWrittenIsWatchedOnceAndSecretsByOurLabelAlone() {
        start();

        List<String> written = Arrays.stream(ObjectKind.values())
                .filter(ObjectKind::isWritten)
                .map(kind ->
                        kind.watch() == Watch.BY_LABEL ? kind.kind() + " with " + ClusterObjects.OURS : kind.kind())
                .toList();
        assertThat(cluster.watches())
                .containsAll(written)
                .contains("Secret with " + ClusterObjects.OURS)
                .doesNotContain("Secret")
                .doesNotHaveDuplicates();
    }

    static Stream<ObjectKind> written() {
        return Arrays.stream(ObjectKind.values()).filter(ObjectKind::isWritten);
    }

    @ParameterizedTest
    @MethodSource("written")
    void aKindOfOursThatMayNotBeWatchedIsTold(ObjectKind kind) {
        cluster.refuseWatching(kind.kind(), "may not watch " + kind.plural());
        start();

        assertThat(watcher.unwatched()).hasValue("may not watch " + kind.plural());
    }

    @Test
    void nothingIsToldWhereEverythingIsWatched() {
        start();

        assertThat(watcher.unwatched()).isEmpty();
    }

    private void start() {
        watcher.start();
        inventory.start();
    }
}
