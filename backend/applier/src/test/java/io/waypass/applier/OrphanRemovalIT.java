package io.waypass.applier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.waypass.access.Person;
import io.waypass.cluster.Orphan;
import io.waypass.cluster.OrphanRemovalObject;
import io.waypass.cluster.RemovalOutcome;
import io.waypass.decision.RequestDecisions;
import io.waypass.plan.Plan;
import io.waypass.plan.PlanCheck;
import io.waypass.plan.PlanObject;
import io.waypass.request.NewRequest;
import io.waypass.request.RequestContent;
import io.waypass.request.RequestStatus;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

/** What carries our label and belongs to nobody is reported, and goes once two admins have agreed on it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OrphanRemovalIT {

    private static final Person SECOND = new Person("second", "A second admin", Set.of(), true);

    private Fixtures fixtures;
    private ConfigurableApplicationContext applier;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        fixtures = new Fixtures(directory);
        fixtures.owner
                .sql(
                        "insert into person (subject, display_name, last_seen_at) values ('second', 'A second admin', now())")
                .update();
        // left over from before anybody watched
        secret("early", Map.of("waypass.io/identity", "idn_of_another_installation"));
        applier = fixtures.applier();
    }

    @AfterAll
    void stop() {
        applier.close();
        fixtures.close();
    }

    @Test
    void orphansAreReportedWhetherTheyCameBeforeTheApplierOrAfterIt() {
        secret("late", Map.of());
        Secret shared = secret("of-nobody", Map.of("waypass.io/destination", "removed"));

        awaitOrphan("early");
        awaitOrphan("late");
        Orphan orphan = awaitOrphan("of-nobody");
        assertThat(orphan.object().uid()).isEqualTo(shared.getMetadata().getUid());
        String request = fixtures.applied(fixtures.app("rightful"), "nginx");

        assertThat(names()).doesNotContain("rightful-client-mtls-secret", "nginx-deny-without-identity");
        assertThat(fixtures.identity(request).objects()).hasSize(7);
        fixtures.cluster.resource(shared).delete();
        Awaitility.await().until(() -> !names().contains("of-nobody"));
    }

    @Test
    void whatAnotherAdminApprovedIsRemovedAndAnotherObjectOfTheSameNameStays() {
        Secret doomed = secret("doomed", Map.of());
        Secret replaced = secret("replaced", Map.of());
        awaitOrphan("doomed");
        awaitOrphan("replaced");
        String request = fixtures.submit.submit(
                Fixtures.ADMIN,
                new NewRequest.OfOrphans(
                        "sandbox",
                        List.of(
                                doomed.getMetadata().getUid(),
                                replaced.getMetadata().getUid()),
                        "left over"));
        fixtures.await(request, RequestStatus.PENDING);
        Plan plan = fixtures.requests.find(SECOND, request).plan().orElseThrow();
        assertThat(plan.objects())
                .extracting(PlanObject::name, PlanObject::action)
                .containsExactlyInAnyOrder(
                        tuple("doomed", PlanObject.Action.DELETE), tuple("replaced", PlanObject.Action.DELETE));
        assertThat(plan.checks()).extracting(PlanCheck::level).containsOnly(PlanCheck.Level.PASSED);
        assertThat(plan.objects().getFirst().diff()).contains("-kind: Secret");
        fixtures.cluster.resource(replaced).delete();
        secret("replaced", Map.of());

        fixtures.decisions.decide(
                SECOND, new RequestDecisions.Vote(request, plan.digest(), Optional.empty(), true, "agreed"));

        fixtures.await(request, RequestStatus.APPLIED);
        RequestContent content = fixtures.requests.find(Fixtures.ADMIN, request).content();
        assertThat(((RequestContent.OfOrphans) content).objects())
                .extracting(OrphanRemovalObject::outcome)
                .containsExactlyInAnyOrder(Optional.of(RemovalOutcome.DELETED), Optional.of(RemovalOutcome.GONE));
        assertThat(fixtures.cluster.resource(doomed).get()).isNull();
        assertThat(fixtures.cluster.resource(replaced).get())
                .as("one of another UID was not on the list")
                .isNotNull();
    }

    @Test
    void aRemovalOfWhatIsGoneAlreadyIsInvalid() {
        Secret gone = secret("gone-meanwhile", Map.of());
        awaitOrphan("gone-meanwhile");
        applier.close();
        String request = fixtures.submit.submit(
                Fixtures.ADMIN,
                new NewRequest.OfOrphans("sandbox", List.of(gone.getMetadata().getUid()), "left over"));
        fixtures.cluster.resource(gone).delete();
        applier = fixtures.applier();

        fixtures.await(request, RequestStatus.INVALID);

        assertThat(fixtures.requests.find(Fixtures.ADMIN, request).summary().statusMessage())
                .hasValueSatisfying(message -> assertThat(message).contains("No object of the list is there"));
    }

    private Secret secret(String name, Map<String, String> annotations) {
        return fixtures.cluster
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace("team-namespace")
                        .addToLabels("app.kubernetes.io/managed-by", "waypass")
                        .withAnnotations(annotations)
                        .endMetadata()
                        .build())
                .create();
    }

    private List<String> names() {
        return fixtures.orphans.objects(Fixtures.ADMIN, Optional.of("sandbox"), Optional.empty(), 200).items().stream()
                .map(orphan -> orphan.object().place().name())
                .toList();
    }

    private Orphan awaitOrphan(String name) {
        return Awaitility.await(name)
                .until(
                        () ->
                                fixtures
                                        .orphans
                                        .objects(Fixtures.ADMIN, Optional.of("sandbox"), Optional.empty(), 200)
                                        .items()
                                        .stream()
                                        .filter(orphan ->
                                                orphan.object().place().name().equals(name))
                                        .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }
}
