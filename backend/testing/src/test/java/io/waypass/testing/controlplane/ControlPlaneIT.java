package io.waypass.testing.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Properties;
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
            ConfigMap map = map();
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

    @Test
    void comesBackAtItsAddressWithItsObjectsAndEndsWhatItStarted() throws IOException {
        String address;
        byte[] kubeconfig;
        try (ControlPlane plane = ControlPlane.start(directory, true, System.out::println);
                KubernetesClient client = plane.client()) {
            address = plane.address();
            kubeconfig = Files.readAllBytes(plane.kubeconfig());
            assertThat(Files.getPosixFilePermissions(plane.kubeconfig()))
                    .containsExactlyInAnyOrder(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
            client.resource(map()).create();
            assertThatThrownBy(() -> ControlPlane.start(directory, true, _ -> {}))
                    .isInstanceOf(ControlPlaneUnavailable.class)
                    .hasMessageContaining("already runs in " + directory);
        }
        assertThat(ProcessHandle.current()
                        .descendants()
                        .map(process -> process.info().command().orElse("")))
                .noneMatch(command -> command.endsWith("/etcd") || command.endsWith("/kube-apiserver"));

        Path earlier = Files.write(directory.resolve("earlier.kubeconfig"), kubeconfig);
        try (ControlPlane plane = ControlPlane.start(directory, true, System.out::println);
                KubernetesClient client = ControlPlane.client(earlier)) {
            assertThat(plane.address()).isEqualTo(address);
            assertThat(client.resource(map()).get()).isNotNull();
        }
    }

    @Test
    void signsTokensOfServiceAccounts() {
        try (ControlPlane plane = ControlPlane.start(directory, false, System.out::println);
                KubernetesClient client = plane.client()) {
            client.resource(new ServiceAccountBuilder()
                            .withNewMetadata()
                            .withName("app1")
                            .withNamespace("default")
                            .endMetadata()
                            .build())
                    .create();
            TokenRequest asked = client.serviceAccounts()
                    .inNamespace("default")
                    .withName("app1")
                    .tokenRequest(new TokenRequestBuilder()
                            .withNewSpec()
                            .withExpirationSeconds(600L)
                            .endSpec()
                            .build());
            Config config = new ConfigBuilder()
                    .withMasterUrl(plane.address())
                    .withCaCertData(client.getConfiguration().getCaCertData())
                    .withOauthToken(asked.getStatus().getToken())
                    .withAutoConfigure(false)
                    .build();
            try (KubernetesClient app1 =
                    new KubernetesClientBuilder().withConfig(config).build()) {
                assertThatThrownBy(() -> app1.secrets().inNamespace("default").list())
                        .hasMessageContaining("system:serviceaccount:default:app1");
            }
        }
    }

    @Test
    void keepsEtcdFromWhoeverHasNoCertificateOfItsOwnAuthority() throws Exception {
        try (ControlPlane plane = ControlPlane.start(directory, false, System.out::println)) {
            Properties ports = new Properties();
            try (var reader = Files.newBufferedReader(directory.resolve("ports.properties"))) {
                ports.load(reader);
            }
            int port = Integer.parseInt(ports.getProperty("etcd"));
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                socket.setSoTimeout(10_000);
                socket.getOutputStream().write("GET /version HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
                        .doesNotContain("etcdserver");
            }
            assertThat(plane.address()).startsWith("https://127.0.0.1:");
        }
    }

    private static ConfigMap map() {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withName("kept")
                .withNamespace("default")
                .endMetadata()
                .build();
    }
}
