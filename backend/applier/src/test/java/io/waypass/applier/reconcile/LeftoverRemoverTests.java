package io.waypass.applier.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waypass.applier.SampleIdentity;
import io.waypass.applier.cluster.ApiServerAway;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.manifests.Manifest;
import io.waypass.manifests.ObjectKind;
import io.waypass.plan.PlanObject.Action;
import io.waypass.reconcile.ReconcileStore.Goal;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LeftoverRemoverTests {

    private final Scenario scenario = new Scenario();
    private final List<Manifest> written = scenario.own();

    @BeforeEach
    void anApprovalThatNoLongerStandsLeftObjects() {
        scenario.goal = Goal.CLEAR;
        scenario.leftovers = Collections.unmodifiableList(written.stream()
                .map(manifest -> SampleIdentity.planned(manifest, Action.CREATE))
                .toList());
        written.forEach(scenario.cluster::put);
    }

    @Test
    void theWayInGoesFirstWhateverTheOrderInTheDatabase() {
        Duration next = scenario.reconcile();

        assertThat(scenario.cluster.calls())
                .extracting(call -> call.split(" ")[1])
                .containsExactly("AuthorizationPolicy", "HTTPRoute", "ServiceEntry", "DestinationRule", "Secret");
        assertThat(scenario.store.outcomes).containsExactly("observed");
        assertThat(scenario.store.observation.orElseThrow().objects()).isEmpty();
        assertThat(next).isEqualTo(Reconciliation.NEVER);
    }

    @Test
    void whatIsGoneAlreadyIsNoTrouble() {
        written.stream().map(ObjectKey::of).forEach(scenario.cluster::delete);

        scenario.reconcile();

        assertThat(scenario.cluster.calls()).isEmpty();
        assertThat(scenario.store.outcomes).containsExactly("observed");
    }

    @Test
    void anObjectThatCannotBeReadStopsTheRemoval() {
        scenario.cluster.refuseReading(key(ObjectKind.HTTP_ROUTE), "no right");

        assertThatThrownBy(scenario::reconcile)
                .isInstanceOf(ApplyFailed.class)
                .hasMessage("The API server refused: “no right”.");

        assertThat(scenario.cluster.calls()).containsExactly("remove " + key(ObjectKind.AUTHORIZATION_POLICY));
        assertThat(scenario.store.outcomes).containsExactly("observed");
    }

    @Test
    void anotherIdentitysObjectStays() {
        scenario.cluster.delete(key(ObjectKind.SECRET));
        scenario.cluster.put("waypass", """
                {"apiVersion": "v1", "kind": "Secret", "metadata": {"namespace": "%s", "name": "%s",
                 "labels": {"app.kubernetes.io/managed-by": "waypass"}, "annotations": {"waypass.io/identity": "idn_other"}}}
                """.formatted(
                key(ObjectKind.SECRET).namespace(), key(ObjectKind.SECRET).name()));

        scenario.reconcile();

        assertThat(scenario.cluster.has(key(ObjectKind.SECRET))).isTrue();
    }

    @Test
    void whatWasChangedInBetweenIsReadAnew() {
        int[] changes = {1};
        scenario.cluster.beforeWrite(() -> {
            if (changes[0]-- > 0) {
                scenario.cluster.report(key(ObjectKind.AUTHORIZATION_POLICY), object -> object.putObject("status"));
            }
        });

        scenario.reconcile();

        assertThat(scenario.store.rounds).isEqualTo(2);
        assertThat(scenario.store.outcomes).containsExactly("observed");
    }

    @Test
    void anApiServerThatDoesNotAnswerKeepsWhatIsLeftForLater() {
        scenario.cluster.beforeRead(() -> {
            throw new ApiServerAway("no answer");
        });

        assertThatThrownBy(scenario::reconcile).isInstanceOf(ApiServerAway.class);

        assertThat(scenario.store.outcomes)
                .containsExactly("waits: The API server of cluster sandbox does not answer (no answer)."
                        + " Nothing is lost; it is tried again every few seconds.");
    }

    @Test
    void anIdentityWithoutAJobIsLeftAlone() {
        scenario.store.job = Optional::empty;

        assertThat(scenario.reconcile()).isEqualTo(Reconciliation.NEVER);
        assertThat(scenario.store.outcomes).isEmpty();
    }

    private ObjectKey key(ObjectKind kind) {
        return scenario.own(kind);
    }
}
