package io.waypass.applier.reconcile;

import io.waypass.applier.cluster.ApiServerRefused;
import io.waypass.applier.cluster.ClusterObjects;
import io.waypass.applier.cluster.LiveObject;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.manifests.Manifest;
import io.waypass.manifests.ObjectDiff;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Looks at single objects, several side by side. */
final class LiveStateReader {

    /**
     * What was found in one place.
     *
     * @param object what is there; empty if nothing is, or if it may not be read
     * @param refusal the API server's words if it may not be read
     */
    record LiveRead(Optional<LiveObject> object, Optional<String> refusal) {

        boolean missing() {
            return object.isEmpty() && refusal.isEmpty();
        }
    }

    /**
     * A manifest, and what was found in its place.
     *
     * @param manifest as approved
     * @param key where it belongs
     * @param sighting what is there
     */
    record ObjectComparison(Manifest manifest, ObjectKey key, LiveRead read) {

        Optional<LiveObject> live() {
            return read.object();
        }

        /** The fields that differ from what was approved, as a unified diff; empty if none does. */
        String diff() {
            return ObjectDiff.between(live().map(LiveObject::comparable), manifest.json());
        }

        /** Whether it says what was approved, whatever its labels and annotations say, and who owns them. */
        boolean contentAsApproved() {
            return live().filter(object -> {
                        return ObjectDiff.same(object.comparable(), manifest.withoutMarks())
                                && object.lost(manifest).keySet().stream()
                                        .allMatch(field -> field.startsWith("metadata."));
                    })
                    .isPresent();
        }

        /** Whether nothing of it has to be written: every field has its value, and is ours. */
        boolean asApproved() {
            return live().filter(object -> object.carriesMarksOf(manifest)
                                    && object.otherEntries(manifest).isEmpty()
                                    && object.heldBy().isEmpty())
                            .isPresent()
                    && ObjectDiff.same(live().orElseThrow().comparable(), manifest.json())
                    && live().orElseThrow().lost(manifest).isEmpty();
        }

        /** Whether something of it is seen not to be as approved. */
        boolean isOff() {
            return read.refusal().isEmpty() && !asApproved();
        }
    }

    private final ClusterObjects cluster;

    LiveStateReader(ClusterObjects cluster) {
        this.cluster = cluster;
    }

    /** Looks at each manifest's place. */
    List<ObjectComparison> at(List<Manifest> manifests) {
        List<ObjectKey> keys = manifests.stream().map(LiveStateReader::key).toList();
        List<LiveRead> reads = reads(keys);
        List<ObjectComparison> found = new ArrayList<>();
        for (int i = 0; i < manifests.size(); i++) {
            found.add(new ObjectComparison(manifests.get(i), keys.get(i), reads.get(i)));
        }
        return found;
    }

    List<LiveRead> reads(List<ObjectKey> keys) {
        return together(
                keys.stream().<Callable<LiveRead>>map(key -> () -> at(key)).toList());
    }

    LiveRead at(ObjectKey key) {
        try {
            return new LiveRead(cluster.get(key), Optional.empty());
        } catch (ApiServerRefused refusal) {
            return new LiveRead(Optional.empty(), Optional.of(refusal.words()));
        }
    }

    static ObjectKey key(Manifest manifest) {
        return new ObjectKey(manifest.apiVersion(), manifest.kind(), manifest.namespace(), manifest.name());
    }

    /** Runs calls side by side; the first that fails speaks for all. */
    static <T> List<T> together(List<Callable<T>> calls) {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<T>> futures = calls.stream().map(threads::submit).toList();
            List<T> results = new ArrayList<>();
            for (Future<T> future : futures) {
                results.add(future.get());
            }
            return results;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while calling the API server", e);
        }
    }
}
