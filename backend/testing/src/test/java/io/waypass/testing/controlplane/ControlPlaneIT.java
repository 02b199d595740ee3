package io.waypass.testing.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.waypass.bootstrap.ControlPlaneUnavailable;
import io.waypass.testing.PartnerServer;
import io.waypass.testing.TestCertificateAuthority.Issued;
import io.waypass.testing.junit.FullOnly;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlPlaneIT {

    @TempDir
    Path directory;

    @Test
    @FullOnly
    void keepsItsObjectsWhenTheApiServerGoesAwayAndComesBack() {
        ControlPlane plane = ControlPlane.sharedAndEmpty();
        try (KubernetesClient client = plane.client()) {
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

            client.getConfiguration().setRequestRetryBackoffLimit(0);
            plane.stopApiServer();
            assertThatThrownBy(() -> client.resource(map).get()).isInstanceOf(KubernetesClientException.class);

            plane.startApiServer();
            assertThat(client.resource(map).get()).isNotNull();
        }
    }

    @Test
    void theSharedOneForgetsWhatAnEarlierClassMadeAndKeepsItsDefinitions() {
        ConfigMap map = map();
        try (KubernetesClient client = ControlPlane.sharedAndEmpty().client()) {
            client.resource(new NamespaceBuilder()
                            .withNewMetadata()
                            .withName("of-an-earlier-class")
                            .endMetadata()
                            .build())
                    .create();
            client.resource(map).create();
            int definitions = client.apiextensions()
                    .v1()
                    .customResourceDefinitions()
                    .list()
                    .getItems()
                    .size();

            ControlPlane.sharedAndEmpty();

            Awaitility.await()
                    .until(() ->
                            client.namespaces().withName("of-an-earlier-class").get() == null
                                    && client.resource(map).get() == null);
            assertThat(client.namespaces().withName("default").get()).isNotNull();
            assertThat(client.apiextensions()
                            .v1()
                            .customResourceDefinitions()
                            .list()
                            .getItems())
                    .hasSize(definitions);
            assertThat(client.resource(map).create()).isNotNull();
            client.resource(map).delete();
        }
    }

    @Test
    @FullOnly
    void refusesAWatchFromBeforeACompaction() throws Exception {
        ControlPlane plane = ControlPlane.sharedAndEmpty();
        try (KubernetesClient client = plane.client()) {
            String earlier = client.resource(map()).create().getMetadata().getResourceVersion();
            client.resource(map())
                    .edit(map -> new ConfigMapBuilder(map)
                            .addToData("changed", "since")
                            .build());
            assertThat(firstEventSince(plane, earlier)).startsWith("{\"type\":\"MODIFIED\"");

            plane.compactEtcd();

            assertThat(firstEventSince(plane, earlier))
                    .startsWith("{\"type\":\"ERROR\"")
                    .contains("\"code\":410");
            assertThat(client.resource(map()).get().getData()).containsEntry("changed", "since");
        }
    }

    /** What a client that remembers a resource version is told first: a line of JSON, not through any library. */
    private static String firstEventSince(ControlPlane plane, String resourceVersion) throws Exception {
        Config config = Config.fromKubeconfig(Files.readString(plane.kubeconfig()));
        Issued credential = Issued.read(
                decode(config.getClientCertData()), decode(config.getClientKeyData()), decode(config.getCaCertData()));
        try (HttpClient http = HttpClient.newBuilder()
                .sslContext(PartnerServer.context(credential, List.of(credential.root())))
                .build()) {
            HttpResponse<Stream<String>> answer = http.send(
                    HttpRequest.newBuilder(URI.create(plane.address()
                                    + "/api/v1/namespaces/default/configmaps?watch=true&timeoutSeconds=30&resourceVersion="
                                    + resourceVersion))
                            .build(),
                    HttpResponse.BodyHandlers.ofLines());
            assertThat(answer.statusCode()).isEqualTo(200);
            try (Stream<String> lines = answer.body()) {
                return lines.findFirst().orElseThrow();
            }
        }
    }

    private static String decode(String base64) {
        return new String(Base64.getDecoder().decode(base64), StandardCharsets.US_ASCII);
    }

    @Test
    void givesAStrangerNoRights() {
        Path kubeconfig = directory.resolve("stranger.kubeconfig");
        ControlPlane.shared().kubeconfig("stranger", kubeconfig);
        try (KubernetesClient stranger = ControlPlane.client(kubeconfig)) {
            assertThatThrownBy(() -> stranger.secrets().inNamespace("default").list())
                    .isInstanceOfSatisfying(
                            KubernetesClientException.class,
                            refusal -> assertThat(refusal.getCode()).isEqualTo(403));
        }
    }

    @Test
    @FullOnly
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
        assertThat(ProcessHandle.current().descendants())
                .noneMatch(process -> process.info().commandLine().orElse("").contains(directory.toString()));

        Path earlier = Files.write(directory.resolve("earlier.kubeconfig"), kubeconfig);
        try (ControlPlane plane = ControlPlane.start(directory, true, System.out::println);
                KubernetesClient client = ControlPlane.client(earlier)) {
            assertThat(plane.address()).isEqualTo(address);
            assertThat(client.resource(map()).get()).isNotNull();
        }
    }

    @Test
    void signsTokensOfServiceAccounts() {
        ControlPlane plane = ControlPlane.shared();
        try (KubernetesClient client = plane.client()) {
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
        Path state = ControlPlane.shared().kubeconfig().getParent();
        Properties ports = new Properties();
        try (var reader = Files.newBufferedReader(state.resolve("ports.properties"))) {
            ports.load(reader);
        }
        int etcd = Integer.parseInt(ports.getProperty("etcd"));

        assertThat(versionOfEtcd(etcd, state.resolve("pki/etcd-ca.crt"), state.resolve("pki/etcd")))
                .contains("etcdserver");
        assertThatThrownBy(() -> versionOfEtcd(etcd, state.resolve("pki/etcd-ca.crt"), state.resolve("pki/server")))
                .isInstanceOf(IOException.class);
    }

    /** Asks with the certificate and key that begin with a path. */
    private static String versionOfEtcd(int port, Path authority, Path credential) throws Exception {
        CertificateFactory certificates = CertificateFactory.getInstance("X.509");
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        try (InputStream stream = Files.newInputStream(authority)) {
            store.setCertificateEntry("authority", certificates.generateCertificate(stream));
        }
        String pem = Files.readString(Path.of(credential + ".key"));
        byte[] key = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
        try (InputStream stream = Files.newInputStream(Path.of(credential + ".crt"))) {
            store.setKeyEntry(
                    "client",
                    KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(key)),
                    new char[0],
                    new Certificate[] {certificates.generateCertificate(stream)});
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, new char[0]);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        try (HttpClient client = HttpClient.newBuilder()
                .sslContext(context)
                .version(HttpClient.Version.HTTP_1_1)
                .build()) {
            return client.send(
                            HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + "/version"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
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
