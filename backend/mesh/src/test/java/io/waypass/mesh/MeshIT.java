package io.waypass.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.waypass.mesh.HboneCaller.Answer;
import io.waypass.mesh.Partner.Seen;
import io.waypass.testing.Requirement;
import io.waypass.testing.TestCertificateAuthority;
import io.waypass.testing.TestCertificateAuthority.Issued;
import io.waypass.testing.controlplane.ControlPlane;
import io.waypass.testing.junit.Needs;
import io.waypass.testing.mesh.MeshParts;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the harness shows of a mesh, with objects written by hand: above all that it shows what must never happen, since
 * the product's proofs rest on not seeing it.
 */
@Needs(Requirement.NGINX)
class MeshIT {

    private static final String HOST = "my-nginx.foo.bar";
    private static final String EGRESS = "istio-egress";

    private static @Nullable KubernetesClient cluster;
    private static @Nullable Mesh mesh;
    private static @Nullable Waypoint waypoint;

    @BeforeAll
    static void start() {
        ControlPlane plane = ControlPlane.sharedAndEmpty();
        cluster = plane.client();
        mesh = Mesh.start(
                MeshParts.binaries(System.out::println),
                plane,
                HOST,
                TestCertificateAuthority.root("CN=Partner CA"),
                Path.of("target", "mesh-it"));
        apply("gateway.yaml", "");
        waypoint = mesh.waypoint(EGRESS, "egress-waypoint");
    }

    @AfterAll
    static void end() {
        if (waypoint != null) {
            waypoint.close();
        }
        if (mesh != null) {
            mesh.close();
        }
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    void eachAppsCallReachesThePartnerWithItsOwnCertificate() throws IOException {
        Issued first = identity("own-one");
        identity("own-two");

        try (HboneCaller one = caller("own-one");
                HboneCaller two = caller("own-two");
                HboneCaller none = caller("without-identity")) {
            assertThat(subject(one)).isEqualTo("CN=own-one");
            assertThat(subject(two)).isEqualTo("CN=own-two");
            assertThat(get(none, "none").status()).isEqualTo(403);
        }
        assertThat(mesh().partner().seen())
                .filteredOn(seen -> "CN=own-one".equals(seen.subject()))
                .allSatisfy(seen -> {
                    assertThat(seen.port()).isEqualTo(443);
                    assertThat(new BigInteger(seen.serial(), 16))
                            .isEqualTo(first.certificate().getSerialNumber());
                    assertThat(seen.serverName()).isEqualTo(HOST);
                    assertThat(seen.host()).isEqualTo(HOST);
                })
                .isNotEmpty();
    }

    @Test
    void withoutTheDestinationRuleThePartnerSeesPlaintext() throws IOException {
        identity("bare");
        try (HboneCaller bare = caller("bare")) {
            assertThat(subject(bare)).isEqualTo("CN=bare");
            delete("networking.istio.io/v1", "DestinationRule", "bare");
            String call = UUID.randomUUID().toString();

            Awaitility.await("the partner sees plaintext").until(() -> {
                get(bare, call);
                return mesh().partner().seen().stream()
                        .anyMatch(seen -> call.equals(seen.id()) && seen.tls() == null && seen.port() == 443);
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"team-namespace", "shared-team-namespace", "gateway-namespace", "shared-gateway-namespace"})
    void istiodsWebhookAcceptsWhatWaypassRendersInBothPlacements(String file) {
        assertThat(rendered(file))
                .filteredOn(object -> !object.getKind().equals("Secret"))
                .isNotEmpty()
                .allSatisfy(object -> cluster().resource(object).dryRun().create());
    }

    @Test
    void istiodsWebhookRefusesARuleThatIsExportedToItsOwnNamespaceTwice() {
        GenericKubernetesResource rule = rendered("gateway-namespace").stream()
                .filter(object -> object.getKind().equals("DestinationRule"))
                .map(object ->
                        cluster().getKubernetesSerialization().convertValue(object, GenericKubernetesResource.class))
                .findFirst()
                .orElseThrow();
        Map<String, Object> spec = rule.get("spec");
        spec.put("exportTo", List.of(".", EGRESS));

        assertThatThrownBy(() -> cluster().resource(rule).dryRun().create()).hasMessageContaining("exportTo");
    }

    private static List<HasMetadata> rendered(String file) {
        return cluster()
                .load(Objects.requireNonNull(MeshIT.class.getResourceAsStream("/rendered/" + file + ".yaml")))
                .items();
    }

    /** Where Waypass puts it for identities whose objects are in team namespaces (ADR 3). */
    @Test
    void aCatchAllRuleInTheRootNamespaceCoversAHostWithoutARuleAndHidesNoOther() throws IOException {
        identity("covered");
        apply("root-catch-all.yaml", "");
        try (HboneCaller covered = caller("covered")) {
            assertThat(subject(covered)).isEqualTo("CN=covered");
            delete("networking.istio.io/v1", "DestinationRule", "covered");

            Awaitility.await("the gateway has no certificate to present")
                    .ignoreException(IOException.class)
                    .until(() -> get(covered, "covered-without-rule").status() == 503);
            assertThat(all("covered-without-rule"))
                    .allSatisfy(seen -> assertThat(seen.subject()).isEqualTo("CN=covered"));
        } finally {
            cluster()
                    .genericKubernetesResources("networking.istio.io/v1", "DestinationRule")
                    .inNamespace(Istiod.NAMESPACE)
                    .withName("catch-all")
                    .delete();
        }
    }

    @Test
    void thePartnerSeesCallsWithoutTlsAndWithoutCertificate() throws Exception {
        try (HttpClient client = HttpClient.newBuilder()
                .sslContext(mesh().partner().withoutCertificate())
                .build()) {
            send(client, "http", mesh().partner().plain(), "plain");
            send(client, "http", mesh().partner().tls(), "plain-to-443");
            send(client, "https", mesh().partner().tls(), "no-certificate");
        }

        assertThat(seen("plain"))
                .extracting(Seen::port, Seen::tls, Seen::status)
                .containsExactly(80, null, 200);
        assertThat(seen("plain-to-443"))
                .extracting(Seen::port, Seen::tls, Seen::status)
                .containsExactly(443, null, 400);
        assertThat(seen("no-certificate").port()).isEqualTo(443);
        assertThat(seen("no-certificate").tls()).startsWith("TLSv1");
        assertThat(seen("no-certificate").subject()).isNull();
    }

    @Test
    void eachChangeOfIstiodIsListed() throws IOException {
        identity("listed");
        try (HboneCaller caller = caller("listed")) {
            assertThat(subject(caller)).isEqualTo("CN=listed");
        }

        assertThat(waypoint().changes())
                .anySatisfy(change -> {
                    assertThat(change.type()).isEqualTo("Cluster");
                    assertThat(change.sent()).contains("outbound|443||listed.team-namespace." + HOST + ".invalid");
                })
                .anySatisfy(change -> {
                    assertThat(change.type()).isEqualTo("Secret");
                    assertThat(change.sent()).contains("kubernetes://team-namespace.listed-client-mtls-secret");
                });
    }

    @Test
    void whatEnvoyRefusesIsListed() {
        apply("unloadable.yaml", "");
        try {
            Awaitility.await("Envoy refuses the listener")
                    .until(() -> waypoint().refusals().stream().anyMatch(text -> text.contains("no.such.filter")));
        } finally {
            delete("networking.istio.io/v1alpha3", "EnvoyFilter", "unloadable");
        }
    }

    @Test
    void aCallerWhomTheMeshDoesNotKnowGetsNoConnection() throws IOException {
        identity("known");
        try (HboneCaller known = caller("known");
                HboneCaller rogue = waypoint().rogueCaller("team-namespace", "known", address());
                HboneCaller foreign = waypoint().foreignCaller("other.domain", "team-namespace", "known", address());
                HboneCaller anonymous = waypoint().anonymousCaller(address())) {
            assertThat(subject(known)).isEqualTo("CN=known");

            for (HboneCaller each : List.of(rogue, foreign, anonymous)) {
                assertThatThrownBy(() -> get(each, "unknown")).isInstanceOf(IOException.class);
            }
            assertThat(subject(known)).as("the waypoint still serves").isEqualTo("CN=known");
        }
        assertThat(all("unknown")).isEmpty();
    }

    @Test
    void theWaypointKeepsServingWithoutIstiodAndFollowsItAgain() throws IOException {
        identity("steady");
        try (HboneCaller steady = caller("steady")) {
            assertThat(subject(steady)).isEqualTo("CN=steady");

            mesh().stopIstiod();
            try {
                assertThat(get(steady, "without-istiod").status()).isEqualTo(200);
                assertThatThrownBy(() -> apply("identity.yaml", "refused"))
                        .hasMessageContaining("failed calling webhook");
            } finally {
                mesh().startIstiod();
            }

            identity("later");
            try (HboneCaller later = caller("later")) {
                assertThat(subject(later)).isEqualTo("CN=later");
            }
        }
    }

    private static Issued identity(String app) {
        Issued issued = mesh().partner().clientCertificate("CN=" + app);
        cluster()
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName("team-namespace." + app + "-client-mtls-secret")
                        .withNamespace(EGRESS)
                        .endMetadata()
                        .withType("kubernetes.io/tls")
                        .withStringData(Map.of(
                                "tls.crt", issued.chainPem(),
                                "tls.key", issued.keyPem(),
                                "ca.crt", mesh().partner().authorityPem()))
                        .build())
                .serverSideApply();
        apply("identity.yaml", app);
        return issued;
    }

    private static void apply(String file, String app) {
        try (InputStream stream = Objects.requireNonNull(MeshIT.class.getResourceAsStream("/" + file))) {
            String yaml = new String(stream.readAllBytes(), StandardCharsets.UTF_8).replace("${app}", app);
            for (HasMetadata object : cluster()
                    .load(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)))
                    .items()) {
                cluster().resource(object).serverSideApply();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(String apiVersion, String kind, String name) {
        cluster()
                .genericKubernetesResources(apiVersion, kind)
                .inNamespace(EGRESS)
                .withName(name)
                .delete();
    }

    private static HboneCaller caller(String app) {
        return waypoint().caller("team-namespace", app, address());
    }

    /** Calls until the gateway knows the app, and returns whose certificate the partner saw. */
    private static String subject(HboneCaller caller) {
        return Awaitility.await("an answer of the partner")
                // a listener that changes ends its connections
                .ignoreException(IOException.class)
                .until(() -> get(caller, "subject"), answer -> answer.status() == 200)
                .body()
                .replaceAll("(?s).*\"subject\": \"([^\"]*)\".*", "$1");
    }

    private static Answer get(HboneCaller caller, String id) throws IOException {
        return caller.get("/subject", HOST, List.of(Map.entry("x-call", id)));
    }

    private static List<Seen> all(String id) {
        return mesh().partner().seen().stream()
                .filter(seen -> id.equals(seen.id()))
                .toList();
    }

    private static Seen seen(String id) {
        return Awaitility.await().until(() -> all(id), all -> !all.isEmpty()).getLast();
    }

    private static void send(HttpClient client, String scheme, InetSocketAddress target, String id) throws Exception {
        URI address = URI.create(scheme + "://localhost:" + target.getPort() + "/subject");
        client.send(
                HttpRequest.newBuilder(address).header("x-call", id).build(), HttpResponse.BodyHandlers.discarding());
    }

    /** Address and port that istiod gave the partner's name in the mesh. */
    private static String address() {
        return Awaitility.await("istiod allocates an address")
                .until(
                        () -> {
                            GenericKubernetesResource entry = cluster()
                                    .genericKubernetesResources("networking.istio.io/v1", "ServiceEntry")
                                    .inNamespace(EGRESS)
                                    .withName("nginx-mesh-external-se")
                                    .get();
                            List<Map<String, String>> addresses = entry.get("status", "addresses");
                            return addresses == null || addresses.isEmpty()
                                    ? ""
                                    : addresses.getFirst().get("value") + ":80";
                        },
                        address -> !address.isEmpty());
    }

    private static Mesh mesh() {
        return Objects.requireNonNull(mesh);
    }

    private static Waypoint waypoint() {
        return Objects.requireNonNull(waypoint);
    }

    private static KubernetesClient cluster() {
        return Objects.requireNonNull(cluster);
    }
}
