package io.waypass.applier;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.waypass.plan.CheckCode;
import io.waypass.plan.PlanCheck.Level;
import io.waypass.testing.TestCertificateAuthority.Wish;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.awaitility.Awaitility;

/** For each check of a plan, and each answer that it can give, what brings it about. */
final class PlanScenarios {

    record Scenario(CheckCode code, Level level, String words, Wish wish, Consumer<PlanScene> arrange) {
        @Override
        public String toString() {
            return code.value() + " " + level;
        }
    }

    private final List<String> permitted = new ArrayList<>();

    /** Gateways that istiod is to permit across namespaces, once the scenarios are arranged. */
    List<String> permitted() {
        return permitted;
    }

    List<Scenario> all() {
        List<Scenario> all = new ArrayList<>();
        all.add(scenario(CheckCode.CERTIFICATE_VALID, Level.PASSED, "is valid until", _ -> {}));
        all.add(new Scenario(
                CheckCode.CERTIFICATE_VALID, Level.WARNING, "for 19 more days", valid(Duration.ofDays(20)), _ -> {}));
        all.add(new Scenario(CheckCode.CERTIFICATE_VALID, Level.FAILED, "expired", expired(), _ -> {}));
        all.add(scenario(CheckCode.CERTIFICATE_FINDINGS, Level.PASSED, "nothing to warn of", _ -> {}));
        all.add(new Scenario(
                CheckCode.CERTIFICATE_FINDINGS, Level.WARNING, "leaf.", valid(Duration.ofDays(900)), _ -> {}));
        all.add(scenario(CheckCode.KEY_USABLE, Level.PASSED, "belongs to the certificate", _ -> {}));
        all.add(scenario(
                CheckCode.KEY_USABLE,
                Level.FAILED,
                "does not open",
                scene ->
                        scene.fixtures.owner.sql("""
                        update sealed_key set ciphertext = substring(ciphertext for 60) || decode(repeat('00', 80), 'hex')
                        where certificate_id = (select v.certificate_id from identity_revision v join request r on r.resource_id = v.resource_id and r.revision = v.revision
                            where r.public_id = :id)
                        """).param("id", scene.request).update()));
        all.add(scenario(CheckCode.NAMESPACE_EXISTS, Level.PASSED, "exists", _ -> {}));
        all.add(scenario(CheckCode.NAMESPACE_EXISTS, Level.FAILED, "There is no namespace", scene -> {
            scene.fixtures
                    .owner
                    .sql("update app set namespace = 'nowhere' where public_id = :id")
                    .param("id", scene.app.publicId())
                    .update();
        }));
        all.add(scenario(CheckCode.NAMESPACE_AMBIENT, Level.PASSED, "in the ambient mesh", _ -> {}));
        all.add(scenario(CheckCode.NAMESPACE_AMBIENT, Level.WARNING, "has no label", scene -> scene.apply("""
                apiVersion: v1
                kind: Namespace
                metadata: {name: NAMESPACE, labels: {istio.io/dataplane-mode: none}}
                """)));
        all.add(scenario(CheckCode.NAMESPACE_TEAM, Level.PASSED, "belongs to team team-namespace", _ -> {}));
        all.add(scenario(
                CheckCode.NAMESPACE_TEAM,
                Level.FAILED,
                "belongs to no team",
                scene -> scene.fixtures
                        .owner
                        .sql("delete from team_namespace where namespace = :namespace")
                        .param("namespace", scene.namespace)
                        .update()));
        all.add(scenario(CheckCode.SERVICE_ACCOUNT_EXISTS, Level.PASSED, "the mesh will know the app as", _ -> {}));
        all.add(scenario(
                CheckCode.SERVICE_ACCOUNT_EXISTS,
                Level.FAILED,
                "There is no service account",
                scene -> scene.fixtures
                        .cluster
                        .serviceAccounts()
                        .inNamespace(scene.namespace)
                        .withName("app")
                        .delete()));
        all.add(scenario(CheckCode.SERVICE_ACCOUNT_OWN, Level.PASSED, "is not default", _ -> {}));
        all.add(scenario(CheckCode.SERVICE_ACCOUNT_OWN, Level.FAILED, "as every pod", scene -> {
            // the portal and the database refuse it: this is what would be said of a row from elsewhere
            scene.fixtures
                    .owner
                    .sql("alter table app drop constraint if exists app_service_account_not_default")
                    .update();
            scene.fixtures
                    .owner
                    .sql("update app set service_account = 'default' where public_id = :id")
                    .param("id", scene.app.publicId())
                    .update();
        }));
        all.add(scenario(CheckCode.PRINCIPAL_UNIQUE, Level.PASSED, "No other identity", _ -> {}));
        all.add(scenario(CheckCode.PRINCIPAL_UNIQUE, Level.FAILED, "at the destination", scene -> {
            scene.destination(scene.id + "-twin", scene.gateway + "-twin");
            rival(
                    scene,
                    "(select i.app_id from identity i join resource rs on rs.id = i.id where rs.public_id = :identity)",
                    scene.id + "-twin");
        }));
        all.add(scenario(CheckCode.PRINCIPAL_UNIQUE, Level.WARNING, "In cluster upstream", scene -> {
            scene.fixtures
                    .owner
                    .sql("update destination set host = :host where slug = 'nginx-upstream'")
                    .param("host", scene.host)
                    .update();
            scene.fixtures.owner.sql("""
                    insert into app (public_id, team_id, cluster_id, namespace, name, service_account, registered_by, registered_at)
                    select 'app_far', team_id, 2, namespace, name, service_account, registered_by, registered_at from app
                    where public_id = :id
                    """).param("id", scene.app.publicId()).update();
            rival(scene, "(select id from app where public_id = 'app_far' and :identity <> '')", "nginx-upstream");
        }));
        all.add(scenario(CheckCode.HOST_UNIQUE, Level.PASSED, "No other ServiceEntry", _ -> {}));
        all.add(scenario(
                CheckCode.HOST_UNIQUE, Level.FAILED, "ServiceEntry default/claims-", scene -> scene.apply("""
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: claims-HOST, namespace: default}
                spec: {hosts: [HOST], ports: [{number: 80, name: http, protocol: HTTP}], resolution: DNS}
                """)));
        all.add(scenario(CheckCode.SYNTHETIC_HOST_UNIQUE, Level.PASSED, "No other ServiceEntry", _ -> {}));
        all.add(scenario(CheckCode.SYNTHETIC_HOST_UNIQUE, Level.FAILED, "led astray", scene -> scene.apply("""
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata:
                  name: astray
                  namespace: GATEWAY
                  # who lies about whose it is gains nothing: only the identity's own names count as its own
                  labels: {app.kubernetes.io/managed-by: waypass}
                  annotations: {waypass.io/identity: IDENTITY}
                spec: {hosts: [app.NAMESPACE.HOST.invalid], ports: [{number: 443, name: https, protocol: HTTPS}], resolution: DNS}
                """)));
        all.add(scenario(CheckCode.NAMES_FIT, Level.PASSED, "of 63", _ -> {}));
        all.add(scenario(CheckCode.GATEWAY_EXISTS, Level.PASSED, "exists", _ -> {}));
        all.add(scenario(
                CheckCode.GATEWAY_EXISTS,
                Level.FAILED,
                "There is no Gateway",
                scene -> scene.remove("gateway.networking.k8s.io/v1", "Gateway", scene.gateway, "egress")));
        all.add(scenario(
                CheckCode.GATEWAY_PROGRAMMED,
                Level.PASSED,
                "is programmed",
                scene -> scene.status("Gateway", "egress", "Programmed", "True")));
        all.add(scenario(
                CheckCode.GATEWAY_PROGRAMMED,
                Level.FAILED,
                "Because, “a test says so”",
                scene -> scene.status("Gateway", "egress", "Programmed", "False")));
        all.add(scenario(
                CheckCode.GATEWAY_PROGRAMMED,
                Level.UNKNOWN,
                "Nobody has reported",
                scene -> scene.status("Gateway", "egress", "Programmed", "Unknown")));
        all.add(scenario(CheckCode.GATEWAY_CROSS_NAMESPACE, Level.PASSED, "istiod permits", scene -> {
            permitted.add(scene.gateway + "/egress");
        }));
        all.add(scenario(CheckCode.GATEWAY_CROSS_NAMESPACE, Level.FAILED, "does not permit", scene -> {
            // istiod does not trim
            permitted.add(" " + scene.gateway + "/egress");
        }));
        all.add(scenario(CheckCode.ISTIOD_FLAVOUR, Level.PASSED, "istiod runs registry.example", _ -> {}));
        all.add(scenario(
                CheckCode.GATEWAY_PRINCIPAL_HEADER,
                Level.PASSED,
                "writes the caller's principal",
                scene -> scene.apply(filterOf(scene))));
        all.add(scenario(
                CheckCode.GATEWAY_PRINCIPAL_HEADER,
                Level.WARNING,
                "SPIFFE id to the partner",
                scene -> scene.apply(filterOf(scene).replace(EnvoyFilters.CLEANED, ""))));
        all.add(scenario(CheckCode.GATEWAY_PRINCIPAL_HEADER, Level.FAILED, "No EnvoyFilter", _ -> {}));
        all.add(scenario(CheckCode.SHARED_SERVICE_ENTRY_EXISTS, Level.PASSED, "claims", _ -> {}));
        all.add(scenario(
                CheckCode.SHARED_SERVICE_ENTRY_EXISTS,
                Level.FAILED,
                "There is no ServiceEntry",
                scene -> scene.remove("networking.istio.io/v1", "ServiceEntry", scene.gateway, "shared")));
        all.add(scenario(
                CheckCode.SHARED_SERVICE_ENTRY_BOUND,
                Level.PASSED,
                "is bound",
                scene -> scene.status("ServiceEntry", "shared", "istio.io/WaypointBound", "True")));
        all.add(scenario(
                CheckCode.SHARED_SERVICE_ENTRY_BOUND,
                Level.FAILED,
                "calls do not get through",
                scene -> scene.status("ServiceEntry", "shared", "istio.io/WaypointBound", "False")));
        all.add(scenario(CheckCode.SHARED_SERVICE_ENTRY_BOUND, Level.UNKNOWN, "Nobody has reported", _ -> {}));
        all.add(scenario(CheckCode.ROUTE_LIMITS, Level.PASSED, "keeps within", _ -> {}));
        all.add(scenario(CheckCode.ROUTE_UNSHADOWED, Level.PASSED, "No other HTTPRoute", _ -> {}));
        all.add(scenario(
                CheckCode.ROUTE_UNSHADOWED, Level.FAILED, "HTTPRoute default/shadow-", scene -> scene.apply("""
                apiVersion: gateway.networking.k8s.io/v1
                kind: HTTPRoute
                metadata: {name: shadow-HOST, namespace: default}
                spec:
                  parentRefs: [{group: networking.istio.io, kind: ServiceEntry, name: shared, namespace: GATEWAY}]
                  rules: [{backendRefs: [{group: networking.istio.io, kind: Hostname, name: elsewhere.test, port: 80}]}]
                """)));
        all.add(scenario(CheckCode.CREDENTIAL_UNSHARED, Level.PASSED, "No other DestinationRule", _ -> {}));
        all.add(scenario(
                CheckCode.CREDENTIAL_UNSHARED,
                Level.FAILED,
                "DestinationRule default/thief-",
                scene -> scene.apply("""
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: thief-HOST, namespace: default}
                spec: {host: elsewhere.test, trafficPolicy: {tls: {mode: MUTUAL, credentialName: NAMESPACE/app-client-mtls-secret}}}
                """)));
        all.add(scenario(CheckCode.OBJECT_FOREIGN, Level.PASSED, "belongs to somebody else", _ -> {}));
        all.add(scenario(
                CheckCode.OBJECT_FOREIGN, Level.FAILED, "somebody wrote it, moments ago", scene -> scene.apply("""
                apiVersion: v1
                kind: Secret
                metadata: {name: app-client-mtls-secret, namespace: NAMESPACE, labels: {made: by-hand}}
                """)));
        all.add(scenario(CheckCode.FIELD_CONFLICT, Level.PASSED, "No other field manager", _ -> {}));
        all.add(scenario(
                CheckCode.FIELD_CONFLICT,
                Level.FAILED,
                "somebody owns the field .spec.host",
                scene -> scene.apply("""
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata:
                  name: app-SLUG-mesh-external-dr
                  namespace: NAMESPACE
                  labels: {app.kubernetes.io/managed-by: waypass}
                  annotations: {waypass.io/identity: IDENTITY}
                spec: {host: elsewhere.test}
                """.replace("SLUG", scene.id))));
        all.add(scenario(CheckCode.DRY_RUN_ACCEPTED, Level.PASSED, "would accept all 7 objects", _ -> {}));
        all.add(scenario(CheckCode.DRY_RUN_ACCEPTED, Level.FAILED, "no routes here", PlanScenarios::forbidRoutes));
        all.add(scenario(CheckCode.INVENTORY_WATCHED, Level.PASSED, "watches everything", _ -> {}));
        return all;
    }

    private static String filterOf(PlanScene scene) {
        return EnvoyFilters.of("ANY")
                .replace("\"name\": \"egress-waypoint\"", "\"name\": \"egress\"")
                .replace("istio-egress", scene.gateway);
    }

    private static Wish valid(Duration left) {
        Wish client = Wish.client("CN=app");
        Instant end = Instant.now().plus(left);
        return new Wish(client.subject(), client.keyType(), client.notBefore(), end, client.names(), client.usages());
    }

    /** As long ago as its authority, which was made by this test, lets it. */
    private static Wish expired() {
        Instant now = Instant.now();
        return Wish.client("CN=app").valid(now.minus(Duration.ofMinutes(30)), now.minus(Duration.ofMinutes(10)));
    }

    private static Scenario scenario(CheckCode code, Level level, String words, Consumer<PlanScene> arrange) {
        return new Scenario(code, level, words, Wish.client("CN=app"), arrange);
    }

    private static void rival(PlanScene scene, String app, String destination) {
        scene.fixtures
                .owner
                .sql("""
                        with r as (insert into resource (public_id, kind, cluster_id, team_id, created_at)
                                select 'idn_%1$s', 'identity', d.cluster_id, own.team_id, now() from resource own, destination d
                                where own.public_id = :identity and d.slug = :slug returning id, cluster_id),
                            i as (insert into identity (id, cluster_id, app_id, destination_id, secret_name)
                                select r.id, r.cluster_id, %2$s, d.id, 'x' from r, destination d where d.slug = :slug)
                        insert into resource_revision (resource_id, revision, kind, operation, created_at)
                        select id, 1, 'identity', 'keep', now() from r
                        """.formatted(scene.id, app))
                .param("identity", scene.identity)
                .param("slug", destination)
                .update();
        scene.fixtures
                .owner
                .sql("update resource set desired_revision = 1 where public_id = :id")
                .param("id", "idn_" + scene.id)
                .update();
    }

    /** What a platform's own admission policy may do. */
    private static void forbidRoutes(PlanScene scene) {
        scene.apply("""
                apiVersion: admissionregistration.k8s.io/v1
                kind: ValidatingAdmissionPolicy
                metadata: {name: no-routes}
                spec:
                  matchConstraints:
                    resourceRules: [{apiGroups: [gateway.networking.k8s.io], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [httproutes]}]
                    namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: NAMESPACE}}
                  validations: [{expression: "false", message: no routes here}]
                """);
        scene.apply("""
                apiVersion: admissionregistration.k8s.io/v1
                kind: ValidatingAdmissionPolicyBinding
                metadata: {name: no-routes}
                spec: {policyName: no-routes, validationActions: [Deny]}
                """);
        Awaitility.await("the policy is in force")
                .ignoreExceptionsMatching(_ -> true)
                .until(() -> {
                    try {
                        scene.apply("""
                        apiVersion: gateway.networking.k8s.io/v1
                        kind: HTTPRoute
                        metadata: {name: trial, namespace: NAMESPACE}
                        spec: {hostnames: [trial.test]}
                        """);
                        return false;
                    } catch (KubernetesClientException refused) {
                        return String.valueOf(refused.getMessage()).contains("no routes here");
                    }
                });
    }
}
