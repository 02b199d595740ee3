package io.waypass.applier.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.applier.SampleIdentity;
import io.waypass.applier.cluster.ClusterObjects;
import io.waypass.applier.cluster.FakeClusterObjects;
import io.waypass.applier.cluster.LiveObject;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.manifests.ObjectKind;
import io.waypass.manifests.ObjectKind.Watch;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class InventoryTests {

    private static final String ENTRY = """
            {"apiVersion": "networking.istio.io/v1", "kind": "ServiceEntry", "metadata": {"namespace": "n", "name": "%s"},
             "spec": {"hosts": ["%s"]}}
            """;

    private final FakeClusterObjects cluster = new FakeClusterObjects(SampleIdentity.NOW);
    private final Inventory inventory = new Inventory(cluster, "istio-system", Clock.systemUTC());

    @Test
    void everyKindOfWhichPlansNeedFactsIsWatchedInTheWholeMesh() {
        inventory.start();

        assertThat(cluster.watches())
                .contains("Deployment with app=istiod in istio-system")
                .contains("Deployment with gateway.networking.k8s.io/gateway-name")
                .contains("Lease in istio-system")
                .contains("CustomResourceDefinition")
                .filteredOn(watch -> !watch.startsWith("Deployment") && !watch.startsWith("Lease"))
                .filteredOn(watch -> !watch.equals("CustomResourceDefinition"))
                .containsExactlyInAnyOrderElementsOf(ObjectKind.watched(Watch.WHOLE_MESH).stream()
                        .map(ObjectKind::kind)
                        .toList())
                .noneMatch(watch -> watch.contains(ClusterObjects.OURS));
    }

    @Test
    void whereIstiodIsNotCheckedItIsNotWatched() {
        new Inventory(cluster, "", Clock.systemUTC()).start();

        assertThat(cluster.watches())
                .noneMatch(watch -> watch.contains("istio")
                        && (watch.startsWith("Deployment with app") || watch.startsWith("Lease")));
    }

    @ParameterizedTest
    @EnumSource(ObjectKind.class)
    void aKindThatMayNotBeWatchedIsSaidToBeUnknown(ObjectKind kind) {
        cluster.refuseWatching(kind.kind(), "may not");
        inventory.start();

        // XBackends are watched once there is their definition
        boolean watchedHere =
                kind.watch() != Watch.BY_LABEL && kind.watch() != Watch.NEVER && kind != ObjectKind.X_BACKEND;
        assertThat(inventory.unwatched(kind.kind() + "/"))
                .hasValue(watchedHere ? "may not" : "The applier does not watch " + kind.kind() + "s.");
    }

    @Test
    void aFactThatChangesIsTold() {
        Set<String> changed = new HashSet<>();
        inventory.onChange(changed::addAll);
        inventory.start();

        cluster.put("somebody", ENTRY.formatted("a", "one.example"));

        assertThat(changed).contains("host/one.example", "ServiceEntry/n/a");
    }

    @Test
    void anotherClaimOnAHostIsAChangeAndOneOfTheOwnIsNot() {
        inventory.start();
        cluster.put("somebody", ENTRY.formatted("a", "one.example"));

        assertThat(inventory.changes(Map.of("host/one.example", "absent"), Set.of()))
                .containsExactly("The ServiceEntries that claim one.example have changed.");
        assertThat(inventory.changes(Map.of("host/one.example", "absent"), Set.of("ServiceEntry n/a")))
                .isEmpty();
    }

    @Test
    void aClaimThatGoesIsAChange() {
        cluster.put("somebody", ENTRY.formatted("a", "one.example"));
        inventory.start();
        ReliedFacts relied = inventory.reliedFacts(Set.of());
        relied.of(Fact.host("one.example"));
        assertThat(inventory.changes(relied.relied(), Set.of())).isEmpty();

        cluster.delete(ObjectKey.of(ObjectKind.SERVICE_ENTRY, "n", "a"));

        assertThat(inventory.changes(relied.relied(), Set.of())).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            host/h                | The ServiceEntries that claim h can be seen now.
            routes/e#p            | The HTTPRoutes that take the app's calls can be seen now.
            rules/h               | The DestinationRules for h can be seen now.
            wildcard-rules/n      | The DestinationRules in n for hosts with an asterisk can be seen now.
            credential/s          | The DestinationRules that present s can be seen now.
            principal-header/n    | The EnvoyFilters in n that set the principal's header can be seen now.
            istiod                | What istiod permits can be seen now.
            istiod/flavour        | The flavour of istiod can be seen now.
            object/HTTPRoute/n/r  | HTTPRoute n/r can be seen now.
            Namespace/            | Namespaces can be seen now.
            """)
    void whatCouldNotBeSeenAndCanNowIsAChange(String fact, String sentence) {
        inventory.start();

        assertThat(inventory.changes(Map.of(fact, ReliedFacts.UNSEEN), Set.of()))
                .containsExactly(sentence);
    }

    @Test
    void whatCannotBeSeenNowIsNoChangeButAReasonToWait() {
        cluster.refuseWatching("ServiceEntry", "may not");
        inventory.start();

        assertThat(inventory.changes(Map.of("host/h", "ServiceEntry n/a: there"), Set.of()))
                .isEmpty();
        assertThat(inventory.unwatchedFor(Map.of("host/h", "absent"))).hasValue("may not");
        assertThat(inventory.unwatchedFor(Map.of("host/h", ReliedFacts.UNSEEN))).isEmpty();
    }

    @Test
    void objectsAreShownToWhoeverKeepsThem() {
        List<String> shown = new ArrayList<>();
        inventory.onObject(new Inventory.ObjectListener() {
            @Override
            public void seen(LiveObject object) {
                shown.add("seen " + object);
            }

            @Override
            public void gone(ObjectKey object) {
                shown.add("gone " + object);
            }
        });
        inventory.start();

        cluster.put("somebody", ENTRY.formatted("a", "one.example"));
        cluster.delete(ObjectKey.of(ObjectKind.SERVICE_ENTRY, "n", "a"));

        assertThat(shown).containsExactly("seen ServiceEntry n/a", "gone ServiceEntry n/a");
    }
}
