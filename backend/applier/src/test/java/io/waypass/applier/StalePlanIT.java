package io.waypass.applier;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.waypass.app.App;
import io.waypass.plan.CheckCode;
import io.waypass.plan.Plan;
import io.waypass.plan.PlanCheck.Level;
import io.waypass.request.RequestDetail;
import io.waypass.request.RequestStatus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

/** A plan that waits is as young as what it was made from, seen by watch on a real API server. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.Random.class)
class StalePlanIT {

    private Fixtures fixtures;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        fixtures = new Fixtures(directory);
    }

    @AfterAll
    void stop() {
        fixtures.close();
    }

    @Test
    void aServiceAccountThatGoesMakesTheRequestInvalidAndSaysWhy() {
        try (ConfigurableApplicationContext _ = fixtures.applier()) {
            String request = pending("leaving");
            fixtures.cluster
                    .serviceAccounts()
                    .inNamespace("team-namespace")
                    .withName("leaving")
                    .delete();

            Plan plan = fixtures.await(request, RequestStatus.INVALID).plan().orElseThrow();

            assertThat(plan.number()).isEqualTo(2);
            assertThat(plan.cause().orElseThrow()).isEqualTo("ServiceAccount team-namespace/leaving is gone.");
        }
    }

    @Test
    void somebodysRouteMakesTheCheckFailUntilItIsGone() {
        try (ConfigurableApplicationContext _ = fixtures.applier()) {
            String request = pending("shadowed");
            GenericKubernetesResource route = Serialization.unmarshal("""
                    apiVersion: gateway.networking.k8s.io/v1
                    kind: HTTPRoute
                    metadata: {name: shadow, namespace: default}
                    spec:
                      parentRefs: [{group: networking.istio.io, kind: ServiceEntry, name: nginx-mesh-external-se, namespace: istio-egress}]
                      rules: [{matches: [{headers: [{name: "%%source.principal%%", value: "spiffe://cluster.local/ns/team-namespace/sa/shadowed"}]}]}]
                    """, GenericKubernetesResource.class);
            fixtures.cluster.resource(route).create();
            Plan shadowed = awaitPlan(request, 2);
            assertThat(shadowed.checks()).anyMatch(check -> check.is(CheckCode.ROUTE_UNSHADOWED, Level.FAILED));
            assertThat(shadowed.cause().orElseThrow()).contains("HTTPRoutes");

            fixtures.cluster.resource(route).delete();

            assertThat(awaitPlan(request, 3).checks())
                    .anyMatch(check -> check.is(CheckCode.ROUTE_UNSHADOWED, Level.PASSED));
        }
    }

    @Test
    void aNamespaceThatIsGivenAwayMakesTheRequestInvalid() {
        try (ConfigurableApplicationContext _ = fixtures.applier()) {
            String request = pending("evicted");
            fixtures.owner
                    .sql("delete from team_namespace where namespace = 'team-namespace' and cluster_id = 1")
                    .update();
            try {
                RequestDetail invalid = fixtures.await(request, RequestStatus.INVALID);
                assertThat(invalid.summary().statusMessage().orElseThrow()).contains("belongs to no team");
            } finally {
                fixtures.owner
                        .sql(
                                "insert into team_namespace (team_id, cluster_id, namespace) values (1, 1, 'team-namespace')")
                        .update();
            }
        }
    }

    @Test
    void whatAPlanDidNotRelyOnLeavesItAsItIsAndSoDoesAWatchThatLagsBehind() {
        try (ConfigurableApplicationContext _ = fixtures.applier()) {
            // its service account is a few milliseconds old when it is planned
            String calm = pending("calm");
            fixtures.app("neighbour");
            fixtures.cluster
                    .resource(Serialization.unmarshal("""
                            apiVersion: networking.istio.io/v1
                            kind: ServiceEntry
                            metadata: {name: unrelated, namespace: default}
                            spec: {hosts: [unrelated.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: DNS}
                            """, GenericKubernetesResource.class))
                    .create();
            String sentinel = pending("sentinel");
            fixtures.cluster
                    .serviceAccounts()
                    .inNamespace("team-namespace")
                    .withName("sentinel")
                    .delete();
            fixtures.await(sentinel, RequestStatus.INVALID);

            assertThat(fixtures.requests
                            .find(Fixtures.ADMIN, calm)
                            .plan()
                            .orElseThrow()
                            .number())
                    .isEqualTo(1);
        }
    }

    @Test
    void aClaimOnTheHostAfterTheApprovalSendsTheRequestBackAndNothingIsWritten() {
        String request;
        try (ConfigurableApplicationContext _ = fixtures.applier()) {
            request = pending("claimed");
        }
        fixtures.approve(request);
        GenericKubernetesResource claim = Serialization.unmarshal("""
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: claim, namespace: default}
                spec: {hosts: [claimed.team-namespace.my-nginx.foo.bar.invalid], ports: [{number: 443, name: https, protocol: HTTPS}], resolution: DNS}
                """, GenericKubernetesResource.class);
        fixtures.cluster.resource(claim).create();

        try (ConfigurableApplicationContext _ = fixtures.applier()) {
            RequestDetail invalid = fixtures.await(request, RequestStatus.INVALID);

            assertThat(invalid.plan().orElseThrow().cause().orElseThrow())
                    .contains("claimed.team-namespace")
                    .contains("Nothing was applied");
            assertThat(fixtures.cluster
                            .secrets()
                            .inNamespace("team-namespace")
                            .withName("claimed-client-mtls-secret")
                            .get())
                    .isNull();
        } finally {
            fixtures.cluster.resource(claim).delete();
        }
    }

    @Test
    void aRightThatIsGrantedLaterLetsThePlanSeeWhatItCouldNot(@TempDir Path directory) throws Exception {
        String user = "learning";
        List<PolicyRule> fewer = ClusterRights.chartRules().stream()
                .map(rule -> rule.edit()
                        .withResources(rule.getResources().stream()
                                .filter(resource -> !resource.equals("httproutes"))
                                .toList())
                        .build())
                .filter(rule -> !rule.getResources().isEmpty())
                .collect(Collectors.toCollection(ArrayList::new));
        fewer.add(new PolicyRuleBuilder()
                .withApiGroups("gateway.networking.k8s.io")
                .withResources("httproutes")
                .withVerbs("get", "create", "patch")
                .build());
        Path kubeconfig = fixtures.rights.kubeconfig(directory, user, fewer);
        try (ConfigurableApplicationContext _ = fixtures.applier(kubeconfig)) {
            String request = pending("learner");
            assertThat(fixtures.requests
                            .find(Fixtures.ADMIN, request)
                            .plan()
                            .orElseThrow()
                            .checks())
                    .anyMatch(check -> check.is(CheckCode.ROUTE_UNSHADOWED, Level.UNKNOWN));

            fixtures.rights.kubeconfig(directory, user, ClusterRights.chartRules());

            Plan seeing = awaitPlan(request, 2);
            assertThat(seeing.cause().orElseThrow()).contains("can be seen now");
            assertThat(seeing.checks()).anyMatch(check -> check.is(CheckCode.ROUTE_UNSHADOWED, Level.PASSED));
            assertThat(seeing.checks()).anyMatch(check -> check.is(CheckCode.INVENTORY_WATCHED, Level.PASSED));
        }
    }

    private String pending(String name) {
        App app = fixtures.app(name);
        String request = fixtures.submit(app, fixtures.certificate(name));
        fixtures.await(request, RequestStatus.PENDING);
        return request;
    }

    private Plan awaitPlan(String request, int number) {
        return Awaitility.await(request + " has plan " + number)
                .until(
                        () -> fixtures.requests.find(Fixtures.ADMIN, request),
                        found -> found.summary().status() == RequestStatus.PENDING
                                && found.plan().orElseThrow().number() == number)
                .plan()
                .orElseThrow();
    }
}
