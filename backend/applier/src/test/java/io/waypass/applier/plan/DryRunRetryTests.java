package io.waypass.applier.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waypass.applier.SampleIdentity;
import io.waypass.applier.cluster.ApiServerRefused;
import io.waypass.applier.cluster.FakeClusterObjects;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.gateway.Placement;
import io.waypass.manifests.Manifest;
import io.waypass.manifests.ObjectKind;
import io.waypass.plan.PlanObject.Action;
import io.waypass.reconcile.PlanningStore.Waiting;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DryRunRetryTests {

    private static final String CAUSE = "A dry run that had no result has one now: what did not answer answers again.";

    private final FakeClusterObjects cluster = new FakeClusterObjects(SampleIdentity.NOW);
    private final FakePlanningStore store = new FakePlanningStore();
    private final DryRunRetry retry = new DryRunRetry(cluster, store);
    private final List<Manifest> manifests =
            SampleIdentity.manifests(SampleIdentity.spec(Placement.GATEWAY_NAMESPACE, 1));

    @BeforeEach
    void aWaitingRequest() {
        store.add(new Waiting(1, "req_1", "pln_1", Set.of(), Map.of(), true, Optional.empty()));
        planned(Action.CREATE);
    }

    @Test
    void aRequestIsPlannedAgainOnceEveryDryRunHasAResult() {
        retry.retry("req_1");

        assertThat(store.sentBack()).containsExactly(Map.entry("req_1", CAUSE));
    }

    @Test
    void aRefusalIsAResult() {
        cluster.refuseDryRun(rule(), "denied");

        retry.retry("req_1");

        assertThat(store.sentBack()).containsKey("req_1");
    }

    @Test
    void aDryRunWithoutAResultIsTriedAgainLater() {
        cluster.silenceWebhook(rule());

        assertThatThrownBy(() -> retry.retry("req_1")).isInstanceOf(ApiServerRefused.class);

        assertThat(store.sentBack()).isEmpty();
    }

    @Test
    void aRequestWhosePlanHasEveryResultIsLeftAlone() {
        store.untried.clear();

        retry.retry("req_1");

        assertThat(cluster.calls()).isEmpty();
        assertThat(store.sentBack()).isEmpty();
    }

    @Test
    void aRoleBindingThatIsNotThereYetIsNotTriedAsInThePlan() {
        retry.retry("req_1");

        assertThat(cluster.calls()).hasSize(manifests.size() - 1).noneMatch(call -> call.contains("RoleBinding"));
    }

    @ParameterizedTest
    @EnumSource(
            value = Action.class,
            names = {"DELETE", "CONFLICT", "UNKNOWN"})
    void whatThePlanWouldNotWriteIsNotTried(Action action) {
        planned(action);

        retry.retry("req_1");

        assertThat(cluster.calls()).isEmpty();
    }

    private void planned(Action action) {
        store.untried.put(
                "req_1",
                manifests.stream()
                        .map(manifest -> SampleIdentity.planned(manifest, action))
                        .toList());
    }

    private ObjectKey rule() {
        return manifests.stream()
                .filter(manifest -> manifest.kind().equals(ObjectKind.DESTINATION_RULE.kind()))
                .map(ObjectKey::of)
                .findFirst()
                .orElseThrow();
    }
}
