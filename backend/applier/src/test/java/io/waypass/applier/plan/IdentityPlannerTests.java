package io.waypass.applier.plan;

import static io.waypass.applier.SampleIdentity.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waypass.applier.SampleIdentity;
import io.waypass.applier.cluster.ApiServerAway;
import io.waypass.applier.cluster.ApiServerRefused;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.gateway.Placement;
import io.waypass.manifests.IdentityManifests;
import io.waypass.manifests.Manifest;
import io.waypass.manifests.ObjectKind;
import io.waypass.manifests.PlanDigest;
import io.waypass.plan.CheckCode;
import io.waypass.plan.NewPlan;
import io.waypass.plan.PlanCheck;
import io.waypass.plan.PlanCheck.Level;
import io.waypass.plan.PlanObject;
import io.waypass.plan.PlanObject.Action;
import io.waypass.request.RequestKind;
import io.waypass.sealing.SealingKeyset;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class IdentityPlannerTests {

    private final PlanScenario scenario = new PlanScenario();

    static Stream<Manifest> manifests() {
        return new PlanScenario().manifests().stream();
    }

    @ParameterizedTest
    @EnumSource(Placement.class)
    void whatIsNotThereYetIsCreatedInTheOrderOfApply(Placement placement) {
        scenario.placement = placement;

        NewPlan plan = scenario.plan();

        assertThat(plan.objects()).extracting(PlanObject::action).containsOnly(Action.CREATE);
        assertThat(plan.objects())
                .extracting(PlanObject::manifest)
                .containsExactlyElementsOf(
                        scenario.manifests().stream().map(Manifest::json).toList());
        assertThat(plan.digest()).isEqualTo(PlanDigest.of(scenario.manifests()));
        assertThat(plan.obstacles()).isEmpty();
    }

    @Test
    void nothingIsWrittenToTheCluster() {
        scenario.plan();

        assertThat(scenario.cluster.calls()).hasSize(7).allMatch(call -> call.startsWith("try "));
    }

    @Test
    void aDryRunThatAWebhookLeavesWithoutAResultIsUnknownAndNoObstacle() {
        Manifest rule = manifest(ObjectKind.DESTINATION_RULE);
        Manifest policy = manifest(ObjectKind.AUTHORIZATION_POLICY);
        scenario.cluster.silenceWebhook(ObjectKey.of(rule));
        scenario.cluster.silenceWebhook(ObjectKey.of(policy));

        NewPlan plan = scenario.plan();

        assertThat(level(plan, CheckCode.DRY_RUN_ACCEPTED)).isEqualTo(Level.UNKNOWN);
        assertThat(PlanScenario.check(plan, CheckCode.DRY_RUN_ACCEPTED).sentence())
                .contains("has no result. The API server could not write the ")
                .contains("The dry run of the " + ObjectKey.of(rule) + " has no result")
                .contains("The dry run of the " + ObjectKey.of(policy) + " has no result")
                .contains("the request is planned again");
        assertThat(plan.obstacles()).isEmpty();
        assertThat(planned(plan, rule).action()).isEqualTo(Action.CREATE);
    }

    @Test
    void theDigestDoesNotDependOnWhatIsThere() {
        String before = scenario.plan().digest();
        scenario.manifests().forEach(scenario.cluster::put);

        assertThat(scenario.plan().digest()).isEqualTo(before);
    }

    @Test
    void whatIsThereAlreadyIsUnchanged() {
        scenario.manifests().stream().filter(IdentityPlannerTests::isNoSecret).forEach(scenario.cluster::put);

        assertThat(scenario.plan().objects())
                .filteredOn(object -> !object.kind().equals("Secret"))
                .extracting(PlanObject::action)
                .containsOnly(Action.UNCHANGED);
    }

    @Test
    void whatDiffersIsUpdatedAndShown() {
        Manifest route = manifest(ObjectKind.HTTP_ROUTE);
        scenario.cluster.put(route);
        scenario.cluster.report(ObjectKey.of(route), object -> object.putObject("spec"));

        assertThat(planned(scenario.plan(), route)).satisfies(object -> {
            assertThat(object.action()).isEqualTo(Action.UPDATE);
            assertThat(object.diff()).contains("+  rules:");
        });
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void nothingOfSomebodyElseIsTakenOver(Manifest manifest) {
        ObjectKey key = ObjectKey.of(manifest);
        scenario.cluster.put("kubectl", """
                {"apiVersion": "%s", "kind": "%s", "metadata": {"namespace": "%s", "name": "%s"}}
                """.formatted(key.apiVersion(), key.kind(), key.namespace(), key.name()));

        NewPlan plan = scenario.plan();

        assertThat(planned(plan, manifest).action()).isEqualTo(Action.CONFLICT);
        assertThat(level(plan, CheckCode.OBJECT_FOREIGN)).isEqualTo(Level.FAILED);
        assertThat(PlanScenario.check(plan, CheckCode.OBJECT_FOREIGN).message())
                .startsWith(
                        "There is a " + key + " already that this identity does not own; kubectl wrote it, 3 days ago");
        assertThat(plan.obstacles()).isNotEmpty();
        assertThat(scenario.cluster.calls()).as("it is not tried").doesNotContain("try " + key);
    }

    @ParameterizedTest
    @CsvSource({
        "200000, 2 days",
        "172800, 2 days",
        "172799, 47 hours",
        "7200, 2 hours",
        "7199, 119 minutes",
        "120, 2 minutes",
        "119, moments",
        "0, moments"
    })
    void peopleReadHowOldAStrangerIs(long seconds, String words) {
        Manifest route = manifest(ObjectKind.HTTP_ROUTE);
        scenario.cluster.put("kubectl", """
                {"apiVersion": "%s", "kind": "HTTPRoute", "metadata": {"namespace": "%s", "name": "%s", "creationTimestamp": "%s"}}
                """.formatted(
                        route.apiVersion(), route.namespace(), route.name(), NOW.minusSeconds(seconds)));

        String message =
                PlanScenario.check(scenario.plan(), CheckCode.OBJECT_FOREIGN).message();

        assertThat(message).contains(", " + words + " ago (" + NOW.minusSeconds(seconds) + ")");
    }

    @Test
    void entriesThatOthersPutIntoTheSecretAreAConflict() {
        Manifest secret = manifest(ObjectKind.SECRET);
        scenario.cluster.put(secret);
        scenario.cluster.report(
                ObjectKey.of(secret),
                object -> object.withObjectProperty("data").put("key", "c2VjcmV0"));

        NewPlan plan = scenario.plan();

        assertThat(planned(plan, secret).action()).isEqualTo(Action.CONFLICT);
        assertThat(PlanScenario.check(plan, CheckCode.OBJECT_FOREIGN).message())
                .contains("holds entries that Waypass did not write: key.");
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void whatTheApiServerWouldRefuseMakesTheRequestInvalid(Manifest manifest) {
        scenario.cluster.refuseDryRun(ObjectKey.of(manifest), "spec is invalid");

        NewPlan plan = scenario.plan();

        assertThat(level(plan, CheckCode.DRY_RUN_ACCEPTED)).isEqualTo(Level.FAILED);
        assertThat(plan.obstacles()).singleElement().asString().contains("“spec is invalid”");
    }

    @Test
    void aFieldThatSomebodyElseOwnsIsAConflictAndNotARefusal() {
        scenario.cluster.refuseDryRun(
                ObjectKey.of(manifest(ObjectKind.DESTINATION_RULE)),
                "conflict",
                new ApiServerRefused.Conflict(".spec.host", "argocd"));

        NewPlan plan = scenario.plan();

        assertThat(PlanScenario.check(plan, CheckCode.FIELD_CONFLICT).message())
                .contains("argocd owns the field .spec.host");
        assertThat(plan.checks()).noneMatch(check -> check.code().equals(CheckCode.DRY_RUN_ACCEPTED.value()));
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void whatMayNotBeReadIsUnknown(Manifest manifest) {
        scenario.cluster.refuseReading(ObjectKey.of(manifest), "no right");

        NewPlan plan = scenario.plan();

        assertThat(planned(plan, manifest).action()).isEqualTo(Action.UNKNOWN);
        assertThat(PlanScenario.check(plan, CheckCode.DRY_RUN_ACCEPTED).message())
                .contains("“no right”");
    }

    @Test
    void withoutTheNamespaceOnlyWhatLivesElsewhereIsTried() {
        scenario.cluster.delete(PlanScenario.APP_NAMESPACE);

        NewPlan plan = scenario.plan();

        assertThat(scenario.cluster.calls())
                .noneMatch(call -> call.contains(" " + SampleIdentity.NAMESPACE + "/"))
                .isNotEmpty();
        assertThat(PlanScenario.check(plan, CheckCode.DRY_RUN_ACCEPTED).message())
                .isEqualTo("What could be tried without the namespace, the API server would accept.");
    }

    @Test
    void aRoleBindingIsNotTriedBeforeItsRoleIsThere() {
        scenario.placement = Placement.GATEWAY_NAMESPACE;

        scenario.plan();

        assertThat(scenario.cluster.calls())
                .anyMatch(call -> call.startsWith("try Role "))
                .noneMatch(call -> call.startsWith("try RoleBinding "));
    }

    @Test
    void theFactsThatAPlanReliesOnAreKept() {
        assertThat(scenario.plan().relied())
                .containsKeys(
                        "Namespace/team-namespace",
                        "ServiceAccount/team-namespace/app1",
                        "Gateway/istio-egress/egress-waypoint",
                        "ServiceEntry/istio-egress/nginx-mesh-external-se",
                        "host/my-nginx.foo.bar",
                        "istiod",
                        "routes/istio-egress/nginx-mesh-external-se#spiffe://cluster.local/ns/team-namespace/sa/app1",
                        "routes/istio-egress/nginx-mesh-external-se#")
                .containsEntry("istiod", "Deployment istio-system/istiod: permits " + PlanScenario.PERMITTED);
    }

    @ParameterizedTest
    @EnumSource(
            value = ObjectKind.class,
            names = {"SERVICE_ENTRY", "HTTP_ROUTE", "DESTINATION_RULE"})
    void ownObjectsOfKindsThatAreWatchedInTheWholeMeshAreFactsToo(ObjectKind kind) {
        Manifest manifest = manifest(kind);

        assertThat(scenario.plan().relied())
                .containsEntry("object/" + kind.kind() + "/" + manifest.namespace() + "/" + manifest.name(), "absent");
    }

    /** The first approval at a gateway creates them; the plans that wait then would all be out of date. */
    @Test
    void whatIdentitiesShareIsNoFact() {
        assertThat(scenario.plan().relied().keySet())
                .filteredOn(fact -> fact.startsWith("object/"))
                .hasSize(3)
                .allMatch(fact -> fact.contains("app1"));
    }

    @Test
    void whatCouldNotBeSeenIsKeptAsUnseen() {
        scenario.cluster.refuseWatching("ServiceEntry", "may not");

        assertThat(scenario.plan().relied())
                .containsEntry("host/my-nginx.foo.bar", "unseen")
                .containsEntry("ServiceEntry/", "unseen");
    }

    @Test
    void aRetirementRemovesWhatWasWrittenAndChecksNothingOfTheApp() {
        List<Manifest> own = own();
        retire(own);
        own.forEach(scenario.cluster::put);
        scenario.cluster.delete(PlanScenario.SERVICE_ACCOUNT);
        scenario.owner = Optional.empty();

        NewPlan plan = scenario.plan();

        assertThat(plan.objects())
                .filteredOn(object -> object.action() == Action.DELETE)
                .extracting(PlanObject::kind)
                .containsExactly("AuthorizationPolicy", "HTTPRoute", "ServiceEntry", "DestinationRule", "Secret");
        assertThat(plan.obstacles()).isEmpty();
        assertThat(plan.checks())
                .extracting(PlanCheck::code)
                .containsExactlyInAnyOrder(
                        CheckCode.OBJECT_FOREIGN.value(),
                        CheckCode.FIELD_CONFLICT.value(),
                        CheckCode.DRY_RUN_ACCEPTED.value());
    }

    @Test
    void aRotationCreatesASecretAndRemovesTheOneOfTheCertificateBefore() {
        List<Manifest> before = own();
        before.forEach(scenario.cluster::put);
        rotate(before, Action.CREATE);

        assertThat(scenario.plan().objects())
                .filteredOn(PlanObject::owned)
                .extracting(object -> object.action() + " " + object.kind() + " " + object.name())
                .containsExactly(
                        "CREATE Secret app1-client-mtls-secret-r2",
                        "UPDATE DestinationRule app1-nginx-mesh-external-dr",
                        "UPDATE ServiceEntry app1-nginx-mesh-external-se",
                        "UPDATE HTTPRoute app1-nginx-httproute",
                        "UPDATE AuthorizationPolicy team-namespace.app1-nginx-allow",
                        "DELETE Secret app1-client-mtls-secret");
    }

    /** A plan would name one more with each rotation. */
    @Test
    void aSecretThatThePlanBeforeRemovesIsNamedOnlyWhileItIsThere() {
        List<Manifest> before = own();
        rotate(before, Action.DELETE);
        assertThat(scenario.plan().objects()).noneMatch(object -> object.action() == Action.DELETE);

        before.forEach(scenario.cluster::put);
        assertThat(scenario.plan().objects())
                .filteredOn(object -> object.action() == Action.DELETE)
                .extracting(PlanObject::name)
                .containsExactly("app1-client-mtls-secret");
    }

    private void rotate(List<Manifest> before, Action inPlanBefore) {
        scenario.kind = RequestKind.ROTATE_CERTIFICATE;
        scenario.written = before.stream()
                .filter(manifest -> manifest.kind().equals(ObjectKind.SECRET.kind()))
                .map(manifest -> SampleIdentity.planned(manifest, inPlanBefore))
                .toList();
        scenario.credential = Optional.of(SampleIdentity.NEWER);
        scenario.rotation = Optional.of(SampleIdentity.rotated(2, SampleIdentity.NEWER));
    }

    @Test
    void aRetirementNamesWhatIsGoneAlreadySinceItMustNotBeThereAfterwards() {
        retire(own());

        assertThat(scenario.plan().objects())
                .filteredOn(object -> object.action() == Action.DELETE)
                .hasSize(5);
    }

    @Test
    void aRetirementLeavesWhatIsNotOursAnyMore() {
        List<Manifest> own = own();
        retire(own);
        own.stream()
                .filter(IdentityPlannerTests::isNoSecret)
                .forEach(manifest -> scenario.cluster.put("somebody", """
                        {"apiVersion": "%s", "kind": "%s", "metadata": {"namespace": "%s", "name": "%s"}}
                        """.formatted(
                                manifest.apiVersion(), manifest.kind(), manifest.namespace(), manifest.name())));

        assertThat(scenario.plan().objects())
                .filteredOn(object -> object.action() == Action.DELETE)
                .extracting(PlanObject::kind)
                .containsExactly("Secret");
    }

    @Test
    void aRetirementRemovesTheVeryObjectThatWeWroteWhateverItsMarksSay() {
        Manifest route = manifest(ObjectKind.HTTP_ROUTE);
        retire(List.of(route));
        scenario.cluster.put("somebody", """
                {"apiVersion": "%s", "kind": "HTTPRoute", "metadata": {"namespace": "%s", "name": "%s"}}
                """.formatted(route.apiVersion(), route.namespace(), route.name()));
        ObjectKey key = ObjectKey.of(route);
        scenario.known.put(key.place(), scenario.cluster.get(key).orElseThrow().uid());

        assertThat(scenario.plan().objects())
                .filteredOn(object -> object.action() == Action.DELETE)
                .hasSize(1);
    }

    @Test
    void aRefreshRemovesWhatIsNotRenderedAnyMore() {
        Manifest old = Manifest.of("""
                {"apiVersion": "v1", "kind": "Secret", "metadata": {"namespace": "team-namespace", "name": "old",
                 "labels": {"app.kubernetes.io/managed-by": "waypass"}, "annotations": {"waypass.io/identity": "%s"}}}
                """.formatted(SampleIdentity.ID));
        scenario.written = Stream.concat(own().stream(), Stream.of(old))
                .map(manifest -> SampleIdentity.planned(manifest, Action.CREATE))
                .toList();
        scenario.kind = RequestKind.REFRESH;

        NewPlan plan = scenario.plan();

        assertThat(plan.objects())
                .filteredOn(object -> object.action() == Action.DELETE)
                .extracting(PlanObject::name)
                .containsExactly("old");
        assertThat(plan.digest()).isEqualTo(PlanDigest.of(scenario.manifests(), List.of(old)));
    }

    @Test
    void aKeyThatDoesNotOpenMakesTheRequestInvalid() {
        scenario.keyset = SealingKeyset.generate();

        NewPlan plan = scenario.plan();

        assertThat(level(plan, CheckCode.KEY_USABLE)).isEqualTo(Level.FAILED);
        assertThat(plan.obstacles()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"0, PASSED", "200, PASSED", "340, WARNING", "364, WARNING", "366, FAILED"})
    void aCertificateThatEndsSoonIsWarnedOfAndOneThatEndedIsRefused(int days, Level level) {
        scenario.now = NOW.plus(Duration.ofDays(days));

        assertThat(level(scenario.plan(), CheckCode.CERTIFICATE_VALID)).isEqualTo(level);
    }

    @Test
    void anApiServerThatDoesNotAnswerMakesNoPlan() {
        scenario.cluster.beforeRead(() -> {
            throw new ApiServerAway("no answer");
        });

        assertThatThrownBy(scenario::plan).isInstanceOf(ApiServerAway.class);
    }

    private static boolean isNoSecret(Manifest manifest) {
        return !manifest.kind().equals(ObjectKind.SECRET.kind());
    }

    private List<Manifest> own() {
        return IdentityManifests.render(SampleIdentity.spec());
    }

    private void retire(List<Manifest> written) {
        scenario.kind = RequestKind.RETIRE_IDENTITY;
        scenario.credential = Optional.empty();
        scenario.written = written.stream()
                .map(manifest -> SampleIdentity.planned(manifest, Action.CREATE))
                .toList();
    }

    private Manifest manifest(ObjectKind kind) {
        return own().stream()
                .filter(manifest -> manifest.kind().equals(kind.kind()))
                .findFirst()
                .orElseThrow();
    }

    private static PlanObject planned(NewPlan plan, Manifest manifest) {
        return plan.objects().stream()
                .filter(object -> object.kind().equals(manifest.kind())
                        && object.namespace().equals(manifest.namespace())
                        && object.name().equals(manifest.name()))
                .findFirst()
                .orElseThrow();
    }

    private static Level level(NewPlan plan, CheckCode code) {
        return PlanScenario.check(plan, code).level();
    }
}
