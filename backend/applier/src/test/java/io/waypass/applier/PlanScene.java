package io.waypass.applier;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.waypass.app.App;
import io.waypass.app.Apps;
import io.waypass.certificate.CertificateSubmission;
import io.waypass.destination.Destinations;
import io.waypass.gateway.Gateways;
import io.waypass.gateway.Placement;
import io.waypass.request.NewRequest;
import io.waypass.request.RequestKind;
import io.waypass.testing.TestCertificateAuthority;
import io.waypass.testing.TestCertificateAuthority.Issued;
import io.waypass.testing.TestCertificateAuthority.Wish;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A namespace, a gateway, a destination and a request of its own in the cluster and the catalogue. */
final class PlanScene {

    final Fixtures fixtures;
    final String id;
    final String namespace;
    final String gateway;
    final String host;
    final App app;
    final String request;
    final String identity;

    PlanScene(Fixtures fixtures, TestCertificateAuthority issuer, int number, Wish wish) {
        this.fixtures = fixtures;
        id = "c" + number;
        namespace = "team-" + id;
        gateway = "egress-" + id;
        host = id + ".partner.example";
        for (String name : List.of(namespace, gateway)) {
            apply("""
                    apiVersion: v1
                    kind: Namespace
                    metadata: {name: %s, labels: {istio.io/dataplane-mode: ambient}}
                    """.formatted(name));
        }
        apply("""
                apiVersion: gateway.networking.k8s.io/v1
                kind: Gateway
                metadata: {name: egress, namespace: GATEWAY}
                spec: {gatewayClassName: istio-waypoint, listeners: [{name: mesh, port: 15008, protocol: HBONE}]}
                """);
        apply("""
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: shared, namespace: GATEWAY}
                spec: {hosts: [HOST], ports: [{number: 80, name: http, protocol: HTTP}], resolution: DNS}
                """);
        apply("""
                apiVersion: v1
                kind: ServiceAccount
                metadata: {name: app, namespace: NAMESPACE}
                """);
        fixtures.owner
                .sql("insert into team_namespace (team_id, cluster_id, namespace) values (1, 1, :namespace)")
                .param("namespace", namespace)
                .update();
        destination(id, gateway);
        app = fixtures.apps.register(
                Fixtures.MEMBER, new Apps.NewApp("team-namespace", "sandbox", namespace, "app", ""));
        Issued issued = issuer.issue(wish);
        // a certificate that has expired meanwhile was given in while it was valid
        if (wish.notAfter().isBefore(Instant.now())) {
            fixtures.intakeAt(wish.notAfter().minus(Duration.ofMinutes(1)));
        }
        try {
            request = fixtures.submit.submit(
                    Fixtures.MEMBER,
                    new NewRequest.OfIdentity(
                            RequestKind.CREATE_IDENTITY,
                            app.publicId(),
                            id,
                            CertificateSubmission.of(
                                    issued.chainPem(), issued.keyPem(), fixtures.partner.certificatePem()),
                            "a test asks"));
        } finally {
            fixtures.intakeNow();
        }
        identity = fixtures.requests
                .find(Fixtures.ADMIN, request)
                .summary()
                .identity()
                .orElseThrow()
                .identityId();
    }

    void destination(String slug, String through) {
        fixtures.gateways.register(
                Fixtures.ADMIN,
                new Gateways.NewGateway("sandbox", "egress", through, "egress", Placement.TEAM_NAMESPACE));
        fixtures.destinations.register(
                Fixtures.ADMIN,
                new Destinations.NewDestination(
                        slug, slug, "sandbox", through + "/egress", host, 443, 80, "shared", Optional.empty(), 1));
    }

    void apply(String yaml) {
        fixtures.cluster.resource(object(yaml)).fieldManager("somebody").serverSideApply();
    }

    void status(String kind, String name, String type, String status) {
        GenericKubernetesResource object = object("""
                apiVersion: %s
                kind: %s
                metadata: {name: %s, namespace: GATEWAY}
                status: {conditions: [{type: %s, status: "%s", reason: Because, message: a test says so, lastTransitionTime: "2026-01-01T00:00:00Z"}]}
                """.formatted(
                        kind.equals("Gateway") ? "gateway.networking.k8s.io/v1" : "networking.istio.io/v1",
                        kind,
                        name,
                        type,
                        status));
        fixtures.cluster
                .resource(object)
                .subresource("status")
                .patch(
                        new PatchContext.Builder()
                                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                                .withFieldManager("mesh")
                                .withForce(true)
                                .build(),
                        object);
    }

    void remove(String apiVersion, String kind, String inNamespace, String name) {
        fixtures.cluster
                .genericKubernetesResources(apiVersion, kind)
                .inNamespace(inNamespace)
                .withName(name)
                .delete();
    }

    private GenericKubernetesResource object(String yaml) {
        return Serialization.unmarshal(
                yaml.replace("NAMESPACE", namespace)
                        .replace("GATEWAY", gateway)
                        .replace("HOST", host)
                        .replace("IDENTITY", String.valueOf(identity)),
                GenericKubernetesResource.class);
    }
}
