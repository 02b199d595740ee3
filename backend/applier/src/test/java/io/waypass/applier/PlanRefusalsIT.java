package io.waypass.applier;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.waypass.app.App;
import io.waypass.plan.PlanCheck;
import io.waypass.plan.PlanObject;
import io.waypass.request.RequestDetail;
import io.waypass.request.RequestStatus;
import io.waypass.testing.TestCertificateAuthority;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

/** What an applier does not apply: it refuses the plan, or goes back to planning. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.Random.class)
class PlanRefusalsIT {

    private Fixtures fixtures;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        fixtures = new Fixtures(directory);
        fixtures.cluster
                .resource(Serialization.unmarshal(EnvoyFilters.of("GATEWAY"), GenericKubernetesResource.class))
                .create();
    }

    @AfterAll
    void stop() {
        fixtures.close();
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
            assertThat(invalid.plan().orElseThrow().objects().get(2).action()).isEqualTo(PlanObject.Action.CONFLICT);
            assertThat(invalid.plan().orElseThrow().objects().get(2).diff()).doesNotContain("somebody");
            PlanObject entry = invalid.plan().orElseThrow().objects().get(4);
            assertThat(fixtures.resource(entry).get())
                    .as("nothing is applied of an invalid request")
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
            assertThat(invalid.attempts())
                    .anyMatch(attempt -> attempt.outcome().equals(java.util.Optional.of("replanned")));
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
    void plansAgainWhenTheStoredManifestsAreNotThoseThatWereApproved() {
        String request = approvedWhileNoApplierRuns("swapped");
        fixtures.owner.sql("""
                        update plan_object set manifest = jsonb_set(cast(manifest as jsonb), '{spec,host}', '"elsewhere.test"')
                        where kind = 'DestinationRule' and plan_id = (select plan_id from request where public_id = :id)
                        """).param("id", request).update();

        try (ConfigurableApplicationContext _ = fixtures.applier()) {
            RequestDetail again = fixtures.await(request, RequestStatus.PENDING);

            assertThat(again.attempts())
                    .anyMatch(attempt -> attempt.message().orElse("").contains("not those that were approved"));
            assertThat(fixtures.secret("swapped")).isNull();
        }
    }

    @Test
    void plansAgainWhenTheServiceAccountWentAfterTheApproval() {
        String request = approvedWhileNoApplierRuns("leaver");
        fixtures.cluster
                .serviceAccounts()
                .inNamespace("team-namespace")
                .withName("leaver")
                .delete();

        try (ConfigurableApplicationContext _ = fixtures.applier()) {
            RequestDetail invalid = fixtures.await(request, RequestStatus.INVALID);

            assertThat(invalid.summary().statusMessage().orElseThrow()).contains("no service account leaver");
            assertThat(fixtures.secret("leaver")).isNull();
        }
    }

    @Test
    void refusesContentWhoseFingerprintsAreNotThoseThatWereApproved() {
        String request = approvedWhileNoApplierRuns("forged");
        String forged = TestCertificateAuthority.root("CN=Somebody else's CA").certificatePem();
        String bundle =
                "update certificate set ca_bundle_pem = :pem where id = (select v.certificate_id from identity_revision v join request r on r.resource_id = v.resource_id and r.revision = v.revision where r.public_id = :id)";
        fixtures.owner.sql(bundle).param("pem", forged).param("id", request).update();

        try (ConfigurableApplicationContext _ = fixtures.applier()) {
            RequestDetail failed = fixtures.await(request, RequestStatus.FAILED);
            assertThat(failed.summary().statusMessage().orElseThrow()).contains("not the one that was approved");
            assertThat(fixtures.secret("forged")).isNull();

            fixtures.owner
                    .sql(bundle)
                    .param("pem", fixtures.partner.certificatePem())
                    .param("id", request)
                    .update();
            fixtures.await(request, RequestStatus.APPLIED);
        }
    }

    @Test
    void saysBeforeAnyApprovalThatASealedKeyDoesNotOpen() {
        App app;
        String request;
        try (ConfigurableApplicationContext _ = fixtures.applier()) {
            app = fixtures.app("sealed");
        }
        request = fixtures.submit(app, fixtures.certificate("sealed"));
        fixtures.owner.sql("""
                        update sealed_key set ciphertext = '\\x00112233'
                        where certificate_id = (select v.certificate_id from identity_revision v join request r on r.resource_id = v.resource_id and r.revision = v.revision
                            where r.public_id = :id)
                        """).param("id", request).update();

        try (ConfigurableApplicationContext _ = fixtures.applier()) {
            RequestDetail invalid = fixtures.await(request, RequestStatus.INVALID);

            assertThat(failures(invalid)).containsExactly("key.usable");
        }
    }

    @Test
    void namesWhoOwnsAFieldThatItWouldHaveToTake() {
        App app;
        String request;
        try (ConfigurableApplicationContext _ = fixtures.applier()) {
            app = fixtures.app("shared");
        }
        request = fixtures.submit(app, fixtures.certificate("shared"));
        GenericKubernetesResource rule = new GenericKubernetesResource();
        rule.setApiVersion("networking.istio.io/v1");
        rule.setKind("DestinationRule");
        rule.setMetadata(new ObjectMetaBuilder()
                .withName("shared-nginx-mesh-external-dr")
                .withNamespace("team-namespace")
                .addToLabels("app.kubernetes.io/managed-by", "waypass")
                .addToAnnotations(
                        "waypass.io/identity",
                        fixtures.requests
                                .find(Fixtures.ADMIN, request)
                                .summary()
                                .identity()
                                .orElseThrow()
                                .identityId())
                .build());
        rule.setAdditionalProperty("spec", Map.of("host", "elsewhere.test"));
        fixtures.cluster.resource(rule).fieldManager("another-operator").serverSideApply();

        try (ConfigurableApplicationContext _ = fixtures.applier()) {
            RequestDetail invalid = fixtures.await(request, RequestStatus.INVALID);

            assertThat(failures(invalid)).containsExactly("field.conflict");
            assertThat(invalid.summary().statusMessage().orElseThrow())
                    .contains("another-operator")
                    .contains(".spec.host");
        }
    }

    @Test
    void refusesASecretOfItsOwnThatHoldsSomebodyElsesCertificateToo() {
        App app = fixtures.app("double");
        try (ConfigurableApplicationContext _ = fixtures.applier()) {
            fixtures.awaitSealingKeyOf("sandbox");
        }
        String request = fixtures.submit(app, fixtures.certificate("double"));
        fixtures.cluster
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName("double-client-mtls-secret")
                        .withNamespace("team-namespace")
                        .addToLabels("app.kubernetes.io/managed-by", "waypass")
                        .addToAnnotations(
                                "waypass.io/identity",
                                fixtures.requests
                                        .find(Fixtures.ADMIN, request)
                                        .summary()
                                        .identity()
                                        .orElseThrow()
                                        .identityId())
                        .endMetadata()
                        .withType("kubernetes.io/tls")
                        .addToStringData("tls.crt", "")
                        .addToStringData("tls.key", "")
                        .addToStringData("cert", "another certificate")
                        .addToStringData("key", "another key")
                        .build())
                .create();

        try (ConfigurableApplicationContext _ = fixtures.applier()) {
            RequestDetail invalid = fixtures.await(request, RequestStatus.INVALID);

            assertThat(failures(invalid)).containsExactly("object.foreign");
            assertThat(invalid.summary().statusMessage().orElseThrow())
                    .contains("cert, key")
                    .doesNotContain("another");
        }
    }

    /** The tests' own stop between approval and apply. */
    private String approvedWhileNoApplierRuns(String name) {
        String request;
        try (ConfigurableApplicationContext _ = fixtures.applier()) {
            request = fixtures.submit(fixtures.app(name), fixtures.certificate(name));
            fixtures.await(request, RequestStatus.PENDING);
        }
        fixtures.approve(request);
        return request;
    }

    private static List<String> failures(RequestDetail request) {
        return request.plan().orElseThrow().checks().stream()
                .filter(check -> check.level() == PlanCheck.Level.FAILED)
                .map(PlanCheck::code)
                .toList();
    }
}
