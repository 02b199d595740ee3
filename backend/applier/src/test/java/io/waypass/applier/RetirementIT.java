package io.waypass.applier;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.waypass.app.App;
import io.waypass.identity.IdentityDetail;
import io.waypass.plan.Plan;
import io.waypass.plan.PlanObject;
import io.waypass.plan.PlanObject.Action;
import io.waypass.request.RequestDetail;
import io.waypass.request.RequestKind;
import io.waypass.request.RequestStatus;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;

/** An identity goes in the reverse of the order in which it came, and nothing goes that is not its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RetirementIT {

    private Fixtures fixtures;
    private ConfigurableApplicationContext applier;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        fixtures = new Fixtures(directory);
        applier = fixtures.applier();
    }

    @AfterAll
    void stop() {
        applier.close();
        fixtures.close();
    }

    @Test
    void thePlanNamesWhatGoesInReverseOrderAndTheIdentityIsGoneOnceItIsApplied() {
        App app = fixtures.app("leaving");
        String created = fixtures.applied(app, "nginx");
        fixtures.await(created, RequestStatus.APPLIED);

        String request = fixtures.submitWithout(RequestKind.RETIRE_IDENTITY, app, "nginx");
        Plan plan = fixtures.approve(request);

        assertThat(plan.objects())
                .extracting(object -> object.action() + " " + object.kind())
                .containsExactly(
                        "UNCHANGED DestinationRule",
                        "UNCHANGED AuthorizationPolicy",
                        "DELETE AuthorizationPolicy",
                        "DELETE HTTPRoute",
                        "DELETE ServiceEntry",
                        "DELETE DestinationRule",
                        "DELETE Secret");
        assertThat(plan.objects().getLast().diff()).contains("-  tls.key: sha256:");
        fixtures.await(request, RequestStatus.APPLIED);
        assertThat(going(plan)).noneMatch(object -> live(object).get() != null);
        assertThat(live(plan.objects().get(1)).get())
                .as("who has no identity is refused as before")
                .isNotNull();
        IdentityDetail identity = fixtures.identity(request);
        assertThat(identity.summary().retired()).isTrue();
        assertThat(identity.summary().conditions()).isEmpty();
        assertThat(fixtures.owner
                        .sql("select count(*) from audit_event where subject = :id and action = 'identity.retired'")
                        .param("id", request)
                        .query(Long.class)
                        .single())
                .isEqualTo(1);

        // and the app may come back
        String again = fixtures.applied(app, "nginx");
        assertThat(fixtures.identity(again).objects()).hasSize(7);
        assertThat(fixtures.identity(again).summary().retired()).isFalse();
    }

    @Test
    void whatLivesBesideTheWaypointGoesAndTheWaypointsRightStays() {
        try (ConfigurableApplicationContext _ =
                fixtures.starting(WebApplicationType.NONE, "upstream", fixtures.kubeconfig)) {
            fixtures.awaitSealingKeyOf("upstream");
            App app = fixtures.app("upleaving", "upstream");
            fixtures.applied(app, "nginx-upstream");

            String request = fixtures.submitWithout(RequestKind.RETIRE_IDENTITY, app, "nginx-upstream");
            Plan plan = fixtures.approve(request);
            fixtures.await(request, RequestStatus.APPLIED);

            assertThat(going(plan)).hasSize(5).noneMatch(object -> live(object).get() != null);
            assertThat(plan.objects().subList(0, 4))
                    .extracting(PlanObject::kind)
                    .containsExactly("Role", "RoleBinding", "DestinationRule", "AuthorizationPolicy");
            assertThat(plan.objects().subList(0, 4))
                    .allSatisfy(object -> assertThat(live(object).get()).isNotNull());
        }
    }

    @Test
    void anAppWhoseServiceAccountIsGoneCanBeRetired() {
        App app = fixtures.app("moved");
        fixtures.applied(app, "nginx");
        fixtures.cluster
                .serviceAccounts()
                .inNamespace("team-namespace")
                .withName("moved")
                .delete();

        String request = fixtures.submitWithout(RequestKind.RETIRE_IDENTITY, app, "nginx");
        Plan plan = fixtures.approve(request);

        fixtures.await(request, RequestStatus.APPLIED);
        assertThat(going(plan)).noneMatch(object -> live(object).get() != null);
    }

    @Test
    void whatARouteReliesOnStaysAsLongAsTheRouteDoes() {
        App app = fixtures.app("held");
        fixtures.applied(app, "nginx");
        String request = fixtures.submitWithout(RequestKind.RETIRE_IDENTITY, app, "nginx");
        RequestDetail planned = fixtures.await(request, RequestStatus.PENDING);
        List<PlanObject> going = going(planned.plan().orElseThrow());
        PlanObject route = ofKind(going, "HTTPRoute");
        merge(route, "{\"metadata\":{\"finalizers\":[\"example.com/backup\"]}}");
        try {
            // the plan is made anew, since the route has changed
            Awaitility.await().until(() -> {
                try {
                    fixtures.approve(request);
                    return true;
                } catch (io.waypass.refusal.Refusal outdated) {
                    return false;
                }
            });
            RequestDetail failed = fixtures.await(request, RequestStatus.FAILED);

            assertThat(failed.summary().statusMessage().orElseThrow())
                    .contains(
                            "HTTPRoute team-namespace/held-nginx-httproute is deleted but held by example.com/backup");
            assertThat(live(ofKind(going, "AuthorizationPolicy")).get())
                    .as("the door is closed")
                    .isNull();
            for (String kind : List.of("HTTPRoute", "ServiceEntry", "DestinationRule", "Secret")) {
                assertThat(live(ofKind(going, kind)).get()).as(kind).isNotNull();
            }
        } finally {
            merge(route, "{\"metadata\":{\"finalizers\":null}}");
        }
        fixtures.await(request, RequestStatus.APPLIED);
        assertThat(going).noneMatch(object -> live(object).get() != null);
    }

    @Test
    void anObjectThatIsNotOursAnyMoreIsLeftAlone() {
        App app = fixtures.app("swapped");
        fixtures.applied(app, "nginx");
        fixtures.owner
                .sql("update cluster set drift = 'report-only' where name = 'sandbox'")
                .update();
        try {
            fixtures.awaitIdle(identity(app));
            PlanObject rule = ofKind(
                    fixtures.requests
                            .applied(Fixtures.ADMIN, identity(app))
                            .orElseThrow()
                            .plan()
                            .orElseThrow()
                            .objects(),
                    "DestinationRule");
            assertThat(rule.name()).startsWith("swapped-");
            live(rule).delete();
            GenericKubernetesResource theirs = new GenericKubernetesResource();
            theirs.setApiVersion(rule.apiVersion());
            theirs.setKind(rule.kind());
            theirs.setMetadata(new io.fabric8.kubernetes.api.model.ObjectMetaBuilder()
                    .withName(rule.name())
                    .withNamespace(rule.namespace())
                    .build());
            theirs.setAdditionalProperty("spec", Map.of("host", "theirs.test"));
            fixtures.cluster.resource(theirs).create();

            String request = fixtures.submitWithout(RequestKind.RETIRE_IDENTITY, app, "nginx");
            Plan plan = fixtures.approve(request);
            fixtures.await(request, RequestStatus.APPLIED);

            assertThat(going(plan))
                    .extracting(PlanObject::kind)
                    .containsExactly("AuthorizationPolicy", "HTTPRoute", "ServiceEntry", "Secret");
            assertThat(live(rule).get()).as("somebody else's").isNotNull();
        } finally {
            fixtures.owner
                    .sql("update cluster set drift = 'restore' where name = 'sandbox'")
                    .update();
        }
    }

    @Test
    void aSecretOfARetiredIdentityThatComesBackIsRemovedAgain() {
        App app = fixtures.app("haunting");
        fixtures.applied(app, "nginx");
        String id = identity(app);
        String request = fixtures.submitWithout(RequestKind.RETIRE_IDENTITY, app, "nginx");
        fixtures.approve(request);
        fixtures.await(request, RequestStatus.APPLIED);

        // as a backup does that is played back
        var secret = fixtures.cluster.resource(new SecretBuilder()
                .withNewMetadata()
                .withName("haunting-client-mtls-secret")
                .withNamespace("team-namespace")
                .addToLabels("app.kubernetes.io/managed-by", "waypass")
                .addToAnnotations("waypass.io/identity", id)
                .endMetadata()
                .build());
        secret.create();

        Awaitility.await().until(() -> secret.get() == null);
        Awaitility.await()
                .until(() -> fixtures.owner
                        .sql("""
                                select e.detail from resource_event e join resource rs on rs.id = e.resource_id join identity i on i.id = rs.id
                                where rs.public_id = :id and e.type = 'removed'
                                """)
                        .param("id", id)
                        .query(String.class)
                        .optional()
                        .filter(detail -> detail.contains("although it was taken away"))
                        .isPresent());
    }

    @Test
    void aRefreshBringsWhatANewerWaypassRenders() {
        App app = fixtures.app("refreshed");
        String created = fixtures.applied(app, "nginx");
        String before = fixtures.requests
                .find(Fixtures.ADMIN, created)
                .plan()
                .orElseThrow()
                .digest();

        String request = fixtures.submitWithout(RequestKind.REFRESH, app, "nginx");
        Plan plan = fixtures.approve(request);
        fixtures.await(request, RequestStatus.APPLIED);

        assertThat(plan.digest()).isNotEqualTo(before);
        assertThat(plan.objects().subList(2, 7)).extracting(PlanObject::action).containsOnly(Action.UPDATE);
        assertThat(live(plan.objects().get(2)).get().getMetadata().getAnnotations())
                .containsEntry("waypass.io/revision", "2");
    }

    private String identity(App app) {
        return fixtures.owner
                .sql("select rs.public_id from identity i join resource rs on rs.id = i.id where i.app_id = :app")
                .param("app", app.id())
                .query(String.class)
                .single();
    }

    private static List<PlanObject> going(Plan plan) {
        return plan.objects().stream()
                .filter(object -> object.action() == Action.DELETE)
                .toList();
    }

    private static PlanObject ofKind(List<PlanObject> objects, String kind) {
        return objects.stream()
                .filter(object -> object.owned() && object.kind().equals(kind))
                .findFirst()
                .orElseThrow();
    }

    private Resource<GenericKubernetesResource> live(PlanObject object) {
        return fixtures.cluster
                .genericKubernetesResources(object.apiVersion(), object.kind())
                .inNamespace(object.namespace())
                .withName(object.name());
    }

    private void merge(PlanObject object, String patch) {
        live(object)
                .patch(
                        new PatchContext.Builder()
                                .withPatchType(PatchType.JSON_MERGE)
                                .withFieldManager("backup")
                                .build(),
                        patch);
    }
}
