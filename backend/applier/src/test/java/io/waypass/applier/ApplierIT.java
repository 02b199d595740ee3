package io.waypass.applier;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.waypass.app.App;
import io.waypass.identity.Condition;
import io.waypass.identity.IdentityDetail;
import io.waypass.identity.ObservedObject;
import io.waypass.request.Plan;
import io.waypass.request.PlanCheck;
import io.waypass.request.PlanObject;
import io.waypass.request.RequestDetail;
import io.waypass.request.RequestStatus;
import io.waypass.testing.TestCertificateAuthority.Issued;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

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
                    .containsExactly("Secret", "DestinationRule", "ServiceEntry", "HTTPRoute", "AuthorizationPolicy");
            assertThat(plan.objects()).extracting(PlanObject::action).containsOnly(PlanObject.Action.CREATE);
            Secret secret = fixtures.cluster
                    .secrets()
                    .inNamespace("team-namespace")
                    .withName("app1-client-mtls-secret")
                    .get();
            assertThat(secret.getType()).isEqualTo("kubernetes.io/tls");
            assertThat(decoded(secret, "tls.crt")).isEqualTo(certificate.chainPem());
            assertThat(decoded(secret, "tls.key")).isEqualTo(certificate.keyPem());
            assertThat(decoded(secret, "ca.crt")).isEqualTo(fixtures.partner.certificatePem());
            assertThat(secret.getMetadata().getAnnotations()).containsEntry("waypass.io/digest", plan.digest());
            assertThat(secret.getMetadata().getManagedFields())
                    .extracting(entry -> entry.getManager())
                    .containsExactly("waypass");
            IdentityDetail identity = fixtures.identity(request);
            assertThat(identity.objects()).extracting(ObservedObject::state).containsOnly(ObservedObject.State.AS_APPROVED);
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
    void refusesToTakeOverAnObjectThatIsNotOurs() {
        try (ConfigurableApplicationContext _ = fixtures.applier()) {
            App app = fixtures.app("taken");
            fixtures.cluster
                    .resource(new SecretBuilder()
                            .withNewMetadata()
                            .withName("taken-client-mtls-secret")
                            .withNamespace("team-namespace")
                            .endMetadata()
                            .addToStringData("password", "somebody's own")
                            .build())
                    .create();

            String request = fixtures.submit(app, fixtures.certificate("taken"));
            RequestDetail invalid = fixtures.await(request, RequestStatus.INVALID);

            assertThat(invalid.summary().statusMessage().orElseThrow())
                    .contains("Secret team-namespace/taken-client-mtls-secret")
                    .contains("takes nothing over");
            assertThat(invalid.plan().orElseThrow().objects().getFirst().action())
                    .isEqualTo(PlanObject.Action.CONFLICT);
            assertThat(invalid.plan().orElseThrow().objects().getFirst().diff()).doesNotContain("somebody");
            assertThat(resource("networking.istio.io", "serviceentries", "taken-nginx-mesh-external-se"))
                    .isNull();
        }
    }

    @Test
    void goesBackToPlanningWhenAForeignObjectAppearsAfterTheApproval() {
        String request;
        try (ConfigurableApplicationContext _ = fixtures.applier()) {
            request = fixtures.submit(fixtures.app("late"), fixtures.certificate("late"));
            fixtures.await(request, RequestStatus.PENDING);
        }
        fixtures.approve(request);
        fixtures.cluster
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName("late-client-mtls-secret")
                        .withNamespace("team-namespace")
                        .endMetadata()
                        .build())
                .create();

        try (ConfigurableApplicationContext _ = fixtures.applier()) {
            RequestDetail invalid = fixtures.await(request, RequestStatus.INVALID);
            assertThat(invalid.attempts()).anyMatch(attempt -> attempt.outcome().equals(java.util.Optional.of("replanned")));
        }
    }

    @Test
    void saysThatTheServiceAccountIsMissing() {
        try (ConfigurableApplicationContext _ = fixtures.applier()) {
            App app = fixtures.app("ghost");
            fixtures.cluster
                    .serviceAccounts()
                    .inNamespace("team-namespace")
                    .withName("ghost")
                    .delete();

            RequestDetail invalid =
                    fixtures.await(fixtures.submit(app, fixtures.certificate("ghost")), RequestStatus.INVALID);

            assertThat(invalid.plan().orElseThrow().checks())
                    .filteredOn(check -> check.level() == PlanCheck.Level.FAILED)
                    .extracting(PlanCheck::code)
                    .containsExactly("service-account.exists");
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
                        .atMost(Duration.ofSeconds(20))
                        .until(() -> fixtures.requests
                                .find(Fixtures.ADMIN, request)
                                .summary()
                                .waitingReason()
                                .filter(reason -> reason.contains("does not answer"))
                                .isPresent());
                assertThat(fixtures.requests.find(Fixtures.ADMIN, request).summary().status())
                        .isEqualTo(RequestStatus.PLANNING);
            } finally {
                fixtures.plane.startApiServer();
            }
            fixtures.approve(request);
            RequestDetail applied = fixtures.await(request, RequestStatus.APPLIED);
            assertThat(applied.summary().waitingReason()).isEmpty();
        }
    }

    @Test
    void aSecondApplyOfTheSameStateWritesNothing() {
        try (ConfigurableApplicationContext context = fixtures.applier()) {
            String request = fixtures.submit(fixtures.app("twice"), fixtures.certificate("twice"));
            Plan plan = fixtures.approve(request);
            fixtures.await(request, RequestStatus.APPLIED);
            List<String> versions = versions("twice");

            var work = context.getBean(io.waypass.request.RequestWork.class);
            assertThat(work.applyJob(request, plan.publicId()))
                    .as("what is applied is not taken up again")
                    .isEmpty();
            assertThat(versions("twice")).isEqualTo(versions);
        }
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
                    .sql("select table_name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'")
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

    private List<String> versions(String app) {
        return List.of(
                fixtures.cluster
                        .secrets()
                        .inNamespace("team-namespace")
                        .withName(app + "-client-mtls-secret")
                        .get()
                        .getMetadata()
                        .getResourceVersion(),
                resource("networking.istio.io", "serviceentries", app + "-nginx-mesh-external-se")
                        .getMetadata()
                        .getResourceVersion());
    }

    private GenericKubernetesResource resource(String group, String plural, String name) {
        return fixtures.cluster
                .genericKubernetesResources(new io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext.Builder()
                        .withGroup(group)
                        .withVersion("v1")
                        .withPlural(plural)
                        .withNamespaced(true)
                        .build())
                .inNamespace("team-namespace")
                .withName(name)
                .get();
    }

    private static Condition.Status status(IdentityDetail identity, Condition.Type type) {
        return identity.summary().condition(type).orElseThrow().status();
    }

    private static String decoded(Secret secret, String entry) {
        return new String(Base64.getDecoder().decode(secret.getData().get(entry)), StandardCharsets.UTF_8);
    }
}
