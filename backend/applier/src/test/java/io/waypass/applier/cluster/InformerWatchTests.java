package io.waypass.applier.cluster;

import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.timeout;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.waypass.testing.junit.PatientWaits;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class InformerWatchTests {

    @Test
    @SuppressWarnings("unchecked")
    void isLookedAfterEvenIfTheClientThrowsWhileAWatchIsAboutToBegin() {
        SharedIndexInformer<GenericKubernetesResource> informer = mock();
        when(informer.addEventHandler(any())).thenReturn(informer);
        when(informer.start()).thenReturn(CompletableFuture.completedFuture(null));
        when(informer.isWatching()).thenThrow(new NullPointerException()).thenReturn(true);

        try (InformerWatch watch =
                new InformerWatch(new ObjectKey("v1", "Secret", "", ""), informer, _ -> {}, _ -> {}, () -> {})) {
            watch.start();

            verify(informer, timeout(PatientWaits.PATIENCE.toMillis()).atLeast(3))
                    .isWatching();
        }
    }
}
