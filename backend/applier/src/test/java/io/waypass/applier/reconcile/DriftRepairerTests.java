package io.waypass.applier.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.TextNode;
import io.waypass.applier.SampleIdentity;
import io.waypass.applier.cluster.ApiServerAway;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.manifests.Manifest;
import io.waypass.manifests.ObjectKind;
import io.waypass.plan.PlanObject.Action;
import io.waypass.reconcile.ReconcileStore.Goal;
import io.waypass.resource.Condition.Status;
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
        scenario.stranger(rule());

        Duration next = scenario.reconcile();
        assertThat(next).isEqualTo(Duration.ofSeconds(30));
        next = scenario.reconcile();

        assertThat(scenario.cluster.calls()).doesNotContain("force " + rule());
        assertThat(next).isEqualTo(Duration.ofSeconds(30));
        assertThat(scenario.inSync().message())
                .startsWith(
                        "In the place of the " + rule() + " is an object that Waypass did not write; somebody did.");
        assertThat(scenario.inSync().status()).isEqualTo(Status.FALSE);
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
        assertThat(scenario.inSync().message())
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
        assertThat(scenario.inSync().message())
                .startsWith("The " + scenario.own(ObjectKind.SERVICE_ENTRY)
                        + " is being deleted, and held by example.com/hold.");
    }

    @Test
    void entriesThatOthersPutIntoTheSecretAreNotOverwritten() {
        ObjectKey secret = scenario.own(ObjectKind.SECRET);
        scenario.cluster.change(secret, "data.key", new TextNode("c2VjcmV0"), "kubectl");

        scenario.reconcile();

        assertThat(scenario.inSync().message())
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
        assertThat(scenario.inSync().message())
                .startsWith("The applier may not read the namespace team-namespace: “forbidden”.");
    }

    @Test
    void nothingIsMadeInANamespaceThatIsGone() {
        scenario.cluster.delete(ObjectKey.of(ObjectKind.NAMESPACE, "", SampleIdentity.NAMESPACE));
        scenario.own().stream().map(ObjectKey::of).forEach(scenario.cluster::delete);

        scenario.reconcile();

        assertThat(scenario.cluster.calls()).isEmpty();
        assertOutOfSync("NamespaceChanged");
        assertThat(scenario.inSync().message()).startsWith("The namespace team-namespace is not there.");
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
        assertThat(scenario.inSync().status()).isEqualTo(Status.UNKNOWN);
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

    private void assertInSync() {
        assertThat(scenario.inSync().status()).as(scenario.inSync().message()).isEqualTo(Status.TRUE);
    }

    private void assertOutOfSync(String reason) {
        assertThat(scenario.inSync().status()).isEqualTo(Status.FALSE);
        assertThat(scenario.inSync().reason()).isEqualTo(reason);
    }
}
