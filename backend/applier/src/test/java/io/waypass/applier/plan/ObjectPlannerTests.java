package io.waypass.applier.plan;

import static io.waypass.applier.SampleIdentity.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.applier.inventory.Inventory;
import io.waypass.applier.inventory.ReliedFacts;
import io.waypass.gateway.Placement;
import io.waypass.manifests.Manifest;
import io.waypass.plan.PlanCheck;
import io.waypass.plan.PlanObject;
import io.waypass.resource.ResourceKind;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the plans of all kinds of resources have in common; the rest of it is seen in {@link IdentityPlannerTests}. */
class ObjectPlannerTests {

    private final PlanScenario scenario = new PlanScenario();
    private final List<PlanCheck> found = new ArrayList<>();

    @ParameterizedTest
    @CsvSource({
        "IDENTITY, 'Secret DestinationRule ServiceEntry HTTPRoute AuthorizationPolicy'",
        "DESTINATION, AuthorizationPolicy",
        "GATEWAY, 'Role RoleBinding DestinationRule'"
    })
    void anObjectIsTheResourcesOwnIfItsOwnerIsOfThePlannedKind(ResourceKind kind, String owned) {
        scenario.placement = Placement.GATEWAY_NAMESPACE;

        assertThat(plan(kind, scenario.manifests()))
                .filteredOn(PlanObject::owned)
                .extracting(PlanObject::kind)
                .containsExactly(owned.split(" "));
    }

    @Test
    void theObstacleNamesTheKindOfResourceThatDoesNotOwnTheObject() {
        Manifest policy = scenario.manifests().getFirst();
        scenario.cluster.put("kubectl", policy.withoutMarks());

        plan(ResourceKind.DESTINATION, List.of(policy));

        assertThat(found)
                .extracting(PlanCheck::message)
                .anyMatch(message -> message.contains("that this destination does not own; kubectl wrote it"));
    }

    private List<PlanObject> plan(ResourceKind kind, List<Manifest> manifests) {
        Inventory inventory = new Inventory(scenario.cluster, scenario.istioNamespace, Clock.systemUTC());
        inventory.start();
        try {
            ObjectPlanner planner =
                    new ObjectPlanner(scenario.cluster, inventory, kind, Clock.fixed(NOW, ZoneOffset.UTC));
            ReliedFacts reliedFacts = planner.reliedFacts(manifests, List.of());
            return manifests.stream()
                    .map(manifest -> planner.plan(manifest, false, reliedFacts, found))
                    .toList();
        } finally {
            inventory.stop();
        }
    }
}
