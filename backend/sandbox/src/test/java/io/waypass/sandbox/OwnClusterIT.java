package io.waypass.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.waypass.cluster.Flavour;
import io.waypass.testing.controlplane.ControlPlane;
import java.nio.file.Path;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sandbox on a cluster that somebody brings along. */
class OwnClusterIT {

    @TempDir
    Path directory;

    @Test
    void worksWithAServiceAccountOfItsOwnAndSaysWhatTheClusterLacks() {
        try (ControlPlane theirs = ControlPlane.start(directory.resolve("theirs"), false, System.out::println)) {
            SandboxOptions options = on(theirs, "ours");
            try (RunningSandbox sandbox = Sandbox.start(options, System.out::println);
                    Journey journey = new Journey(sandbox)) {
                String request = journey.submit(journey.app("brought"), journey.certificate("brought"));
                journey.approve(request);
                journey.await(request, "applied");
                assertThat(journey.existing("brought")).isEqualTo(Journey.KINDS);
            }

            try (KubernetesClient client = theirs.client()) {
                client.apiextensions()
                        .v1()
                        .customResourceDefinitions()
                        .withName("envoyfilters.networking.istio.io")
                        .delete();
                Awaitility.await()
                        .until(() -> client.apiextensions()
                                        .v1()
                                        .customResourceDefinitions()
                                        .withName("envoyfilters.networking.istio.io")
                                        .get()
                                == null);
            }
            assertThatThrownBy(() -> Sandbox.start(on(theirs, "again"), System.out::println))
                    .isInstanceOf(SandboxFailed.class)
                    .hasMessageContaining("envoyfilters.networking.istio.io")
                    .hasMessageContaining("Install");
        }
    }

    @Test
    void saysWhenTheKubeconfigCannotBeRead() {
        SandboxOptions options = SandboxOptions.forTest(directory.resolve("none"));

        assertThatThrownBy(() -> Sandbox.start(
                        new SandboxOptions(
                                options.directory(),
                                true,
                                Optional.of(directory.resolve("absent.kubeconfig")),
                                Flavour.SOLO,
                                false,
                                0,
                                false,
                                options.portalJar(),
                                options.applierJar()),
                        System.out::println))
                .isInstanceOf(SandboxFailed.class)
                .hasMessageContaining("absent.kubeconfig");
    }

    private SandboxOptions on(ControlPlane theirs, String state) {
        SandboxOptions options = SandboxOptions.forTest(directory.resolve(state));
        return new SandboxOptions(
                options.directory(),
                true,
                Optional.of(theirs.kubeconfig()),
                Flavour.SOLO,
                false,
                0,
                false,
                options.portalJar(),
                options.applierJar());
    }
}
