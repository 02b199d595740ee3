package io.waypass.applier.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import io.waypass.applier.SampleIdentity;
import io.waypass.applier.cluster.ApiServerAway;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.manifests.Manifest;
import io.waypass.manifests.ObjectKind;
import io.waypass.plan.PlanObject.Action;
import io.waypass.reconcile.ReconcileStore.Goal;
import io.waypass.resource.Condition.Status;
import io.waypass.resource.Condition.Type;
import io.waypass.resource.Observation.ObservedCondition;
import io.waypass.resource.ResourceEvent;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DriftRepairerTests {

    private static final String LABEL = "metadata.labels.touched";

    private final Scenario scenario = new Scenario().applied();

    @Test
    void nothingIsWrittenWhereNothingDiffers() {
        Duration next = scenario.reconcile();

        assertThat(scenario.cluster.calls()).isEmpty();
        assertThat(scenario.store.outcomes).containsExactly("observed");
        assertThat(scenario.store.changes).isEmpty();
        assertThat(next).isGreaterThan(Duration.ofDays(364));
    }

    @ParameterizedTest
    @EnumSource(
            value = ObjectKind.class,
            names = {"SECRET", "DESTINATION_RULE", "SERVICE_ENTRY", "HTTP_ROUTE", "AUTHORIZATION_POLICY"})
    void whatSomebodyDeletedIsMadeAgain(ObjectKind kind) {
        scenario.cluster.delete(scenario.own(kind));

        scenario.reconcile();

        assertThat(scenario.cluster.has(scenario.own(kind))).isTrue();
        assertThat(scenario.store.recorded()).containsExactly("restored " + kind.kind());
        assertInSync();
    }

    @Test
    void whatSomebodyChangedIsRestoredAndNamed() {
        changeRule();

        scenario.reconcile();

        assertThat(scenario.cluster.calls()).containsExactly("force " + rule());
        assertThat(scenario.store.changes).singleElement().satisfies(change -> {
            assertThat(change.type()).isEqualTo(ResourceEvent.Type.RESTORED);
            assertThat(change.manager()).isEqualTo("kubectl");
            assertThat(change.detail()).contains("-  host: elsewhere");
        });
        assertInSync();
    }

    @ParameterizedTest
    @EnumSource(
            value = ObjectKind.class,
            names = {"DESTINATION_RULE", "AUTHORIZATION_POLICY"})
    void sharedObjectsAreRestoredToo(ObjectKind kind) {
        scenario.cluster.delete(scenario.shared(kind));

        scenario.reconcile();

        assertThat(scenario.store.recorded()).containsExactly("restored " + kind.kind());
        assertInSync();
    }

    /** It is a second line of defence: the app's calls use the identity's own rule, which is in place. */
    @Test
    void aCatchAllRuleThatCannotBeRestoredIsReportedAndClosesNoDoor() {
        ObjectKey catchAll = scenario.shared(ObjectKind.DESTINATION_RULE);
        scenario.cluster.delete(catchAll);
        scenario.cluster.refuseWriting(catchAll, "denied by a webhook");

        assertThatThrownBy(scenario::reconcile).isInstanceOf(ApplyFailed.class);

        assertThat(scenario.cluster.has(scenario.own(ObjectKind.AUTHORIZATION_POLICY)))
                .isTrue();
        assertOutOfSync("NotRestored");
    }

    @Test
    void reportOnlyWritesNothing() {
        scenario.reportOnly = true;
        changeRule();
        scenario.cluster.delete(scenario.own(ObjectKind.HTTP_ROUTE));

        scenario.reconcile();

        assertThat(scenario.cluster.calls()).isEmpty();
        assertThat(scenario.store.recorded()).containsExactly("reported DestinationRule", "reported HTTPRoute");
        assertOutOfSync("ReportedOnly");
    }

    @Test
    void reportOnlyLeavesWhatWasTakenAway() {
        scenario.retiring().reconcile();
        scenario.forget();
        scenario.goal = Goal.KEEP;
        scenario.reportOnly = true;
        scenario.cluster.put(scenario.unwanted.getLast());

        scenario.reconcile();

        assertThat(scenario.cluster.calls()).isEmpty();
        assertThat(scenario.store.recorded()).containsExactly("reported Secret");
    }

    @Test
    void whatWasTakenAwayAndIsThereAgainIsRemoved() {
        scenario.retiring().reconcile();
        scenario.forget();
        scenario.goal = Goal.KEEP;
        scenario.cluster.put(scenario.unwanted.getLast());

        scenario.reconcile();

        assertThat(scenario.cluster.has(ObjectKey.of(scenario.unwanted.getLast())))
                .isFalse();
        assertThat(scenario.store.recorded()).containsExactly("removed Secret");
    }

    @Test
    void leftoversOfEarlierApprovalsAreRemoved() {
        scenario.leftovers =
                List.of(SampleIdentity.planned(Manifest.of("""
                        {"apiVersion": "v1", "kind": "Secret", "metadata": {"namespace": "team-namespace", "name": "old",
                         "labels": {"app.kubernetes.io/managed-by": "waypass"}, "annotations": {"waypass.io/identity": "%s"}}}
                        """.formatted(SampleIdentity.ID)), Action.CREATE));
        scenario.cluster.put(Manifest.of(scenario.leftovers.getFirst().manifest()));

        scenario.reconcile();

        assertThat(scenario.cluster.calls()).containsExactly("remove Secret team-namespace/old");
        assertThat(scenario.store.recorded()).containsExactly("removed Secret");
    }

    @Test
    void somebodyElsesObjectInThePlaceOfOursIsLeftAndReChecked() {
        stranger(rule());

        Duration next = scenario.reconcile();
        assertThat(next).isEqualTo(Duration.ofSeconds(30));
        next = scenario.reconcile();

        assertThat(scenario.cluster.calls()).doesNotContain("force " + rule());
        assertThat(next).isEqualTo(Duration.ofSeconds(30));
        assertThat(condition().message())
                .startsWith(
                        "In the place of the " + rule() + " is an object that Waypass did not write; somebody did.");
        assertThat(condition().status()).isEqualTo(Status.FALSE);
    }

    @Test
    void theDoorClosesWhileWhatItReliesOnIsSomebodyElses() {
        stranger(rule());

        scenario.reconcile();

        assertThat(scenario.cluster.has(scenario.own(ObjectKind.AUTHORIZATION_POLICY)))
                .isFalse();
        assertThat(scenario.cluster.has(scenario.own(ObjectKind.HTTP_ROUTE))).isTrue();
        assertThat(scenario.store.recorded()).containsExactly("closed AuthorizationPolicy");
    }

    @Test
    void theDoorOpensAgainOnceEverythingIsAsApproved() {
        stranger(rule());
        scenario.reconcile();
        scenario.cluster.delete(rule());

        scenario.reconcile();

        assertThat(scenario.cluster.has(scenario.own(ObjectKind.AUTHORIZATION_POLICY)))
                .isTrue();
        assertInSync();
    }

    @ParameterizedTest
    @EnumSource(
            value = ObjectKind.class,
            names = {"SECRET", "DESTINATION_RULE", "SERVICE_ENTRY"})
    void theDoorClosesInTheRunInWhichAMissingObjectCouldNotBeRestored(ObjectKind kind) {
        scenario.cluster.delete(scenario.own(kind));
        scenario.cluster.silenceWebhook(scenario.own(kind));

        assertThatThrownBy(scenario::reconcile).isInstanceOf(ApplyFailed.class);

        assertThat(scenario.cluster.calls()).containsExactly("vain " + scenario.own(kind), "remove " + policy());
        assertThat(scenario.store.recorded())
                .containsExactly("not-restored " + kind.kind(), "closed AuthorizationPolicy");
        assertThat(scenario.store.changes.getFirst().detail())
                .startsWith("Somebody deleted the " + scenario.own(kind) + ". The API server could not write the "
                        + scenario.own(kind)
                        + ", because the admission webhook “rev.validation.istio.io” gave no usable"
                        + " answer: “connect: connection refused”.");
        assertOutOfSync("NotRestored");
    }

    @Test
    void theDoorClosesAsWellIfTheWriteIsNotFinished() {
        scenario.cluster.delete(rule());
        scenario.cluster.neverFinish(rule());

        assertThatThrownBy(scenario::reconcile).isInstanceOf(ApplyFailed.class);

        assertThat(scenario.cluster.has(policy())).isFalse();
        assertOutOfSync("NotRestored");
        assertThat(condition().message())
                .startsWith("The API server answers, but did not finish the write of the " + rule());
    }

    @Test
    void theDoorClosesIfAnObjectWasWeakenedAndItsWebhookDoesNotAnswer() {
        scenario.cluster.change(rule(), "spec.trafficPolicy.tls.mode", new TextNode("SIMPLE"), "kubectl");
        scenario.cluster.silenceWebhook(rule());

        assertThatThrownBy(scenario::reconcile).isInstanceOf(ApplyFailed.class);

        assertThat(scenario.cluster.has(policy())).isFalse();
    }

    @Test
    void otherObjectsAreRestoredWhileAWebhookDoesNotAnswer() {
        scenario.cluster.delete(rule());
        scenario.cluster.delete(scenario.own(ObjectKind.SECRET));
        scenario.cluster.silenceWebhook(rule());

        assertThatThrownBy(scenario::reconcile).isInstanceOf(ApplyFailed.class);

        assertThat(scenario.cluster.has(scenario.own(ObjectKind.SECRET))).isTrue();
        assertThat(scenario.store.recorded()).contains("restored Secret", "not-restored DestinationRule");
    }

    @Test
    void theDoorOpensLastOnceTheWebhookAnswersAgain() {
        scenario.cluster.delete(rule());
        scenario.cluster.silenceWebhook(rule());
        assertThatThrownBy(scenario::reconcile).isInstanceOf(ApplyFailed.class);
        scenario.cluster.calls();
        scenario.closed.add(policy().place());
        scenario.cluster.allowAll();

        scenario.reconcile();

        assertThat(scenario.cluster.calls()).containsExactly("force " + rule(), "force " + policy());
        assertThat(scenario.store.recorded()).containsExactly("restored DestinationRule", "opened AuthorizationPolicy");
        assertInSync();
    }

    @Test
    void aClosedDoorThatCannotBeOpenedStaysClosedAndIsReportedAsSuch() {
        scenario.cluster.delete(policy());
        scenario.closed.add(policy().place());
        scenario.cluster.silenceWebhook(policy());

        assertThatThrownBy(scenario::reconcile).isInstanceOf(ApplyFailed.class);

        assertThat(scenario.store.recorded()).containsExactly("not-restored AuthorizationPolicy");
        assertThat(scenario.store.changes.getFirst().detail())
                .startsWith("The " + policy() + " was taken away to refuse the app. The API server could not write");
    }

    @Test
    void theDoorClosesBeforeTheRepairIfSeveralObjectsHaveToBeRestored() {
        scenario.cluster.delete(rule());
        scenario.cluster.delete(scenario.own(ObjectKind.SERVICE_ENTRY));

        scenario.reconcile();

        assertThat(scenario.cluster.calls())
                .containsExactly(
                        "remove " + policy(),
                        "force " + rule(),
                        "force " + scenario.own(ObjectKind.SERVICE_ENTRY),
                        "force " + policy());
        assertThat(scenario.store.recorded())
                .containsExactly(
                        "closed AuthorizationPolicy",
                        "restored DestinationRule",
                        "restored ServiceEntry",
                        "opened AuthorizationPolicy");
        assertInSync();
    }

    @Test
    void theDoorStaysOpenWhileOneWriteRepairsEverything() {
        scenario.cluster.delete(rule());
        scenario.cluster.change(scenario.own(ObjectKind.SECRET), LABEL, new TextNode("x"), "kubectl");

        scenario.reconcile();

        assertThat(scenario.cluster.calls()).containsExactly("force " + rule());
    }

    @Test
    void thePolicyStaysWhileTheOneThatRefusesAppsWithoutAnIdentityIsGone() {
        scenario.cluster.delete(scenario.shared(ObjectKind.AUTHORIZATION_POLICY));
        scenario.cluster.silenceWebhook(scenario.shared(ObjectKind.AUTHORIZATION_POLICY));
        scenario.cluster.delete(rule());
        scenario.cluster.silenceWebhook(rule());

        assertThatThrownBy(scenario::reconcile).isInstanceOf(ApplyFailed.class);

        assertThat(scenario.cluster.has(policy())).isTrue();
        assertThat(condition().message()).contains("a destination without any policy lets every app through");
    }

    @Test
    void thePolicyStaysWhileTheOneThatRefusesAppsWithoutAnIdentityIsChanged() {
        scenario.cluster.change(
                scenario.shared(ObjectKind.AUTHORIZATION_POLICY), "spec.action", new TextNode("AUDIT"), "kubectl");
        scenario.cluster.silenceWebhook(scenario.shared(ObjectKind.AUTHORIZATION_POLICY));
        scenario.cluster.delete(rule());
        scenario.cluster.silenceWebhook(rule());

        assertThatThrownBy(scenario::reconcile).isInstanceOf(ApplyFailed.class);

        assertThat(scenario.cluster.has(policy())).isTrue();
        assertThat(condition().message()).contains("a destination without any policy lets every app through");
    }

    @Test
    void aDoorThatAFinalizerHoldsIsNotSaidToBeClosed() {
        scenario.cluster.hold(policy(), "example.com/hold");
        scenario.cluster.delete(rule());
        scenario.cluster.silenceWebhook(rule());

        assertThatThrownBy(scenario::reconcile).isInstanceOf(ApplyFailed.class);
        assertThat(scenario.store.changes.getLast().detail()).contains("is held by example.com/hold");
        assertThatThrownBy(scenario::reconcile).isInstanceOf(ApplyFailed.class);

        assertThat(scenario.store.recorded()).doesNotContain("closed AuthorizationPolicy");
        assertThat(condition().message())
                .contains("is held by example.com/hold. Until it is gone the app is let through");
    }

    @Test
    void thePolicyThatRefusesIsRestoredBeforeTheDoorCloses() {
        scenario.cluster.delete(scenario.shared(ObjectKind.AUTHORIZATION_POLICY));
        scenario.cluster.delete(rule());
        scenario.cluster.silenceWebhook(rule());

        assertThatThrownBy(scenario::reconcile).isInstanceOf(ApplyFailed.class);

        assertThat(scenario.cluster.calls())
                .containsExactly(
                        "force " + scenario.shared(ObjectKind.AUTHORIZATION_POLICY),
                        "vain " + rule(),
                        "remove " + policy());
    }

    @Test
    void theDoorClosesIfTheApiServerGoesAwayBeforeAnObjectIsRestoredAndNothingIsReportedInSync() {
        scenario.cluster.delete(rule());
        scenario.cluster.goAway(rule());

        assertThatThrownBy(scenario::reconcile).isInstanceOf(ApiServerAway.class);

        assertThat(scenario.cluster.has(policy())).isFalse();
        assertThat(scenario.store.outcomes.getFirst()).isEqualTo("observed");
        assertOutOfSync("NotRestored");
        assertThat(condition().message())
                .startsWith("Somebody deleted the " + rule() + ". The API server does not answer (it answered 500)");
        assertThat(scenario.store.recorded()).containsExactly("closed AuthorizationPolicy");
    }

    @Test
    void aStrangerInPlaceOfTheRouteDoesNotCloseTheDoor() {
        stranger(scenario.own(ObjectKind.HTTP_ROUTE));

        scenario.reconcile();

        assertThat(scenario.cluster.calls()).isEmpty();
        assertThat(scenario.cluster.has(scenario.own(ObjectKind.AUTHORIZATION_POLICY)))
                .isTrue();
    }

    @Test
    void theDoorIsNotClosedWhereDriftIsOnlyReported() {
        scenario.reportOnly = true;
        stranger(rule());

        scenario.reconcile();

        assertThat(scenario.cluster.calls()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = ObjectKind.class,
            names = {"HTTP_ROUTE", "AUTHORIZATION_POLICY"})
    void noDoorOpensBeforeEverythingThatItReliesOnIsAsApproved(ObjectKind door) {
        scenario.cluster.delete(rule());
        scenario.cluster.delete(scenario.own(door));
        scenario.cluster.refuseWriting(rule(), "denied");

        assertThatThrownBy(scenario::reconcile).isInstanceOf(ApplyFailed.class);

        assertThat(scenario.cluster.has(scenario.own(door))).isFalse();
        assertThat(condition().message())
                .contains("The " + scenario.own(door)
                        + " is not restored before everything that it relies on is as approved.");
    }

    @Test
    void anObjectThatCannotBeRestoredKeepsNoneOfTheOthersFromIt() {
        scenario.cluster.delete(scenario.own(ObjectKind.SECRET));
        scenario.cluster.delete(scenario.own(ObjectKind.SERVICE_ENTRY));
        scenario.cluster.refuseWriting(scenario.own(ObjectKind.SECRET), "denied");

        assertThatThrownBy(scenario::reconcile)
                .isInstanceOf(ApplyFailed.class)
                .hasMessage("The API server refused: “denied”.");

        assertThat(scenario.cluster.has(scenario.own(ObjectKind.SERVICE_ENTRY))).isTrue();
        assertOutOfSync("NotRestored");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void anObjectIsRestoredAtOnceAFewTimes(int times) {
        changeRule();
        scenario.contest(rule(), times, Duration.ZERO);

        scenario.reconcile();

        assertThat(scenario.cluster.calls()).containsExactly("force " + rule());
    }

    @Test
    void anObjectThatIsChangedAgainAndAgainIsLeftForAWhile() {
        changeRule();
        scenario.contest(rule(), 6, Duration.ofSeconds(5));

        scenario.reconcile();
        Duration next = scenario.reconcile();

        assertThat(scenario.cluster.calls()).doesNotContain("force " + rule());
        assertThat(next).isEqualTo(Duration.ofSeconds(15));
        assertThat(scenario.store.recorded()).contains("contested DestinationRule");
        assertThat(condition().message())
                .contains("It was restored 6 times and changed again each time; it is tried again at "
                        + SampleIdentity.NOW.plusSeconds(15).truncatedTo(ChronoUnit.SECONDS));
        assertThat(scenario.cluster.has(scenario.own(ObjectKind.AUTHORIZATION_POLICY)))
                .as("the door is closed meanwhile")
                .isFalse();
    }

    @Test
    void anObjectIsRestoredOnceMoreWhenItsWaitIsOver() {
        changeRule();
        scenario.contest(rule(), 6, Duration.ofSeconds(20));

        scenario.reconcile();

        assertThat(scenario.cluster.calls()).containsExactly("force " + rule());
    }

    @Test
    void aFightOverALabelDoesNotCloseTheDoor() {
        scenario.cluster.change(rule(), "metadata.annotations.x", new TextNode("y"), "kubectl");
        scenario.cluster.change(rule(), "metadata.labels", JsonNodeFactory.instance.objectNode(), "kubectl");
        scenario.contest(rule(), 6, Duration.ofSeconds(5));

        scenario.reconcile();

        assertThat(scenario.store.recorded()).containsExactly("contested DestinationRule");
        assertThat(scenario.cluster.has(scenario.own(ObjectKind.AUTHORIZATION_POLICY)))
                .isTrue();
    }

    @Test
    void whatIsTakenAwayAgainAndAgainIsLeftForAWhileWithWhatItReliesOn() {
        scenario.retiring().reconcile();
        scenario.forget();
        scenario.goal = Goal.KEEP;
        scenario.unwanted.forEach(scenario.cluster::put);
        scenario.contest(scenario.own(ObjectKind.HTTP_ROUTE), 5, Duration.ofSeconds(1));

        Duration next = scenario.reconcile();

        assertThat(scenario.cluster.calls()).containsExactly("remove " + scenario.own(ObjectKind.AUTHORIZATION_POLICY));
        assertThat(scenario.store.recorded()).containsExactly("removed AuthorizationPolicy", "contested HTTPRoute");
        assertThat(next).isEqualTo(Duration.ofSeconds(9));
    }

    @Test
    void anObjectThatIsBeingDeletedIsMadeAgainOnceItIsGone() {
        scenario.cluster.terminate(scenario.own(ObjectKind.SERVICE_ENTRY), "example.com/hold");

        scenario.reconcile();

        assertThat(scenario.cluster.calls()).doesNotContain("force " + scenario.own(ObjectKind.SERVICE_ENTRY));
        assertOutOfSync("Terminating");
        assertThat(condition().message())
                .startsWith("The " + scenario.own(ObjectKind.SERVICE_ENTRY)
                        + " is being deleted, and held by example.com/hold.");
    }

    @Test
    void entriesThatOthersPutIntoTheSecretAreNotOverwritten() {
        ObjectKey secret = scenario.own(ObjectKind.SECRET);
        scenario.cluster.change(secret, "data.key", new TextNode("c2VjcmV0"), "kubectl");

        scenario.reconcile();

        assertThat(condition().message())
                .startsWith("The " + secret + " holds entries that Waypass did not write: key.");
        assertThat(scenario.cluster.has(scenario.own(ObjectKind.AUTHORIZATION_POLICY)))
                .isFalse();
    }

    @Test
    void nothingIsMadeInANamespaceThatMayNotBeRead() {
        scenario.cluster.refuseReading(ObjectKey.of(ObjectKind.NAMESPACE, "", SampleIdentity.NAMESPACE), "forbidden");
        scenario.own().stream().map(ObjectKey::of).forEach(scenario.cluster::delete);

        scenario.reconcile();

        assertThat(scenario.cluster.calls()).isEmpty();
        assertThat(condition().message())
                .startsWith("The applier may not read the namespace team-namespace: “forbidden”.");
    }

    @Test
    void nothingIsMadeInANamespaceThatIsGone() {
        scenario.cluster.delete(ObjectKey.of(ObjectKind.NAMESPACE, "", SampleIdentity.NAMESPACE));
        scenario.own().stream().map(ObjectKey::of).forEach(scenario.cluster::delete);

        scenario.reconcile();

        assertThat(scenario.cluster.calls()).isEmpty();
        assertOutOfSync("NamespaceChanged");
        assertThat(condition().message()).startsWith("The namespace team-namespace is not there.");
    }

    @Test
    void nothingIsMadeInANamespaceThatWasMadeAnewSinceItWasApplied() {
        scenario.cluster.put("kubectl", """
                {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "team-namespace", "creationTimestamp": "%s"}}
                """.formatted(SampleIdentity.NOW));
        scenario.cluster.delete(scenario.own(ObjectKind.SECRET));

        scenario.reconcile();

        assertThat(scenario.cluster.has(scenario.own(ObjectKind.SECRET))).isFalse();
        assertOutOfSync("NamespaceChanged");
    }

    @Test
    void manifestsThatWereNotApprovedAreNotRestored() {
        scenario.digest = Optional.of("sha256:" + "0".repeat(64));
        changeRule();

        Duration next = scenario.reconcile();

        assertThat(scenario.cluster.calls()).isEmpty();
        assertOutOfSync("NotAsApproved");
        assertThat(next).isEqualTo(Reconciliation.NEVER);
    }

    @Test
    void whatCannotBeReadIsNotWritten() {
        scenario.cluster.refuseReading(rule(), "no right");

        scenario.reconcile();

        assertThat(scenario.cluster.calls()).isEmpty();
        assertThat(condition().status()).isEqualTo(Status.UNKNOWN);
    }

    @Test
    void aKeyThatAnotherApplierHasIsNoReasonToLeaveTheOtherObjects() {
        scenario.missingKey = Optional.of("the key is not in this file");
        scenario.cluster.delete(scenario.own(ObjectKind.SECRET));
        scenario.cluster.delete(scenario.own(ObjectKind.SERVICE_ENTRY));

        assertThatThrownBy(scenario::reconcile).isInstanceOf(KeysetBehind.class);

        assertThat(scenario.cluster.has(scenario.own(ObjectKind.SERVICE_ENTRY))).isTrue();
        assertThat(scenario.store.outcomes).containsExactly("observed", "waits: the key is not in this file");
    }

    @Test
    void aChangeInBetweenBeginsTheRoundAgain() {
        changeRule();
        interfere(1);

        scenario.reconcile();

        assertThat(scenario.store.rounds).isEqualTo(2);
        assertThat(scenario.store.outcomes).containsExactly("observed");
        assertInSync();
    }

    @Test
    void inTheLastRoundTheSameObjectIsEnough() {
        changeRule();
        interfere(100);

        scenario.reconcile();

        assertThat(scenario.store.rounds).isEqualTo(4);
        assertThat(scenario.store.outcomes).containsExactly("observed");
    }

    @Test
    void whoeverIsFasterInEveryRoundIsLeftForAWhile() {
        changeRule();
        scenario.cluster.beforeWrite(() -> {
            scenario.cluster.delete(rule());
            scenario.cluster.put(scenario.own().get(1));
            changeRule();
        });

        assertThatThrownBy(scenario::reconcile).isInstanceOf(ApiServerAway.class);

        assertThat(scenario.store.rounds).isEqualTo(4);
        assertThat(scenario.store.outcomes).singleElement().asString().startsWith("waits: ");
    }

    @Test
    void whatChangesWhileItIsReadBackIsReCheckedAtOnce() {
        changeRule();
        scenario.cluster.beforeRead(() -> {
            if (scenario.cluster.calls().contains("force " + rule())) {
                changeRule();
            }
        });

        assertThat(scenario.reconcile()).isZero();
    }

    private ObjectKey policy() {
        return scenario.own(ObjectKind.AUTHORIZATION_POLICY);
    }

    private ObjectKey rule() {
        return scenario.own(ObjectKind.DESTINATION_RULE);
    }

    private void changeRule() {
        scenario.cluster.change(rule(), "spec.host", new TextNode("elsewhere"), "kubectl");
    }

    /** Somebody touches the object right before it is written. */
    private void interfere(int times) {
        int[] left = {times};
        scenario.cluster.beforeWrite(() -> {
            if (left[0]-- > 0) {
                scenario.cluster.change(rule(), LABEL, new TextNode("x"), "noise");
            }
        });
    }

    private void stranger(ObjectKey key) {
        scenario.cluster.delete(key);
        scenario.cluster.put("somebody", """
                {"apiVersion": "%s", "kind": "%s", "metadata": {"namespace": "%s", "name": "%s"}}
                """.formatted(key.apiVersion(), key.kind(), key.namespace(), key.name()));
    }

    private ObservedCondition condition() {
        return scenario.store.condition(Type.IN_SYNC).orElseThrow();
    }

    private void assertInSync() {
        assertThat(condition().status()).as(condition().message()).isEqualTo(Status.TRUE);
    }

    private void assertOutOfSync(String reason) {
        assertThat(condition().status()).isEqualTo(Status.FALSE);
        assertThat(condition().reason()).isEqualTo(reason);
    }
}
