package io.waypass.applier;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Secret;
import io.waypass.app.App;
import io.waypass.plan.Plan;
import io.waypass.plan.PlanObject;
import io.waypass.plan.PlanObject.Action;
import io.waypass.request.RequestKind;
import io.waypass.request.RequestStatus;
import io.waypass.resource.Condition;
import io.waypass.resource.ObservedObject;
import io.waypass.resource.ObservedObject.State;
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
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

/** A rotation brings a Secret of its own, so that the DestinationRule changes; the one before stays for a grace, here of an hour. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RotationIT {

    private static final Duration GRACE = Duration.ofHours(1);

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
    void theNewSecretIsThereBeforeTheRuleNamesItAndTheOldOneGoesWhenTheGraceIsOverEvenAfterARestart() {
        App app = fixtures.app("rotated");
        Issued newer = fixtures.certificate("rotated");
        String request;
        try (ConfigurableApplicationContext _ = fixtures.applier(GRACE)) {
            fixtures.applied(app, "nginx");
            request = fixtures.rotate(app, "nginx", newer);
            Plan plan = fixtures.approve(request);
            fixtures.await(request, RequestStatus.APPLIED);

            assertThat(plan.objects())
                    .filteredOn(object -> object.kind().equals("Secret"))
                    .extracting(object -> object.action() + " " + object.name())
                    .containsExactly("CREATE rotated-client-mtls-secret-r2", "DELETE rotated-client-mtls-secret");
            Secret secret = secret("rotated-client-mtls-secret-r2");
            assertThat(decoded(secret)).isEqualTo(newer.chainPem());
            PlanObject rule = own(plan, "DestinationRule");
            assertThat(fixtures.resource(rule).get().getAdditionalProperties().toString())
                    .contains("credentialName=team-namespace/rotated-client-mtls-secret-r2");
            assertThat(version(secret.getMetadata().getResourceVersion()))
                    .as("no rule names a Secret that is not there")
                    .isLessThan(
                            version(fixtures.resource(rule).get().getMetadata().getResourceVersion()));
            assertThat(secret("rotated-client-mtls-secret")).isNotNull();
            assertThat(pending(request)).containsExactly("rotated-client-mtls-secret");
            assertThat(condition(request, Condition.Type.APPLIED).message())
                    .contains("The Secret rotated-client-mtls-secret of an earlier certificate is removed at 2");
            assertThat(condition(request, Condition.Type.IN_SYNC).status()).isEqualTo(Condition.Status.TRUE);
            assertThat(isOrphan("rotated-client-mtls-secret", request))
                    .as("it is expected to be there")
                    .isFalse();
            fixtures.awaitIdle(identity(request));
            assertThat(nextRunWithinTheGrace(request))
                    .as("it comes back for the old Secret, whichever applier runs then")
                    .isTrue();
        }

        hoursPass(request, 2);
        try (ConfigurableApplicationContext _ = fixtures.applier(GRACE)) {
            awaitGone("rotated-client-mtls-secret");
            Awaitility.await().until(() -> pending(request).isEmpty());
            assertThat(secret("rotated-client-mtls-secret-r2")).isNotNull();
            assertThat(condition(request, Condition.Type.APPLIED).message()).doesNotContain("removed at");
            assertThat(events(request)).as("what was approved is no event").isZero();
        }
    }

    @Test
    void aSecondRotationWithinTheGraceRemovesEachSecretAtItsOwnTime() {
        try (ConfigurableApplicationContext _ = fixtures.applier(GRACE)) {
            App app = fixtures.app("twice");
            fixtures.applied(app, "nginx");
            String second = rotated(app, fixtures.certificate("twice"));
            String third = rotated(app, fixtures.certificate("twice"));
            assertThat(pending(third))
                    .containsExactlyInAnyOrder("twice-client-mtls-secret", "twice-client-mtls-secret-r2");
            fixtures.awaitIdle(identity(third));

            hoursPass(second, 2);
            awaitGone("twice-client-mtls-secret");
            Awaitility.await().until(() -> pending(third), List.of("twice-client-mtls-secret-r2")::equals);
            fixtures.awaitIdle(identity(third));
            assertThat(secret("twice-client-mtls-secret-r2")).isNotNull();

            hoursPass(third, 2);
            awaitGone("twice-client-mtls-secret-r2");
            assertThat(secret("twice-client-mtls-secret-r3")).isNotNull();

            String fourth = fixtures.rotate(app, "nginx", fixtures.certificate("twice"));
            assertThat(fixtures.await(fourth, RequestStatus.PENDING)
                            .plan()
                            .orElseThrow()
                            .objects())
                    .filteredOn(object -> object.action() == Action.DELETE)
                    .extracting(PlanObject::name)
                    .as("a plan does not name one more with each rotation")
                    .containsExactly("twice-client-mtls-secret-r3");
        }
    }

    @Test
    void goingBackToAnEarlierCertificateTakesANewName() {
        try (ConfigurableApplicationContext _ = fixtures.applier(GRACE)) {
            App app = fixtures.app("back");
            Issued first = fixtures.certificate("back");
            String created = fixtures.submit(app, first);
            fixtures.approve(created);
            fixtures.await(created, RequestStatus.APPLIED);
            rotated(app, fixtures.certificate("back"));

            rotated(app, first);

            assertThat(decoded(secret("back-client-mtls-secret-r3"))).isEqualTo(first.chainPem());
        }
    }

    @Test
    void aRefreshKeepsTheSecret() {
        try (ConfigurableApplicationContext _ = fixtures.applier(GRACE)) {
            App app = fixtures.app("kept");
            fixtures.applied(app, "nginx");
            rotated(app, fixtures.certificate("kept"));

            String refresh = fixtures.submitWithout(RequestKind.REFRESH, app, "nginx");
            Plan plan = fixtures.approve(refresh);
            fixtures.await(refresh, RequestStatus.APPLIED);

            assertThat(own(plan, "Secret").name()).isEqualTo("kept-client-mtls-secret-r2");
            assertThat(own(plan, "Secret").action()).isEqualTo(Action.UPDATE);
            assertThat(pending(refresh)).as("the grace goes on").containsExactly("kept-client-mtls-secret");
        }
    }

    @Test
    void aRetirementWithinTheGraceRemovesBothSecrets() {
        try (ConfigurableApplicationContext _ = fixtures.applier(GRACE)) {
            App app = fixtures.app("short");
            fixtures.applied(app, "nginx");
            rotated(app, fixtures.certificate("short"));

            String retired = fixtures.retire(app, "nginx");
            Plan plan = fixtures.approve(retired);
            fixtures.await(retired, RequestStatus.APPLIED);

            assertThat(plan.objects())
                    .filteredOn(object -> object.action() == Action.DELETE)
                    .extracting(PlanObject::kind)
                    .endsWith("DestinationRule", "Secret", "Secret");
            assertThat(secret("short-client-mtls-secret")).isNull();
            assertThat(secret("short-client-mtls-secret-r2")).isNull();
        }
    }

    private String rotated(App app, Issued certificate) {
        String request = fixtures.rotate(app, "nginx", certificate);
        fixtures.approve(request);
        fixtures.await(request, RequestStatus.APPLIED);
        return request;
    }

    /** As if a request had been applied hours ago, and its identity's next run were due now. */
    private void hoursPass(String request, int hours) {
        fixtures.owner.sql("""
                        update attempt set finished_at = finished_at - make_interval(hours => :hours)
                        where task = 'apply' and request_id = (select id from request where public_id = :request)
                        """).param("hours", hours).param("request", request).update();
        fixtures.owner
                .sql("update scheduled_tasks set execution_time = now() where task_instance = :identity and not picked")
                .param("identity", identity(request))
                .update();
    }

    private boolean nextRunWithinTheGrace(String request) {
        return fixtures.owner
                .sql("""
                        select execution_time between now() and now() + make_interval(secs => :grace) from scheduled_tasks
                        where task_instance = :identity
                        """)
                .param("grace", GRACE.toSeconds())
                .param("identity", identity(request))
                .query(Boolean.class)
                .single();
    }

    private boolean isOrphan(String name, String request) {
        return fixtures.owner
                .sql(
                        "select is_orphan(c.id, 'Secret', 'team-namespace', :name, :identity, null) from cluster c where c.name = 'sandbox'")
                .param("name", name)
                .param("identity", identity(request))
                .query(Boolean.class)
                .single();
    }

    private long events(String request) {
        return fixtures.owner
                .sql(
                        "select count(*) from resource_event e join resource r on r.id = e.resource_id where r.public_id = :identity")
                .param("identity", identity(request))
                .query(Long.class)
                .single();
    }

    private void awaitGone(String secret) {
        Awaitility.await(secret + " is removed").until(() -> secret(secret) == null);
    }

    private List<String> pending(String request) {
        return fixtures.identity(request).objects().stream()
                .filter(object -> object.state() == State.PENDING_REMOVAL)
                .map(ObservedObject::name)
                .toList();
    }

    private Condition condition(String request, Condition.Type type) {
        return fixtures.identity(request).summary().condition(type).orElseThrow();
    }

    private String identity(String request) {
        return fixtures.identity(request).summary().publicId();
    }

    private Secret secret(String name) {
        return fixtures.cluster
                .secrets()
                .inNamespace("team-namespace")
                .withName(name)
                .get();
    }

    private static PlanObject own(Plan plan, String kind) {
        return plan.objects().stream()
                .filter(object -> object.owned() && object.kind().equals(kind))
                .filter(object -> object.action() != Action.DELETE)
                .findFirst()
                .orElseThrow();
    }

    private static long version(String resourceVersion) {
        return Long.parseLong(resourceVersion);
    }

    private static String decoded(Secret secret) {
        return new String(Base64.getDecoder().decode(secret.getData().get("tls.crt")), StandardCharsets.UTF_8);
    }
}
