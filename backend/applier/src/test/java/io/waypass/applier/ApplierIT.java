package io.waypass.applier;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Secret;
import io.waypass.app.App;
import io.waypass.applier.reconcile.ResourceReconciler;
import io.waypass.identity.IdentityDetail;
import io.waypass.plan.Plan;
import io.waypass.plan.PlanObject;
import io.waypass.reconcile.PlanningStore;
import io.waypass.reconcile.ReconcileStore;
import io.waypass.request.RequestStatus;
import io.waypass.resource.Condition;
import io.waypass.resource.ObservedObject;
import io.waypass.task.Fence;
import io.waypass.testing.TestCertificateAuthority.Issued;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;

/** From an approval to what the cluster has, with an applier that runs with the rights of the chart. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.Random.class)
class ApplierIT {

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
    void appliesWhatWasApprovedAndReadsItBack() {
        try (ConfigurableApplicationContext _ = fixtures.applier()) {
            App app = fixtures.app("app1");
            Issued certificate = fixtures.certificate("app1");
            String request = fixtures.submit(app, certificate);

            Plan plan = fixtures.approve(request);
            fixtures.await(request, RequestStatus.APPLIED);

            assertThat(plan.objects())
                    .extracting(PlanObject::kind)
                    .containsExactly(
                            "DestinationRule",
                            "AuthorizationPolicy",
                            "Secret",
                            "DestinationRule",
                            "ServiceEntry",
                            "HTTPRoute",
                            "AuthorizationPolicy");
            assertThat(plan.objects().subList(2, 7))
                    .extracting(PlanObject::action)
                    .containsOnly(PlanObject.Action.CREATE);
            Secret secret = fixtures.secret("app1");
            assertThat(secret.getType()).isEqualTo("kubernetes.io/tls");
            assertThat(decoded(secret, "tls.crt")).isEqualTo(certificate.chainPem());
            assertThat(scalar(decoded(secret, "tls.key"))).isEqualTo(((ECPrivateKey) certificate.key()).getS());
            assertThat(decoded(secret, "ca.crt")).isEqualTo(fixtures.partner.certificatePem());
            IdentityDetail identity = fixtures.identity(request);
            assertThat(identity.objects().get(2).fingerprints())
                    .contains(identity.certificate().orElseThrow().fingerprints());
            assertThat(fixtures.resource(plan.objects().get(1))
                            .get()
                            .getMetadata()
                            .getAnnotations())
                    .as("what identities share says nothing of one of them")
                    .containsOnlyKeys("waypass.io/destination");
            for (PlanObject object : plan.objects().subList(2, 7)) {
                ObjectMeta metadata = fixtures.resource(object).get().getMetadata();
                assertThat(metadata.getAnnotations())
                        .as(object.kind())
                        .containsEntry("waypass.io/digest", plan.digest())
                        .containsEntry("waypass.io/revision", "1");
                assertThat(metadata.getLabels()).containsEntry("app.kubernetes.io/managed-by", "waypass");
                assertThat(metadata.getManagedFields())
                        .extracting(ManagedFieldsEntry::getManager)
                        .containsExactly("waypass");
            }
            assertThat(identity.objects())
                    .extracting(ObservedObject::state)
                    .containsOnly(ObservedObject.State.AS_APPROVED);
            assertThat(status(identity, Condition.Type.APPLIED)).isEqualTo(Condition.Status.TRUE);
            assertThat(status(identity, Condition.Type.IN_SYNC)).isEqualTo(Condition.Status.TRUE);
            assertThat(status(identity, Condition.Type.CERTIFICATE_VALID)).isEqualTo(Condition.Status.TRUE);
            assertThat(status(identity, Condition.Type.ROUTE_ACCEPTED))
                    .as("no mesh is there to report")
                    .isEqualTo(Condition.Status.UNKNOWN);
            assertThat(status(identity, Condition.Type.WAYPOINT_BOUND)).isEqualTo(Condition.Status.UNKNOWN);
        }
    }

    @Test
    void keepsEverythingInTheGatewaysNamespaceWhereThatIsItsPlacement() {
        try (ConfigurableApplicationContext _ =
                fixtures.starting(WebApplicationType.NONE, "upstream", fixtures.kubeconfig)) {
            fixtures.awaitSealingKeyOf("upstream");
            String request =
                    fixtures.submit(fixtures.app("app9", "upstream"), "nginx-upstream", fixtures.certificate("app9"));

            Plan plan = fixtures.approve(request);
            fixtures.await(request, RequestStatus.APPLIED);

            assertThat(plan.objects()).hasSize(9).allSatisfy(object -> {
                assertThat(object.namespace()).isEqualTo("istio-egress");
                assertThat(object.name())
                        .matches(
                                "team-namespace\\..*|egress-waypoint-waypass-(secrets|catch-all)|nginx-upstream-deny-without-identity");
                assertThat(fixtures.resource(object).get()).isNotNull();
            });
            assertThat(fixtures.identity(request).objects())
                    .extracting(ObservedObject::state)
                    .containsOnly(ObservedObject.State.AS_APPROVED);
        }
    }

    @Test
    void waitsWhileTheApiServerIsAwayAndGoesOnWhenItIsBack() {
        try (ConfigurableApplicationContext _ = fixtures.applier()) {
            App app = fixtures.app("patient");
            fixtures.plane.stopApiServer();
            String request;
            try {
                request = fixtures.submit(app, fixtures.certificate("patient"));
                Awaitility.await()
                        .until(() -> fixtures.requests
                                .find(Fixtures.ADMIN, request)
                                .summary()
                                .waitingReason()
                                .filter(reason -> reason.contains("does not answer"))
                                .isPresent());
                assertThat(fixtures.requests
                                .find(Fixtures.ADMIN, request)
                                .summary()
                                .status())
                        .isEqualTo(RequestStatus.PLANNING);
            } finally {
                fixtures.plane.startApiServer();
            }
            // a plan that was made before every kind is seen again is made anew, and needs another approval
            Awaitility.await("applied")
                    .ignoreExceptions()
                    .until(
                            () -> {
                                if (status(request) == RequestStatus.PENDING) {
                                    fixtures.approve(request);
                                }
                                return status(request);
                            },
                            RequestStatus.APPLIED::equals);
            assertThat(fixtures.requests.find(Fixtures.ADMIN, request).summary().waitingReason())
                    .isEmpty();
        }
    }

    private RequestStatus status(String request) {
        return fixtures.requests.find(Fixtures.ADMIN, request).summary().status();
    }

    @Test
    void appliedAgainItWritesNothingAndReadsWhatTheMeshReportedMeanwhile() {
        try (ConfigurableApplicationContext context = fixtures.applier()) {
            String request = fixtures.submit(fixtures.app("twice"), fixtures.certificate("twice"));
            Plan plan = fixtures.approve(request);
            fixtures.await(request, RequestStatus.APPLIED);
            report(plan.objects().get(5));
            List<String> versions = versions(plan);

            // as if the applier had died right before it wrote down that all is applied
            fixtures.owner
                    .sql("update request set status = 'applying' where public_id = :id")
                    .param("id", request)
                    .update();
            fixtures.owner
                    .sql("update resource set applied_revision = null where public_id = :id")
                    .param("id", fixtures.identity(request).summary().publicId())
                    .update();
            String identityId = fixtures.identity(request).summary().publicId();
            context.getBean(ResourceReconciler.class).reconcile(identityId, fixtures.take(identityId));

            assertThat(versions(plan)).isEqualTo(versions);
            IdentityDetail identity = fixtures.identity(request);
            assertThat(status(identity, Condition.Type.APPLIED)).isEqualTo(Condition.Status.TRUE);
            assertThat(status(identity, Condition.Type.ROUTE_ACCEPTED)).isEqualTo(Condition.Status.TRUE);
            assertThat(status(identity, Condition.Type.ROUTE_RESOLVED)).isEqualTo(Condition.Status.FALSE);
            assertThat(status(identity, Condition.Type.WAYPOINT_BOUND)).isEqualTo(Condition.Status.UNKNOWN);
        }
    }

    @Test
    void twoAppliersShareTheWorkAndDoNothingTwice() {
        try (ConfigurableApplicationContext _ = fixtures.applier();
                ConfigurableApplicationContext _ = fixtures.applier()) {
            List<String> requests = IntStream.range(0, 8)
                    .mapToObj(i -> fixtures.submit(fixtures.app("pair" + i), fixtures.certificate("pair" + i)))
                    .toList();
            requests.forEach(fixtures::approve);

            for (String request : requests) {
                fixtures.await(request, RequestStatus.APPLIED);
                assertThat(attempts(request)).containsExactly("apply succeeded", "plan succeeded");
                assertThat(fixtures.owner
                                .sql(
                                        "select count(*) from audit_event where subject = :id and action = 'identity.applied'")
                                .param("id", request)
                                .query(Long.class)
                                .single())
                        .isEqualTo(1);
            }
        }
    }

    @Test
    void leavesTheTasksOfOtherClustersAlone() {
        fixtures.owner.sql("""
                        insert into scheduled_tasks (task_name, task_instance, execution_time, picked, version)
                        values ('plan-elsewhere', 'req_elsewhere#first', now() - interval '1 minute', false, 1)
                        """).update();
        try (ConfigurableApplicationContext _ = fixtures.applier()) {
            fixtures.await(
                    fixtures.submit(fixtures.app("neighbour"), fixtures.certificate("neighbour")),
                    RequestStatus.PENDING);
        }

        assertThat(fixtures.owner
                        .sql(
                                "select picked::text || ' ' || version from scheduled_tasks where task_name = 'plan-elsewhere'")
                        .query(String.class)
                        .list())
                .containsExactly("false 1");
    }

    @Test
    void neverLeavesPrivateKeyBytesInTheDatabase() {
        try (ConfigurableApplicationContext _ = fixtures.applier()) {
            Issued certificate = fixtures.certificate("quiet");
            String request = fixtures.submit(fixtures.app("quiet"), certificate);
            fixtures.approve(request);
            fixtures.await(request, RequestStatus.APPLIED);

            String body = certificate.keyPem().lines().skip(1).findFirst().orElseThrow();
            String hex = java.util.HexFormat.of().formatHex(certificate.key().getEncoded());
            for (String table : fixtures.owner
                    .sql(
                            "select table_name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'")
                    .query(String.class)
                    .list()) {
                String dump = String.join(
                        "\n",
                        fixtures.owner
                                .sql("select t::text from " + table + " t")
                                .query(String.class)
                                .list());
                assertThat(dump).as("table " + table).doesNotContain(body, hex.substring(hex.length() - 40));
            }
        }
    }

    @Test
    void anApplyThatBeganAnewIsOneAttemptAndEndsWhenANewerRequestTakesItsPlace() {
        App app = fixtures.app("outrun");
        String first;
        try (ConfigurableApplicationContext _ = fixtures.applier()) {
            first = fixtures.submit(app, fixtures.certificate("outrun"));
            fixtures.await(first, RequestStatus.PENDING);
        }
        fixtures.approve(first);
        String identity = fixtures.requests
                .find(Fixtures.ADMIN, first)
                .summary()
                .identity()
                .orElseThrow()
                .identityId();
        ReconcileStore work = fixtures.stores.reconcile();
        Fence fence = fixtures.take(identity);
        work.takeUp(identity, fence);
        work.takeUp(identity, fence);
        assertThat(attempts(first)).containsExactly("apply running", "plan succeeded");

        // it had failed and was tried again when its applier died, and nobody takes it over
        fixtures.owner
                .sql("update request set status = 'failed' where public_id = :id")
                .param("id", first)
                .update();
        fixtures.owner
                .sql("update scheduled_tasks set last_heartbeat = now() + interval '1 day' where task_instance = :id")
                .param("id", identity)
                .update();
        String second;
        try (ConfigurableApplicationContext _ = fixtures.applier()) {
            second = fixtures.rotate(app, "nginx", fixtures.certificate("outrun"));
            fixtures.await(second, RequestStatus.PENDING);
        }
        fixtures.approve(second);
        fixtures.await(first, RequestStatus.SUPERSEDED);
        work.takeUp(identity, fixtures.take(identity));

        assertThat(attempts(first)).containsExactly("apply failed", "plan succeeded");
        assertThat(attempts(second)).containsExactly("apply running", "plan succeeded");
    }

    @Test
    void anAttemptToPlanThatNobodyEndedEndsWithItsRequest() {
        try (ConfigurableApplicationContext _ = fixtures.applier()) {
            fixtures.awaitSealingKeyOf("sandbox");
        }
        String request = fixtures.submit(fixtures.app("regretted"), fixtures.certificate("regretted"));
        PlanningStore work = fixtures.stores.planning();
        work.takeUp(request);
        fixtures.withdrawal.withdraw(Fixtures.MEMBER, request, "changed our mind");
        assertThat(attempts(request)).containsExactly("plan running");

        assertThat(work.takeUp(request)).isEmpty();

        assertThat(attempts(request)).containsExactly("plan failed");
    }

    /** The newest first. */
    private List<String> attempts(String request) {
        return fixtures.requests.find(Fixtures.ADMIN, request).attempts().stream()
                .map(attempt -> attempt.task() + " " + attempt.outcome().orElse("running"))
                .toList();
    }

    /** What istiod would write. */
    private void report(PlanObject route) {
        GenericKubernetesResource object = fixtures.resource(route).get();
        String now = "2026-01-01T00:00:00Z";
        object.setAdditionalProperty(
                "status",
                Map.of(
                        "parents",
                        List.of(Map.of(
                                "parentRef", Map.of("name", "nginx-mesh-external-se"),
                                "controllerName", "istio.io/gateway-controller",
                                "conditions",
                                        List.of(
                                                Map.of(
                                                        "type", "Accepted",
                                                        "status", "True",
                                                        "reason", "Accepted",
                                                        "message", "Route was valid",
                                                        "lastTransitionTime", now),
                                                Map.of(
                                                        "type", "ResolvedRefs",
                                                        "status", "False",
                                                        "reason", "BackendNotFound",
                                                        "message", "backend not found",
                                                        "lastTransitionTime", now))))));
        fixtures.cluster.resource(object).updateStatus();
    }

    private List<String> versions(Plan plan) {
        return plan.objects().stream()
                .map(object -> fixtures.resource(object).get().getMetadata().getResourceVersion())
                .toList();
    }

    private static Condition.Status status(IdentityDetail identity, Condition.Type type) {
        return identity.summary().condition(type).orElseThrow().status();
    }

    private static String decoded(Secret secret, String entry) {
        return new String(Base64.getDecoder().decode(secret.getData().get(entry)), StandardCharsets.UTF_8);
    }

    private static BigInteger scalar(String pkcs8) {
        byte[] der = Base64.getMimeDecoder()
                .decode(pkcs8.replace("-----BEGIN PRIVATE KEY-----", "").replace("-----END PRIVATE KEY-----", ""));
        try {
            return ((ECPrivateKey) KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der))).getS();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
