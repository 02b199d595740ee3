package io.waypass.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.waypass.mesh.HboneCaller;
import io.waypass.mesh.HboneCaller.Answer;
import io.waypass.mesh.Partner.Seen;
import io.waypass.testing.TestCertificateAuthority;
import io.waypass.testing.TestCertificateAuthority.Issued;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;

/** What teams and admins do over the API, and what the apps' calls then meet. */
final class MeshJourney implements AutoCloseable {

    private static final Map<String, String> GROUPS = Map.of(
            "DestinationRule", "networking.istio.io",
            "ServiceEntry", "networking.istio.io",
            "EnvoyFilter", "networking.istio.io",
            "HTTPRoute", "gateway.networking.k8s.io",
            "AuthorizationPolicy", "security.istio.io",
            "Role", "rbac.authorization.k8s.io",
            "RoleBinding", "rbac.authorization.k8s.io");

    final RunningSandbox sandbox;
    final SandboxMesh mesh;
    final Journey journey;
    private final Map<String, String> apps = new ConcurrentHashMap<>();
    private final Map<String, Issued> certificates = new ConcurrentHashMap<>();

    MeshJourney(RunningSandbox sandbox) {
        this.sandbox = sandbox;
        this.mesh = sandbox.mesh();
        this.journey = new Journey(sandbox, authority(sandbox.certificates()));
    }

    /** The sample partner's, which the partner of the mesh trusts. */
    private static TestCertificateAuthority authority(Path certificates) {
        try {
            return TestCertificateAuthority.read(
                    Files.readString(certificates.resolve("partner-ca.pem")),
                    Files.readString(certificates.resolve("partner-ca.key.pem")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String subject(String app) {
        return "CN=" + Journey.TEAM_NAMESPACE + "." + app;
    }

    /** An app with an identity that is applied; returns the identity's id. */
    String identity(String app) {
        return finish(submitIdentity(app));
    }

    /** Submits an identity of a new app; returns the request's id. */
    String submitIdentity(String app) {
        apps.put(app, journey.app(app));
        return journey.submit(apps.get(app), certificate(app));
    }

    private Issued certificate(String app) {
        Issued certificate = journey.certificate(app);
        certificates.put(app, certificate);
        return certificate;
    }

    /** The serial number of the certificate that was submitted last, as nginx writes it. */
    String serial(String app) {
        String hexadecimal = certificates
                .get(app)
                .certificate()
                .getSerialNumber()
                .toString(16)
                .toUpperCase(Locale.ROOT);
        return hexadecimal.length() % 2 == 0 ? hexadecimal : "0" + hexadecimal;
    }

    String submitRotation(String app) {
        return journey.submitRotation(apps.get(app), certificate(app));
    }

    String submitRetirement(String app) {
        return journey.submitRetirement(apps.get(app));
    }

    /** Approves, and waits until it is applied; returns the identity's id. */
    String finish(String request) {
        journey.approve(request);
        return journey.await(request, "applied")
                .path("request")
                .path("identity")
                .asString();
    }

    /** A caller with the app's certificate of the mesh. */
    HboneCaller caller(String app) {
        return mesh.caller(Journey.TEAM_NAMESPACE, app);
    }

    static Answer get(HboneCaller caller, String id) throws IOException {
        return caller.get("/subject", SandboxMesh.HOST, List.of(Map.entry("x-call", id)));
    }

    /** Calls until the partner has answered once, for a gateway learns of an identity some moments after it is applied. */
    void awaitServed(HboneCaller caller, String app) {
        Awaitility.await("the gateway serves " + app)
                .ignoreException(IOException.class)
                .until(() -> get(caller, "awaited").status() == 200);
    }

    /** Calls once, and returns what the partner saw of it. */
    Seen seen(HboneCaller caller) throws IOException {
        String id = UUID.randomUUID().toString();
        assertThat(get(caller, id).status()).isEqualTo(200);
        return Awaitility.await("the partner's log has the call")
                .until(
                        () -> mesh.partner().seen().stream()
                                .filter(seen -> id.equals(seen.id()))
                                .toList(),
                        all -> all.size() == 1)
                .getFirst();
    }

    /** Status and reason of a condition of an identity. */
    String condition(String identity, String type) {
        for (JsonNode condition : journey.member
                .get("/identities/" + identity)
                .body()
                .path("identity")
                .path("conditions")) {
            if (condition.path("type").asString().equals(type)) {
                return condition.path("status").asString() + " "
                        + condition.path("reason").asString();
            }
        }
        return "absent";
    }

    /** The only object of a kind in the gateway's namespace that belongs to an app's identity. */
    Resource<GenericKubernetesResource> object(String kind, String app) {
        if (kind.equals("Secret")) {
            // after a rotation the Secret of the certificate before stays for a while
            return named(
                    kind, object("DestinationRule", app).get().get("spec", "trafficPolicy", "tls", "credentialName"));
        }
        Map<String, GenericKubernetesResource> found = new HashMap<>();
        resources(kind).inNamespace(Journey.EGRESS).list().getItems().stream()
                .filter(each -> each.getMetadata().getName().startsWith(Journey.TEAM_NAMESPACE + "." + app + "-"))
                .forEach(each -> found.put(each.getMetadata().getName(), each));
        assertThat(found).as(kind + " of " + app).hasSize(1);
        return named(kind, found.keySet().iterator().next());
    }

    /** An object in the gateway's namespace. */
    Resource<GenericKubernetesResource> named(String kind, String name) {
        return resources(kind).inNamespace(Journey.EGRESS).withName(name);
    }

    private MixedOperation<
                    GenericKubernetesResource, GenericKubernetesResourceList, Resource<GenericKubernetesResource>>
            resources(String kind) {
        return journey.cluster.genericKubernetesResources(new ResourceDefinitionContext.Builder()
                .withGroup(GROUPS.getOrDefault(kind, ""))
                .withVersion(kind.equals("EnvoyFilter") ? "v1alpha3" : "v1")
                .withKind(kind)
                .withPlural(
                        kind.endsWith("y")
                                ? kind.substring(0, kind.length() - 1).toLowerCase(Locale.ROOT) + "ies"
                                : kind.toLowerCase(Locale.ROOT) + "s")
                .withNamespaced(true)
                .build());
    }

    /**
     * Changes an object in somebody's name.
     *
     * @param patch JSON merge patch; empty to delete it
     */
    static void change(Resource<GenericKubernetesResource> object, String patch) {
        if (patch.isEmpty()) {
            object.delete();
        } else {
            object.patch(
                    new PatchContext.Builder()
                            .withPatchType(PatchType.JSON_MERGE)
                            .withFieldManager("somebody")
                            .build(),
                    patch);
        }
    }

    @Override
    public void close() {
        journey.close();
    }
}
