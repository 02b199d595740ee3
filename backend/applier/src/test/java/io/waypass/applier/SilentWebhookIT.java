package io.waypass.applier;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.app.App;
import io.waypass.applier.KeptIdentities.Kept;
import io.waypass.applier.UnreliableWebhook.Mode;
import io.waypass.plan.CheckCode;
import io.waypass.plan.Plan;
import io.waypass.plan.PlanCheck;
import io.waypass.plan.PlanCheck.Level;
import io.waypass.plan.PlanObject;
import io.waypass.request.RequestDetail;
import io.waypass.request.RequestStatus;
import io.waypass.resource.Condition;
import io.waypass.resource.Condition.Status;
import io.waypass.resource.Condition.Type;
import io.waypass.resource.ObservedObject;
import java.nio.file.Path;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.health.contributor.Health;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The mesh's admission webhook does not answer, as with a stopped istiod: nothing of Istio's kinds can be written, everything can be
 * deleted, and the API server answers.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SilentWebhookIT {

    private Fixtures fixtures;
    private KeptIdentities identities;
    private UnreliableWebhook webhook;
    private ConfigurableApplicationContext applier;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        fixtures = new Fixtures(directory);
        identities = new KeptIdentities(fixtures);
        webhook = UnreliableWebhook.install(fixtures.cluster);
        applier = fixtures.applier();
    }

    @AfterEach
    void mend() {
        webhook.become(Mode.ALLOWS);
    }

    @AfterAll
    void stop() {
        applier.close();
        webhook.close();
        fixtures.close();
    }

    @ParameterizedTest
    @CsvSource({
        "NOBODY_LISTENS, refused, connection refused",
        "ANSWERS_500, failing, an error on the server",
        "HANGS, hanging, did not finish the write of the DestinationRule",
        "DENIES_WITH_503, denied, denied the request: not now"
    })
    void aDestinationRuleThatCannotBeRestoredClosesTheDoorUntilItIsThereAgain(Mode outage, String app, String words) {
        Kept beside = identities.kept(app + "-beside");
        Kept kept = identities.kept(app);
        PlanObject rule = kept.object("DestinationRule");
        PlanObject policy = kept.object("AuthorizationPolicy");
        webhook.become(outage);

        fixtures.resource(rule).delete();
        identities.awaitCondition(kept, Type.IN_SYNC, Status.FALSE, "NotRestored");

        // recorded at the end of the run, so no later run closed it
        assertThat(fixtures.resource(policy).get())
                .as("the identity's own policy")
                .isNull();
        assertThat(identities.condition(kept, Type.IN_SYNC).message()).contains(words, rule.name());
        assertThat(identities.awaitEvent(kept, "not-restored"))
                .containsEntry("kind", "DestinationRule")
                .hasEntrySatisfying(
                        "detail",
                        detail -> assertThat((String) detail).contains("Somebody deleted the DestinationRule", words));
        assertThat(identities.events(kept, "closed"))
                .singleElement()
                .satisfies(event -> assertThat(event)
                        .containsEntry("kind", "AuthorizationPolicy")
                        .containsEntry("name", policy.name()));
        assertThat(identities.events(kept, "restored")).isEmpty();
        otherObjectsAndIdentitiesCarryOn(beside);
        assertThat(applier.getBean(ClusterHealth.class).health())
                .isEqualTo(Health.up().build());

        webhook.become(Mode.ALLOWS);
        identities.awaitCondition(kept, Type.IN_SYNC, Status.TRUE, "AsApproved");
        identities.awaitObjects(kept, ObservedObject.State.AS_APPROVED);
        assertThat(version(policy)).as("the door opened last").isGreaterThan(version(rule));
        assertThat(identities.events(kept, "restored"))
                .singleElement()
                .satisfies(event -> assertThat(event).containsEntry("kind", "DestinationRule"));
        assertThat(identities.events(kept, "opened"))
                .singleElement()
                .satisfies(event -> assertThat(event).containsEntry("kind", "AuthorizationPolicy"));
    }

    private void otherObjectsAndIdentitiesCarryOn(Kept beside) {
        fixtures.resource(beside.object("HTTPRoute")).delete();
        assertThat(identities.awaitEvent(beside, "restored")).containsEntry("kind", "HTTPRoute");
        identities.awaitCondition(beside, Type.IN_SYNC, Status.TRUE, "AsApproved");
        assertThat(fixtures.resource(beside.object("AuthorizationPolicy")).get())
                .isNotNull();
    }

    /** Versions of all objects are of one sequence, etcd's. */
    private long version(PlanObject object) {
        return Long.parseLong(fixtures.resource(object).get().getMetadata().getResourceVersion());
    }

    @Test
    void aPlanSaysThatItsDryRunHasNoResultAndIsMadeAgainOnceItHas() {
        webhook.become(Mode.NOBODY_LISTENS);

        String request = fixtures.submit(fixtures.app("planned"), fixtures.certificate("planned"));
        Plan untried = fixtures.await(request, RequestStatus.PENDING).plan().orElseThrow();

        assertThat(dryRuns(untried)).isNotEmpty().allSatisfy(check -> {
            assertThat(check.level()).isEqualTo(Level.UNKNOWN);
            assertThat(check.sentence())
                    .contains(UnreliableWebhook.NAME, "connection refused", "the request is planned again");
        });
        assertThat(fixtures.requests.find(Fixtures.ADMIN, request).summary().waitingReason())
                .isEmpty();

        webhook.become(Mode.ALLOWS);
        Plan tried = Awaitility.await("it is planned again")
                .until(
                        () -> fixtures.requests.find(Fixtures.ADMIN, request),
                        found -> found.summary().status() == RequestStatus.PENDING
                                && !found.plan().orElseThrow().publicId().equals(untried.publicId()))
                .plan()
                .orElseThrow();
        assertThat(dryRuns(tried)).allSatisfy(check -> assertThat(check.level()).isEqualTo(Level.PASSED));
        assertThat(tried.digest()).isEqualTo(untried.digest());
        assertThat(tried.cause().orElseThrow()).contains("answers again");
    }

    @Test
    void anApprovedRequestFailsWithTheReasonAndIsAppliedOnceTheWebhookAnswers() {
        webhook.become(Mode.NOBODY_LISTENS);
        String request = fixtures.submit(fixtures.app("approved"), fixtures.certificate("approved"));
        fixtures.approve(request);

        RequestDetail failed = fixtures.await(request, RequestStatus.FAILED);

        assertThat(failed.summary().statusMessage().orElseThrow())
                .startsWith("The API server could not write the ")
                .contains(UnreliableWebhook.NAME, "connection refused", "It is tried again by itself");
        assertThat(fixtures.identity(request).summary().condition(Type.IN_SYNC).map(Condition::reason))
                .hasValue("NotApplied");
        webhook.become(Mode.ALLOWS);
        fixtures.await(request, RequestStatus.APPLIED);
    }

    @Test
    void anIdentityCanBeRetiredMeanwhile() {
        App app = fixtures.app("retired");
        String request = fixtures.applied(app, "nginx");
        webhook.become(Mode.NOBODY_LISTENS);

        String retirement = fixtures.retire(app, "nginx");
        Plan plan = fixtures.approve(retirement);
        fixtures.await(retirement, RequestStatus.APPLIED);

        assertThat(dryRuns(plan)).allSatisfy(check -> assertThat(check.level()).isEqualTo(Level.UNKNOWN));
        List<PlanObject> own = fixtures.requests.find(Fixtures.ADMIN, request).plan().orElseThrow().objects().stream()
                .filter(PlanObject::owned)
                .toList();
        assertThat(own)
                .hasSize(5)
                .allSatisfy(
                        object -> assertThat(fixtures.resource(object).get()).isNull());
    }

    private static List<PlanCheck> dryRuns(Plan plan) {
        return plan.checks().stream()
                .filter(check -> check.code().equals(CheckCode.DRY_RUN_ACCEPTED.value()))
                .toList();
    }
}
