package io.waypass.applier.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.applier.cluster.FakeClusterObjects;
import io.waypass.applier.cluster.LiveObject;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.manifests.ObjectKind;
import io.waypass.reconcile.ReconcileStore.ChangedObject;
import io.waypass.reconcile.ReconcileStore.ObservedPlace;
import io.waypass.resource.ObjectPlace;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WatchRecorderTests {

    private static final ObjectKey SECRET = ObjectKey.of(ObjectKind.SECRET, "team", "s");
    private static final ObjectKey ENTRY = ObjectKey.of(ObjectKind.SERVICE_ENTRY, "istio-egress", "shared");
    private static final String OURS = "\"labels\": {\"app.kubernetes.io/managed-by\": \"waypass\"}";
    private static final String IDENTITY = "\"annotations\": {\"waypass.io/identity\": \"idn_a\"}";

    private final FakeReconcileStore store = new FakeReconcileStore();
    private final FakeOrphanStore orphans = new FakeOrphanStore();
    private final WatchRecorder recorder = new WatchRecorder(store, orphans, 2);

    @Test
    void anObjectOfOursIsNoticedWithItsVersionAndIdentity() {
        seen(SECRET, OURS + ", " + IDENTITY);

        assertThat(store.changed)
                .containsExactly(
                        new ChangedObject(SECRET.place(), Optional.of("u1"), Optional.of("7"), Optional.of("idn_a")));
        assertThat(orphans.recorded).extracting(object -> object.place()).containsExactly(SECRET.place());
    }

    @Test
    void anObjectThatLostOurLabelIsNoticed() {
        seen(SECRET, OURS + ", " + IDENTITY);
        store.changed.clear();

        seen(SECRET, IDENTITY);

        assertThat(store.changed)
                .containsExactly(
                        new ChangedObject(SECRET.place(), Optional.of("u1"), Optional.of("7"), Optional.empty()));
        assertThat(orphans.gone).containsExactly(SECRET.place());
    }

    @Test
    void anObjectOfOursThatGoesIsNoticed() {
        seen(SECRET, OURS + ", " + IDENTITY);
        store.changed.clear();

        recorder.record(Map.of(SECRET, Optional.empty()));

        assertThat(store.changed)
                .containsExactly(
                        new ChangedObject(SECRET.place(), Optional.empty(), Optional.empty(), Optional.empty()));
        assertThat(orphans.gone).containsExactly(SECRET.place());
    }

    @Test
    void anObjectThatNeverWasOursIsOfNoInterest() {
        seen(SECRET, IDENTITY);
        recorder.record(Map.of(SECRET, Optional.empty()));

        assertThat(store.changed).isEmpty();
        assertThat(orphans.gone).isEmpty();
        assertThat(orphans.recorded).isEmpty();
    }

    @Test
    void aSharedServiceEntryTellsWhetherItIsBound() {
        store.shared.add("istio-egress/shared");

        recorder.record(Map.of(ENTRY, Optional.of(object(ENTRY, "", """
                {"conditions": [{"type": "istio.io/WaypointBound", "status": "True"}]}"""))));
        recorder.record(Map.of(ENTRY, Optional.of(object(ENTRY, "", "{}"))));
        recorder.record(Map.of(ENTRY, Optional.empty()));

        assertThat(store.bindings)
                .containsExactly(
                        "istio-egress/shared True", "istio-egress/shared Unknown", "istio-egress/shared False");
    }

    @Test
    void aServiceEntryOfSomebodyElseTellsNothing() {
        recorder.record(Map.of(ENTRY, Optional.of(object(ENTRY, "", "{}"))));

        assertThat(store.bindings).isEmpty();
    }

    @Test
    void whatWentWhileNobodyWatchedIsReChecked() {
        seen(SECRET, OURS + ", " + IDENTITY);
        ObjectPlace gone = new ObjectPlace("Secret", "team", "gone");
        store.observed.addAll(List.of(
                new ObservedPlace(1, SECRET.place()),
                new ObservedPlace(2, gone),
                new ObservedPlace(3, SECRET.place()),
                new ObservedPlace(4, SECRET.place()),
                new ObservedPlace(5, gone)));

        recorder.compare(List.of(ObjectKind.SECRET));

        assertThat(store.enqueued).containsExactlyInAnyOrder(2L, 5L);
        assertThat(orphans.retained).containsEntry("Secret", List.of(SECRET.place()));
        assertThat(recorder.isCompared()).isTrue();
    }

    @Test
    void whatWentBeforeTheComparisonIsReCheckedToo() {
        seen(SECRET, OURS + ", " + IDENTITY);
        recorder.record(Map.of(SECRET, Optional.empty()));
        store.observed.add(new ObservedPlace(1, SECRET.place()));

        recorder.compare(List.of(ObjectKind.SECRET));

        assertThat(store.enqueued).containsExactly(1L);
    }

    @Test
    void whatIsSharedBecomesAnOrphanWithTheCatalogueWithoutBeingChanged() {
        seen(SECRET, OURS);
        seen(ENTRY, OURS + ", " + IDENTITY);
        orphans.recorded.clear();

        recorder.recordUnclaimed();
        assertThat(orphans.recorded).as("nothing changed in the catalogue").isEmpty();

        recorder.catalogueChanged();
        recorder.recordUnclaimed();
        assertThat(orphans.recorded).extracting(object -> object.place()).containsExactly(SECRET.place());
    }

    @Test
    void whatNamesAnIdentityNowIsNotReportedByWhatItSaidBefore() {
        seen(SECRET, OURS);
        seen(SECRET, OURS + ", " + IDENTITY);
        orphans.recorded.clear();

        recorder.catalogueChanged();
        recorder.recordUnclaimed();

        assertThat(orphans.recorded).isEmpty();
    }

    @Test
    void anEmptyBatchCostsTheDatabaseNothing() {
        recorder.record(Map.of());

        assertThat(store.changed).isEmpty();
        assertThat(orphans.calls).isZero();
    }

    private void seen(ObjectKey key, String metadata) {
        LiveObject object = object(key, metadata, "{}");
        if (object.labelled()) {
            recorder.labelled(key.place());
        }
        recorder.record(Map.of(key, Optional.of(object)));
    }

    private static LiveObject object(ObjectKey key, String metadata, String status) {
        return FakeClusterObjects.live("""
                {"apiVersion": "%s", "kind": "%s", "status": %s,
                 "metadata": {"namespace": "%s", "name": "%s", "uid": "u1", "resourceVersion": "7"%s}}
                """.formatted(
                        key.apiVersion(),
                        key.kind(),
                        status,
                        key.namespace(),
                        key.name(),
                        metadata.isEmpty() ? "" : ", " + metadata));
    }
}
