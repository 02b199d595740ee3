package io.waypass.applier.reconcile;

import io.waypass.applier.cluster.ApiServerRefused;
import io.waypass.applier.cluster.ClusterObjects;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.manifests.Manifest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Reads single objects, concurrently. */
final class LiveStateReader {

    private final ClusterObjects cluster;

    LiveStateReader(ClusterObjects cluster) {
        this.cluster = cluster;
    }

    /** Compares each manifest with the object in its place. */
    List<ObjectComparison> at(List<Manifest> manifests) {
        return together(manifests.stream()
                .<Callable<ObjectComparison>>map(
                        manifest -> () -> new ObjectComparison(manifest, at(ObjectKey.of(manifest))))
                .toList());
    }

    LiveRead at(ObjectKey key) {
        try {
            return new LiveRead(cluster.get(key), Optional.empty());
        } catch (ApiServerRefused refusal) {
            return new LiveRead(Optional.empty(), Optional.of(refusal.words()));
        }
    }

    /** Runs calls concurrently; throws the first failure. */
    private static <T> List<T> together(List<Callable<T>> calls) {
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
