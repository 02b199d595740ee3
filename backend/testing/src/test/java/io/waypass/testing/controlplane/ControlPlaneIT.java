package io.waypass.testing.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlPlaneIT {

    @TempDir
    Path directory;

    @Test
    void keepsItsObjectsWhenTheApiServerGoesAwayAndComesBack() {
        try (ControlPlane plane = ControlPlane.start(directory, false, System.out::println);
                KubernetesClient client = plane.client()) {
            assertThat(client.apiextensions()
                            .v1()
                            .customResourceDefinitions()
                            .list()
                            .getItems())
                    .extracting(definition -> definition.getMetadata().getName())
                    .contains(
                            "httproutes.gateway.networking.k8s.io",
                            "serviceentries.networking.istio.io",
                            "destinationrules.networking.istio.io",
                            "authorizationpolicies.security.istio.io");
            ConfigMap map = new ConfigMapBuilder()
                    .withNewMetadata()
                    .withName("kept")
                    .withNamespace("default")
                    .endMetadata()
                    .build();
            client.resource(map).create();

            plane.stopApiServer();
            assertThatThrownBy(() -> client.resource(map).get()).isInstanceOf(KubernetesClientException.class);

            plane.startApiServer();
            assertThat(client.resource(map).get()).isNotNull();
        }
    }

    @Test
    void givesAStrangerNoRights() {
        try (ControlPlane plane = ControlPlane.start(directory, false, System.out::println)) {
            Path kubeconfig = directory.resolve("stranger.kubeconfig");
            plane.kubeconfig("stranger", kubeconfig);
            try (KubernetesClient stranger = ControlPlane.client(kubeconfig)) {
                assertThatThrownBy(
                                () -> stranger.secrets().inNamespace("default").list())
                        .isInstanceOfSatisfying(
                                KubernetesClientException.class,
                                refusal -> assertThat(refusal.getCode()).isEqualTo(403));
            }
        }
    }
}
