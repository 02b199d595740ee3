package io.waypass.applier.reconcile;

import static io.waypass.applier.SampleIdentity.NAMESPACE;
import static io.waypass.applier.SampleIdentity.NEWER;
import static io.waypass.applier.SampleIdentity.NOW;
import static io.waypass.applier.reconcile.Scenario.GRACE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waypass.applier.SampleIdentity;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.manifests.Manifest;
import io.waypass.manifests.ObjectKind;
import io.waypass.plan.PlanObject.Action;
import io.waypass.reconcile.ReconcileStore.Goal;
import io.waypass.resource.Condition.Status;
import io.waypass.resource.Condition.Type;
import io.waypass.resource.ObservedObject;
import io.waypass.resource.ObservedObject.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each certificate has a Secret of its own; the one of the certificate before stays for a grace. */
class RotationTests {

    private static final ObjectKey FIRST = secret("app1-client-mtls-secret");
    private static final ObjectKey SECOND = secret("app1-client-mtls-secret-r2");
    private static final ObjectKey THIRD = secret("app1-client-mtls-secret-r3");

    private final Scenario scenario = new Scenario().applied();

    @BeforeEach
    void aRotationIsApproved() {
        scenario.rotating(NEWER);
    }

    @Test
    void theNewSecretIsWrittenBeforeTheRuleThatNamesItAndTheOldOneStays() {
        Duration next = scenario.reconcile();

        assertThat(scenario.store.outcomes).containsExactly("applied");
        assertThat(scenario.cluster.calls())
                .hasSize(5)
                .startsWith("write " + SECOND, "force " + scenario.own(ObjectKind.DESTINATION_RULE))
                .noneMatch(call -> call.startsWith("remove"));
        assertThat(credentialName()).isEqualTo(NAMESPACE + "/" + SECOND.name());
        assertThat(scenario.cluster.has(FIRST)).isTrue();
        assertThat(next).as("it comes back for the old one").isEqualTo(GRACE);
    }

    @Test
    void itSaysWhenTheOldSecretGoesAndNotThatTheGatewayHasSwitched() {
        scenario.reconcile();

        assertThat(scenario.store.condition(Type.APPLIED).orElseThrow().message())
                .isEqualTo(
                        "All 7 objects are written. The gateway takes up the new certificate within seconds, which no status"
                                + " reports. The Secret app1-client-mtls-secret of an earlier certificate is removed at "
                                + NOW.plus(GRACE) + ".");
        assertThat(scenario.store.condition(Type.IN_SYNC).orElseThrow().status())
                .as("it is no part of what was approved")
                .isEqualTo(Status.TRUE);
        assertThat(pending()).containsExactly(FIRST.name());
    }

    @Test
    void theOldSecretStaysUntilTheGraceIsOver() {
        applied();
        scenario.now = NOW.plus(GRACE).minusSeconds(1);

        Duration next = scenario.reconcile();

        assertThat(scenario.cluster.calls()).isEmpty();
        assertThat(next).isEqualTo(Duration.ofSeconds(1));
        assertThat(pending()).containsExactly(FIRST.name());
    }

    @Test
    void theOldSecretIsRemovedOnceTheGraceIsOverWhichIsNoEvent() {
        applied();
        scenario.now = NOW.plus(GRACE);

        scenario.reconcile();

        assertThat(scenario.cluster.calls()).containsExactly("remove " + FIRST);
        assertThat(scenario.store.changes).isEmpty();
        assertThat(pending()).isEmpty();
        assertThat(scenario.store.condition(Type.APPLIED).orElseThrow().message())
                .isEqualTo("All 7 objects are written.");
    }

    @Test
    void reportOnlyRemovesTheOldSecretTooSinceTheApprovalCoversIt() {
        applied();
        scenario.reportOnly = true;
        scenario.now = NOW.plus(GRACE);

        scenario.reconcile();

        assertThat(scenario.cluster.calls()).containsExactly("remove " + FIRST);
    }

    @Test
    void anOldSecretThatComesBackIsReportedWhereDriftIsOnlyReported() {
        applied();
        scenario.cluster.delete(FIRST);
        scenario.known.remove(FIRST.place());
        scenario.cluster.put(scenario.unwanted.getFirst());
        scenario.reportOnly = true;
        scenario.now = NOW.plus(GRACE);

        scenario.reconcile();

        assertThat(scenario.cluster.calls()).isEmpty();
        assertThat(scenario.store.recorded()).containsExactly("reported Secret");
    }

    @Test
    void anOldSecretThatComesBackAfterTheGraceIsRemovedAndReported() {
        applied();
        scenario.cluster.delete(FIRST);
        scenario.known.remove(FIRST.place());
        scenario.cluster.put(scenario.unwanted.getFirst());
        scenario.now = NOW.plus(GRACE);

        scenario.reconcile();

        assertThat(scenario.cluster.calls()).containsExactly("remove " + FIRST);
        assertThat(scenario.store.recorded()).containsExactly("removed Secret");
    }

    @Test
    void anOldSecretThatSomebodyDeletesWithinTheGraceIsNotMadeAgain() {
        applied();
        scenario.cluster.delete(FIRST);

        scenario.reconcile();

        assertThat(scenario.cluster.calls()).isEmpty();
        assertThat(pending()).isEmpty();
    }

    @Test
    void theNewSecretIsRestoredFromWhatWasSealed() {
        applied();
        scenario.cluster.delete(SECOND);

        scenario.reconcile();

        assertThat(scenario.cluster.calls()).containsExactly("force " + SECOND);
        assertThat(scenario.cluster.has(SECOND)).isTrue();
    }

    /** A key that leaked would else live as long as its owner keeps rotating. */
    @Test
    void aSecondRotationDoesNotDelayTheRemovalThatTheFirstOneBegan() {
        applied();
        scenario.now = NOW.plusSeconds(30);
        scenario.rotating(SampleIdentity.CREDENTIAL);

        Duration next = scenario.reconcile();

        assertThat(scenario.store.outcomes).containsExactly("applied");
        assertThat(pending()).containsExactlyInAnyOrder(FIRST.name(), SECOND.name());
        assertThat(next).isEqualTo(Duration.ofSeconds(30));

        scenario.rotated();
        scenario.now = NOW.plus(GRACE);
        assertThat(scenario.reconcile()).isEqualTo(Duration.ofSeconds(30));
        assertThat(scenario.cluster.calls()).containsExactly("remove " + FIRST);

        scenario.now = NOW.plusSeconds(90);
        scenario.reconcile();
        assertThat(scenario.cluster.calls()).containsExactly("remove " + SECOND);
        assertThat(scenario.cluster.has(THIRD)).isTrue();
    }

    @Test
    void aRetirementWithinTheGraceRemovesBothSecretsAfterWhatNamesThem() {
        applied();
        scenario.unwanted.forEach(
                secret -> scenario.leftovers = List.of(SampleIdentity.planned(secret, Action.DELETE)));
        scenario.retiring();

        scenario.reconcile();

        assertThat(scenario.store.outcomes).containsExactly("applied");
        assertThat(scenario.cluster.calls())
                .hasSize(6)
                .startsWith("remove " + scenario.own(ObjectKind.AUTHORIZATION_POLICY))
                .endsWith("remove " + FIRST, "remove " + SECOND);
    }

    @Test
    void whereAWriteIsRefusedTheOldSecretStays() {
        scenario.cluster.refuseWriting(scenario.own(ObjectKind.HTTP_ROUTE), "denied");
        scenario.now = NOW.plus(Duration.ofDays(1));

        assertThatThrownBy(scenario::reconcile).isInstanceOf(ApplyFailed.class);

        assertThat(scenario.cluster.has(FIRST)).isTrue();
    }

    @Test
    void theDoorStaysOpenWhereTheNewSecretIsRefusedBecauseNothingReliesOnItYet() {
        scenario.cluster.refuseWriting(SECOND, "exceeded quota");

        assertThatThrownBy(scenario::reconcile).isInstanceOf(ApplyFailed.class);

        assertThat(scenario.cluster.has(scenario.own(ObjectKind.AUTHORIZATION_POLICY)))
                .isTrue();
        assertThat(scenario.store.recorded()).isEmpty();
    }

    @Test
    void theDoorClosesWhereTheNewSecretIsGoneAndTheRuleNamesIt() {
        scenario.cluster.refuseWriting(scenario.own(ObjectKind.HTTP_ROUTE), "denied");
        assertThatThrownBy(scenario::reconcile).isInstanceOf(ApplyFailed.class);
        scenario.cluster.delete(SECOND);
        scenario.cluster.refuseWriting(SECOND, "exceeded quota");

        assertThatThrownBy(scenario::reconcile).isInstanceOf(ApplyFailed.class);

        assertThat(scenario.cluster.has(scenario.own(ObjectKind.AUTHORIZATION_POLICY)))
                .isFalse();
    }

    @Test
    void theSecretOfAnApprovalThatNoLongerStandsGoesAtOnce() {
        scenario.reconcile();
        Scenario kept = new Scenario().applied();
        kept.leftovers = List.of(SampleIdentity.planned(
                SampleIdentity.manifests(scenario.spec).stream()
                        .filter(manifest -> ObjectKey.of(manifest).equals(SECOND))
                        .findFirst()
                        .orElseThrow(),
                Action.CREATE));
        kept.firstApplied.put(1, NOW.minus(Duration.ofDays(1)));
        kept.cluster.put(Manifest.of(kept.leftovers.getFirst().manifest()));

        kept.reconcile();

        assertThat(kept.cluster.calls()).containsExactly("remove " + SECOND);
    }

    @ParameterizedTest
    @EnumSource(
            value = ObjectKind.class,
            names = {"SECRET"},
            mode = EnumSource.Mode.EXCLUDE)
    void onlySecretsStayForAGrace(ObjectKind kind) {
        Scenario changed = new Scenario().applied();
        changed.wanted.stream()
                .filter(manifest -> !manifest.shared() && manifest.kind().equals(kind.kind()))
                .findFirst()
                .ifPresent(manifest -> assertThat(new RotationGrace(GRACE)
                                .notBefore(
                                        new Reconciliation(changed.job(), Scenario.FENCE, new ArrayList<>(), true),
                                        manifest,
                                        NOW))
                        .isEmpty());
    }

    @Test
    void aGraceOfZeroRemovesTheOldSecretWithTheRotation() {
        assertThat(new RotationGrace(Duration.ZERO)
                        .notBefore(
                                new Reconciliation(scenario.job(), Scenario.FENCE, new ArrayList<>(), true),
                                scenario.unwanted.getFirst(),
                                NOW))
                .contains(NOW);
        assertThatThrownBy(() -> new RotationGrace(Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private void applied() {
        scenario.reconcile();
        scenario.rotated();
        assertThat(scenario.goal).isEqualTo(Goal.KEEP);
    }

    private List<String> pending() {
        return scenario.store.observation.orElseThrow().objects().stream()
                .filter(object -> object.state() == State.PENDING_REMOVAL)
                .map(ObservedObject::name)
                .toList();
    }

    private String credentialName() {
        return scenario.cluster
                .get(scenario.own(ObjectKind.DESTINATION_RULE))
                .orElseThrow()
                .at("/spec/trafficPolicy/tls/credentialName")
                .asText();
    }

    private static ObjectKey secret(String name) {
        return ObjectKey.of(ObjectKind.SECRET, NAMESPACE, name);
    }
}
