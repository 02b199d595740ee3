package io.waypass.applier.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.applier.cluster.FakeClusterObjects;
import io.waypass.applier.cluster.LiveObject;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.manifests.ObjectKind;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class PendingChangesTests {

    private final PendingChanges pending = new PendingChanges(2);

    @Test
    void ofEachObjectTheNewestIsTold() throws InterruptedException {
        add("a", 1);
        add("b", 1);
        add("a", 2);

        assertThat(versions(next())).containsExactlyInAnyOrderEntriesOf(Map.of("a", "2", "b", "1"));
        assertThat(pending.isEmpty()).isTrue();
    }

    @Test
    void aStormIsToldInParts() throws InterruptedException {
        add("a", 1);
        add("b", 1);
        add("c", 1);

        assertThat(next()).hasSize(2);
        assertThat(pending.isEmpty()).isFalse();
        assertThat(next()).hasSize(1);
    }

    @Test
    void whatCameMeanwhileIsNewerThanWhatIsGivenBack() throws InterruptedException {
        add("a", 1);
        add("b", 1);
        Map<ObjectKey, Optional<LiveObject>> batch = next();
        add("a", 2);

        pending.giveBack(batch);

        assertThat(versions(next())).containsExactlyInAnyOrderEntriesOf(Map.of("a", "2", "b", "1"));
    }

    @Test
    void whoeverIsWokenNeedNotWaitForAChange() throws InterruptedException {
        pending.wake();

        assertThat(pending.await(Duration.ofDays(1), Duration.ZERO)).isEmpty();
    }

    @Test
    void aWaitWithoutChangesEnds() throws InterruptedException {
        assertThat(next()).isEmpty();
    }

    private Map<ObjectKey, Optional<LiveObject>> next() throws InterruptedException {
        return pending.await(Duration.ofMillis(1), Duration.ZERO);
    }

    private static Map<String, String> versions(Map<ObjectKey, Optional<LiveObject>> batch) {
        return batch.entrySet().stream()
                .collect(Collectors.toMap(
                        entry -> entry.getKey().name(),
                        entry -> entry.getValue().orElseThrow().resourceVersion()));
    }

    private void add(String name, int version) {
        pending.add(ObjectKey.of(ObjectKind.SECRET, "n", name), Optional.of(FakeClusterObjects.live("""
                        {"kind": "Secret", "metadata": {"name": "%s", "resourceVersion": "%d"}}
                        """.formatted(
                        name, version))));
    }
}
