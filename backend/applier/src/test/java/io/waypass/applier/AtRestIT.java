package io.waypass.applier;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.waypass.app.App;
import io.waypass.plan.PlanObject;
import io.waypass.request.RequestStatus;
import io.waypass.testing.controlplane.Call;
import io.waypass.testing.controlplane.FaultProxy;
import io.waypass.testing.junit.Form;
import io.waypass.testing.junit.LongForm;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * An applier of many identities that are all in sync costs the API server its watches and nothing else, and whatever was done while no
 * applier ran is found at the start. {@code -Dwaypass.rest.identities=10000 -Dwaypass.rest.signs-of-life=60} checks more of them for
 * longer: an applier gives a sign of life every five seconds.
 */
@LongForm
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AtRestIT {

    private static final int IDENTITIES = Form.size("waypass.rest.identities", 200, 2_000);
    private static final int SIGNS_OF_LIFE = Form.size("waypass.rest.signs-of-life", 2, 24);

    private Fixtures fixtures;
    private FaultProxy proxy;
    private Crowd crowd;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        fixtures = new Fixtures(directory);
        fixtures.rights.letSeeIstiod();
        proxy = FaultProxy.start(fixtures.kubeconfig, directory.resolve("proxy"));
        try (ConfigurableApplicationContext _ = fixtures.applier()) {
            crowd = new Crowd(fixtures);
        }
        Instant begin = Instant.now();
        crowd.grow(IDENTITIES - 1);
        System.out.printf(
                "At rest: %d identities made in %d ms%n",
                IDENTITIES, Duration.between(begin, Instant.now()).toMillis());
    }

    @AfterAll
    void stop() {
        proxy.close();
        fixtures.close();
    }

    @BeforeEach
    void forgetWhatWasCalled() {
        proxy.clear();
    }

    @Test
    void atRestNothingIsListedOrReadOrWritten() {
        started().close();
        proxy.clear();
        Instant begin = Instant.now();
        try (ConfigurableApplicationContext _ = started()) {
            System.out.printf(
                    "At rest: started and everything of %d identities seen after %d ms, with %d calls%n",
                    IDENTITIES,
                    Duration.between(begin, Instant.now()).toMillis(),
                    proxy.calls().size());
            assertThat(proxy.writes())
                    .as("writes of a start with everything in sync")
                    .isEmpty();
            assertThat(proxy.calls())
                    .as("objects read one by one at a start with everything in sync")
                    .allMatch(call -> call.name().isEmpty());
            long before = heap();
            proxy.clear();

            for (int sign = 0; sign < SIGNS_OF_LIFE; sign++) {
                awaitSignOfLife();
                assertThat(proxy.calls()).as("calls at rest").allMatch(Call::watch);
            }

            System.out.printf(
                    "At rest: %d calls during %d signs of life, none but watches made anew; heap after collection %d MiB, then %d MiB%n",
                    proxy.calls().size(), SIGNS_OF_LIFE, before, heap());
        }
    }

    @Test
    void aRestartWithEverythingInSyncTakesUpNewWorkAtOnce() {
        String request;
        try (ConfigurableApplicationContext _ = started()) {
            App app = fixtures.app("newcomer");
            request = fixtures.submit(app, fixtures.certificate("newcomer"));
            fixtures.await(request, RequestStatus.PENDING);
        }
        fixtures.approve(request);
        Instant begin = Instant.now();
        // not through the proxy, which reads every list as well
        try (ConfigurableApplicationContext _ = fixtures.applier()) {
            Instant up = Instant.now();
            fixtures.await(request, RequestStatus.APPLIED);
            Instant applied = Instant.now();
            System.out.printf(
                    "At rest: restarted with %d identities in sync; first new work applied %d ms after the applier was up, %d ms after its start%n",
                    IDENTITIES,
                    Duration.between(up, applied).toMillis(),
                    Duration.between(begin, applied).toMillis());
        }
    }

    @Test
    void whatWasDeletedOrChangedWhileNoApplierRanIsRestoredAfterTheStart() {
        PlanObject deleted = crowd.object(IDENTITIES / 2, "HTTPRoute");
        PlanObject deletedSecret = crowd.object(0, "Secret");
        PlanObject changed = crowd.object(IDENTITIES / 3, "DestinationRule");
        PlanObject changedDoor = crowd.object(0, "AuthorizationPolicy");
        live(deleted).delete();
        live(deletedSecret).delete();
        patch(changed, "{\"spec\":{\"trafficPolicy\":{\"tls\":{\"mode\":\"DISABLE\"}}}}");
        patch(changedDoor, "{\"spec\":{\"rules\":[{}]}}");
        Instant begin = Instant.now();
        try (ConfigurableApplicationContext _ = fixtures.applier(proxy.kubeconfig())) {
            for (PlanObject object : List.of(deleted, deletedSecret, changed, changedDoor)) {
                Awaitility.await(object.kind() + " " + object.name())
                        .pollInterval(Duration.ofMillis(50))
                        .until(() -> asApproved(object));
            }
            System.out.printf(
                    "At rest: two objects deleted and two changed among those of %d identities while no applier ran; all four restored"
                            + " %d ms after its start%n",
                    IDENTITIES, Duration.between(begin, Instant.now()).toMillis());
            awaitWatch(begin);
            assertThat(proxy.writes())
                    .extracting(Call::name)
                    .containsExactlyInAnyOrder(
                            deleted.name(), deletedSecret.name(), changed.name(), changedDoor.name());
        }
    }

    /** An applier that has seen everything, and held it against what was seen last. */
    private ConfigurableApplicationContext started() {
        Instant begin = Instant.now();
        ConfigurableApplicationContext applier = fixtures.applier(proxy.kubeconfig());
        awaitWatch(begin);
        return applier;
    }

    private void awaitWatch(Instant since) {
        Awaitility.await("everything is seen")
                .until(() -> fixtures.owner
                                .sql("""
                                select count(*) from cluster_watch s join cluster c on c.id = s.cluster_id
                                where c.name = 'sandbox' and s.unwatched is null and s.seen_at > cast(:since as timestamptz)
                                    and not exists (select 1 from scheduled_tasks where picked or execution_time <= now())
                                """)
                                .param("since", since.toString())
                                .query(Integer.class)
                                .single()
                        == 1);
    }

    private void awaitSignOfLife() {
        String last = seenAt();
        Awaitility.await("a sign of life").until(() -> !seenAt().equals(last));
    }

    private String seenAt() {
        return fixtures.owner
                .sql(
                        "select cast(s.seen_at as text) from cluster_watch s join cluster c on c.id = s.cluster_id where c.name = 'sandbox'")
                .query(String.class)
                .single();
    }

    private static long heap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() >> 20;
    }

    private boolean asApproved(PlanObject object) {
        GenericKubernetesResource found = live(object).get();
        return found != null
                && found.getMetadata().getDeletionTimestamp() == null
                && found.getMetadata().getManagedFields().stream()
                        .noneMatch(entry -> entry.getManager().equals("meddler"));
    }

    private Resource<GenericKubernetesResource> live(PlanObject object) {
        return fixtures.cluster
                .genericKubernetesResources(object.apiVersion(), object.kind())
                .inNamespace(object.namespace())
                .withName(object.name());
    }

    private void patch(PlanObject object, String merge) {
        live(object)
                .patch(
                        new PatchContext.Builder()
                                .withPatchType(PatchType.JSON_MERGE)
                                .withFieldManager("meddler")
                                .build(),
                        merge);
    }
}
