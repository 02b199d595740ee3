package io.waypass.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.waypass.testing.TestCertificateAuthority;
import io.waypass.testing.TestCertificateAuthority.Issued;
import io.waypass.testing.TestCertificateAuthority.Wish;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What teams and admins do over the API, and what is in the cluster then. */
final class Journey implements AutoCloseable {

    static final String TEAM_NAMESPACE = "team-namespace";
    static final String EGRESS = "istio-egress";

    /** The kinds of an identity's own objects, in the order in which they are applied; what identities share comes before. */
    static final List<String> KINDS =
            List.of("Secret", "DestinationRule", "ServiceEntry", "HTTPRoute", "AuthorizationPolicy");

    final RunningSandbox sandbox;
    final KubernetesClient cluster;
    final PortalApi member;
    final PortalApi otherMember;
    final PortalApi admin;
    final TestCertificateAuthority partner;

    /** Statuses from which no other follows. */
    private static final Set<String> ENDS =
            Set.of("invalid", "rejected", "withdrawn", "superseded", "applied", "completed");

    /** Every answer of the API, headers and body. */
    final List<String> answers = new CopyOnWriteArrayList<>();

    Journey(RunningSandbox sandbox) {
        this(sandbox, TestCertificateAuthority.root("CN=Partner CA of a test"));
    }

    /** @param partner signs the certificates of the partner's clients and is the CA bundle of requests */
    Journey(RunningSandbox sandbox, TestCertificateAuthority partner) {
        this.sandbox = sandbox;
        this.partner = partner;
        this.cluster = sandbox.kubernetes();
        this.member = api(SandboxPerson.MEMBER);
        this.otherMember = api(SandboxPerson.OTHER_MEMBER);
        this.admin = api(SandboxPerson.ADMIN);
    }

    private PortalApi api(SandboxPerson person) {
        return new PortalApi(sandbox.address(), sandbox.login(person).token(), answers::add);
    }

    String sample(String file) {
        try {
            return Files.readString(sandbox.certificates().resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A certificate as a partner would issue it. */
    Issued certificate(String app) {
        return partner.issue(Wish.client("CN=" + TEAM_NAMESPACE + "." + app));
    }

    /** An app with a service account of its own; returns its id. */
    String app(String name) {
        cluster.resource(new ServiceAccountBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace(TEAM_NAMESPACE)
                        .endMetadata()
                        .build())
                .serverSideApply();
        return created(member.post("/apps", appBody(name, TEAM_NAMESPACE)))
                .path("id")
                .asString();
    }

    static Map<String, String> appBody(String name, String namespace) {
        return Map.of("team", "guide-team", "cluster", "sandbox", "namespace", namespace, "name", name);
    }

    Map<String, Object> body(String app, String chain, String key, String ca) {
        return body("create-identity", app, chain, key, ca);
    }

    private static Map<String, Object> body(String kind, String app, String chain, String key, String ca) {
        return Map.of(
                "kind",
                kind,
                "app",
                app,
                "destination",
                "nginx",
                "certificate",
                Map.of("chain", chain, "privateKey", key, "caBundle", ca),
                "reason",
                "It calls the partner");
    }

    Map<String, Object> body(String app, Issued certificate) {
        return body(app, certificate.chainPem(), certificate.keyPem(), partner.certificatePem());
    }

    /** Submits; returns the request's id. */
    String submit(String app, Issued certificate) {
        return submitted(member.post("/requests", body(app, certificate)));
    }

    /** Submits a new certificate for an identity that is in use; returns the request's id. */
    String submitRotation(String app, Issued certificate) {
        return submitted(member.post(
                "/requests",
                body(
                        "rotate-certificate",
                        app,
                        certificate.chainPem(),
                        certificate.keyPem(),
                        partner.certificatePem())));
    }

    /** Submits a retirement; returns the request's id. */
    String submitRetirement(String app) {
        return submitted(member.post(
                "/requests",
                Map.of(
                        "kind",
                        "retire-identity",
                        "app",
                        app,
                        "destination",
                        "nginx",
                        "reason",
                        "Not needed any more")));
    }

    static String submitted(PortalApi.Answer answer) {
        return created(answer).path("request").path("id").asString();
    }

    JsonNode request(String id) {
        PortalApi.Answer answer = admin.get("/requests/" + id);
        assertThat(answer.status()).isEqualTo(200);
        return answer.body();
    }

    String status(String request) {
        return request(request).path("request").path("status").asString();
    }

    JsonNode await(String request, String status) {
        Awaitility.await("request " + request + " is " + status)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> status(request), reached -> reached.equals(status) || ENDS.contains(reached));
        JsonNode reached = request(request);
        assertThat(reached.path("request").path("status").asString())
                .as(reached.path("request").path("statusMessage").asString())
                .isEqualTo(status);
        return reached;
    }

    String awaitWaitingReason(String request) {
        return Awaitility.await("request " + request + " says why it waits")
                .pollInterval(Duration.ofMillis(100))
                .until(
                        () -> request(request)
                                .path("request")
                                .path("waitingReason")
                                .asString(""),
                        reason -> !reason.isEmpty());
    }

    void approve(String request) {
        String digest = await(request, "pending").path("planDigest").asString();
        PortalApi.Answer answer = admin.post(
                "/requests/" + request + "/approval", Map.of("digest", digest, "reason", "As agreed with the partner"));
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
    }

    /** An app with an identity that is applied; returns the identity's id. */
    String identity(String name) {
        String request = submit(app(name), certificate(name));
        approve(request);
        return await(request, "applied").path("request").path("identity").asString();
    }

    /** Changes one of an identity's objects as its owner would not want, in somebody's name. */
    void drift(String kind, String app, String manager, String patch) {
        resource(kind, name(kind, app))
                .patch(
                        new PatchContext.Builder()
                                .withPatchType(PatchType.JSON_MERGE)
                                .withFieldManager(manager)
                                .build(),
                        patch);
    }

    /** What exists of an identity's objects, by kind. */
    List<String> existing(String app) {
        return KINDS.stream().filter(kind -> object(kind, app).isPresent()).toList();
    }

    Optional<? extends HasMetadata> object(String kind, String app) {
        return Optional.ofNullable(kind.equals("Secret") ? secret(app) : generic(kind, name(kind, app)));
    }

    Secret secret(String app) {
        return cluster.secrets()
                .inNamespace(TEAM_NAMESPACE)
                .withName(name("Secret", app))
                .get();
    }

    static String decoded(Secret secret, String entry) {
        return new String(Base64.getDecoder().decode(secret.getData().get(entry)), StandardCharsets.UTF_8);
    }

    private @Nullable GenericKubernetesResource generic(String kind, String name) {
        return resource(kind, name).get();
    }

    private Resource<GenericKubernetesResource> resource(String kind, String name) {
        String plural = switch (kind) {
            case "ServiceEntry" -> "serviceentries";
            case "AuthorizationPolicy" -> "authorizationpolicies";
            default -> kind.toLowerCase(java.util.Locale.ROOT) + "s";
        };
        String group = switch (kind) {
            case "AuthorizationPolicy" -> "security.istio.io";
            case "HTTPRoute" -> "gateway.networking.k8s.io";
            default -> "networking.istio.io";
        };
        return cluster.genericKubernetesResources(new ResourceDefinitionContext.Builder()
                        .withGroup(group)
                        .withVersion("v1")
                        .withKind(kind)
                        .withPlural(plural)
                        .withNamespaced(true)
                        .build())
                .inNamespace(kind.equals("AuthorizationPolicy") ? EGRESS : TEAM_NAMESPACE)
                .withName(name);
    }

    /** The guide's names, and for what the guide has no name those of ADR 3. */
    private static String name(String kind, String app) {
        return switch (kind) {
            case "Secret" -> app + "-client-mtls-secret";
            case "DestinationRule" -> app + "-nginx-mesh-external-dr";
            case "ServiceEntry" -> app + "-nginx-mesh-external-se";
            case "HTTPRoute" -> app + "-nginx-httproute";
            case "AuthorizationPolicy" -> TEAM_NAMESPACE + "." + app + "-nginx-allow";
            default -> throw new IllegalArgumentException(kind);
        };
    }

    static JsonNode created(PortalApi.Answer answer) {
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(201);
        return answer.body();
    }

    @Override
    public void close() {
        member.close();
        otherMember.close();
        admin.close();
        cluster.close();
    }
}
