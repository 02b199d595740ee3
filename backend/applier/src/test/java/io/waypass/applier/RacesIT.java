package io.waypass.applier;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.waypass.access.Person;
import io.waypass.app.App;
import io.waypass.applier.cluster.ApiServerAway;
import io.waypass.applier.cluster.KubernetesClusterObjects;
import io.waypass.applier.cluster.LiveObject;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.applier.cluster.Pace;
import io.waypass.applier.guardrail.CataloguePublisher;
import io.waypass.applier.inventory.Inventory;
import io.waypass.applier.plan.Planner;
import io.waypass.applier.reconcile.ApplyFailed;
import io.waypass.applier.reconcile.DesiredStateReconciler;
import io.waypass.certificate.CertificateIntake;
import io.waypass.certificate.CertificateSubmission;
import io.waypass.decision.RequestDecisions;
import io.waypass.reconcile.PlanningStore;
import io.waypass.refusal.Refusal;
import io.waypass.request.NewRequest;
import io.waypass.request.RequestKind;
import io.waypass.sealing.SealingKeyset;
import io.waypass.sealing.SealingKeysetFile;
import io.waypass.task.Fence;
import io.waypass.task.TaskQueue;
import io.waypass.testing.TestCertificateAuthority.Issued;
import io.waypass.testing.controlplane.ControlPlane;
import io.waypass.testing.junit.Form;
import io.waypass.testing.junit.LongForm;
import io.waypass.testing.junit.PatientWaits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * A team that submits and withdraws, two admins who decide on what they saw a while ago, a cluster and a catalogue that change, and two
 * appliers that are killed between any two writes: whatever the order, nothing is written that no decision covers, and an identity never
 * has two open requests. The order comes from a seed; {@code -Dwaypass.races=2000} runs more of them, {@code -Dwaypass.races.seed} one again.
 */
@LongForm
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RacesIT {

    private static final Person SECOND = new Person("second", "A second admin", Set.of(), true);
    private static final int CASES = Form.size("waypass.races", 6, 100);
    private static final long SEED = Long.getLong("waypass.races.seed", 20_261_123L);

    /** Every write of an applier is a step of its own, and is seen before it happens. */
    private final class Watched extends KubernetesClusterObjects {
        Watched(KubernetesClient client) {
            super(client, new Pace(1000, PatientWaits.PATIENCE), PatientWaits.PATIENCE);
        }

        @Override
        public void tryOut(ObjectNode desired) {
            Turns.step();
            super.tryOut(desired);
        }

        @Override
        public void write(ObjectKey key, byte[] object, Optional<LiveObject> seen, boolean force, boolean exactly) {
            covered(key, parsed(object));
            writes++;
            perhapsCrash();
            super.write(key, object, seen, force, exactly);
            perhapsCrash();
            Turns.step();
        }

        @Override
        public void remove(LiveObject seen, boolean exactly) {
            removals++;
            perhapsCrash();
            super.remove(seen, exactly);
            perhapsCrash();
            Turns.step();
        }

        private void perhapsCrash() {
            if (random.nextInt(16) == 0) {
                crashes++;
                throw new Turns.Crash();
            }
        }

        private JsonNode parsed(byte[] object) {
            try {
                return new ObjectMapper().readTree(object);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private Fixtures fixtures;
    private KubernetesClient client;
    private Inventory inventory;
    private PlanningStore work;
    private Planner planner;
    private DesiredStateReconciler reconciler;
    private Random random = new Random(SEED);
    private App app;
    private int writes;
    private int removals;
    private int overtaken;
    private int crashes;
    private int steps;
    private int applied;
    private int replanned;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        fixtures = new Fixtures(directory);
        try (ConfigurableApplicationContext _ = fixtures.applier()) {
            fixtures.awaitSealingKeyOf("sandbox");
        }
        fixtures.owner
                .sql(
                        "insert into person (subject, display_name, last_seen_at) values ('second', 'A second admin', now())")
                .update();
        client = ControlPlane.client(fixtures.kubeconfig);
        Watched cluster = new Watched(client);
        inventory = new Inventory(cluster, "", Clock.systemUTC());
        inventory.start();
        Clock clock = Clock.systemUTC();
        work = fixtures.stores.planning();
        SealingKeyset keyset = new SealingKeysetFile(fixtures.keysetFile).read();
        CertificateIntake intake = new CertificateIntake(clock);
        planner = new Planner(cluster, inventory, fixtures.stores.orphans(), keyset, intake, clock);
        reconciler = new DesiredStateReconciler(
                cluster,
                inventory,
                fixtures.stores.reconcile(),
                keyset,
                _ -> Optional.empty(),
                intake,
                new CataloguePublisher(cluster, List::of, Optional.empty()),
                clock,
                Duration.ZERO,
                "sandbox");
    }

    @AfterAll
    void stop() {
        inventory.stop();
        client.close();
        fixtures.close();
    }

    @Test
    void nothingIsAppliedThatNoDecisionCoversAndNoIdentityHasTwoOpenRequests() throws Exception {
        for (int number = 0; number < CASES; number++) {
            long seed = SEED + number;
            random = new Random(seed);
            try {
                play("race" + number);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("with -Dwaypass.races=1 -Dwaypass.races.seed=" + seed, e);
            }
        }
        System.out.printf(
                "Races: %d interleavings, %d steps, %d writes, %d removals, %d kills, %d times overtaken, %d times planned anew, %d requests applied%n",
                CASES, steps, writes, removals, crashes, overtaken, replanned, applied);
        if (Form.ofThisRun() == Form.LONG) {
            assertThat(List.of(writes, removals, crashes, overtaken, replanned, applied))
                    .as("something happened")
                    .doesNotContain(0);
        }
    }

    private void play(String name) throws InterruptedException {
        app = fixtures.app(name);
        approvals(1);
        Turns turns = new Turns(random);
        turns.actor("member", this::member);
        turns.actor("admin", () -> admin(Fixtures.ADMIN));
        turns.actor("second admin", () -> admin(SECOND));
        turns.actor("world", () -> world(name));
        turns.actor("applier", this::applier);
        turns.actor("second applier", this::applier);
        turns.run(this::atMostOneOpenRequest);
        steps += turns.steps();
        account(name);
        drain();
        atMostOneOpenRequest();
        atRest();
    }

    private void member() {
        for (int i = 0; i < 4; i++) {
            Turns.step();
            boolean exists = fixtures.requests.hasIdentity(Fixtures.MEMBER, app.publicId(), "nginx");
            if (exists && random.nextInt(2) == 0) {
                refusable(() -> fixtures.submitWithout(RequestKind.RETIRE_IDENTITY, app, "nginx"));
                continue;
            }
            Issued certificate = fixtures.certificate(app.name());
            refusable(() -> fixtures.submit.submit(
                    Fixtures.MEMBER,
                    new NewRequest.OfIdentity(
                            exists ? RequestKind.ROTATE_CERTIFICATE : RequestKind.CREATE_IDENTITY,
                            app.publicId(),
                            "nginx",
                            CertificateSubmission.of(
                                    certificate.chainPem(), certificate.keyPem(), fixtures.partner.certificatePem()),
                            "a race")));
            for (int pause = random.nextInt(12); pause > 0; pause--) {
                Turns.step();
            }
            if (random.nextInt(3) == 0) {
                latest().ifPresent(request ->
                        refusable(() -> fixtures.withdrawal.withdraw(Fixtures.MEMBER, request, "changed our mind")));
            }
        }
    }

    /** Looks, does something else for a while, and then decides on what it saw. */
    private void admin(Person person) {
        for (int i = 0; i < 7; i++) {
            Turns.step();
            Optional<RequestDecisions.Vote> vote = latest().flatMap(request -> fixtures.requests
                    .find(person, request)
                    .plan()
                    .map(plan -> new RequestDecisions.Vote(
                            request,
                            plan.digest(),
                            random.nextBoolean() ? Optional.of(plan.publicId()) : Optional.empty(),
                            random.nextInt(5) > 0,
                            "raced")));
            for (int pause = random.nextInt(6); pause > 0; pause--) {
                Turns.step();
            }
            vote.ifPresent(given -> refusable(() -> fixtures.decisions.decide(person, given)));
        }
    }

    /** What is neither the team's nor an admin's doing. */
    private void world(String name) {
        for (int i = 0; i < 5; i++) {
            Turns.step();
            switch (random.nextInt(4)) {
                case 0 -> approvals(random.nextInt(3) == 0 ? 2 : 1);
                case 1 -> account(random.nextInt(3) > 0 ? name : "");
                case 2 -> latest().ifPresent(fixtures.decisions::askPolicies);
                default ->
                    latest().flatMap(work::findWaiting).ifPresent(waiting -> {
                        if (work.replan(waiting, "Something changed.")) {
                            replanned++;
                        }
                    });
            }
        }
    }

    private void applier() {
        for (int i = 0; i < 12; i++) {
            Turns.step();
            List<String> tasks = tasks();
            if (!tasks.isEmpty()) {
                perform(tasks.get(random.nextInt(tasks.size())));
            }
        }
    }

    /** Does what the applier's task does, and takes the task away only if it came to its end. */
    private void perform(String task) {
        String instance = task.substring(task.indexOf(' ') + 1);
        try {
            if (task.startsWith("plan-")) {
                work.takeUp(TaskQueue.requestOf(instance)).ifPresent(job -> work.recordPlan(job, planner.plan(job)));
                fixtures.owner
                        .sql("delete from scheduled_tasks where task_name || ' ' || task_instance = :task")
                        .param("task", task)
                        .update();
            } else {
                Fence fence = fixtures.take(instance);
                putBack(fence, reconciler.reconcile(instance, fence));
            }
        } catch (Fence.Overtaken _) {
            overtaken++;
        } catch (Turns.Crash | ApplyFailed | ApiServerAway _) {
            // what it held is taken over
        }
    }

    private void putBack(Fence fence, Duration next) {
        fixtures.owner
                .sql("""
                        update scheduled_tasks set picked = false, picked_by = null, last_heartbeat = null, execution_time = :next,
                            consecutive_failures = 0, version = version + 1
                        where task_name = :task and task_instance = :instance and version = :version
                        """)
                .param("next", Timestamp.from(Instant.now().plus(next)))
                .param("task", fence.task())
                .param("instance", fence.instance())
                .param("version", fence.version())
                .update();
    }

    private void drain() {
        for (int round = 0; round < 200; round++) {
            List<String> tasks = tasks();
            if (tasks.isEmpty()) {
                return;
            }
            tasks.forEach(this::perform);
        }
        throw new AssertionError("work is left over: " + tasks());
    }

    private List<String> tasks() {
        return fixtures.owner
                // one that is held may be taken over: whoever holds it is dead, or frozen, or only slow
                .sql(
                        "select task_name || ' ' || task_instance from scheduled_tasks where picked or execution_time <= now() order by 1")
                .query(String.class)
                .list();
    }

    /** Nobody writes but for a request that is being applied, and whose present plan, of this digest, was approved. */
    private void covered(ObjectKey key, JsonNode object) {
        if (object.at("/metadata/annotations/waypass.io~1identity").isMissingNode()) {
            assertThat(key.name())
                    .as("what identities share")
                    .isIn("nginx-deny-without-identity", "istio-egress.egress-waypoint-waypass-catch-all");
            return;
        }
        String digest = object.at("/metadata/annotations/waypass.io~1digest").asText();
        String revision =
                object.at("/metadata/annotations/waypass.io~1revision").asText();
        assertThat(fixtures.owner
                        .sql("""
                                select r.status from request r join plan p on p.id = r.plan_id join resource rs on rs.id = r.resource_id join identity i on i.id = rs.id
                                where i.app_id = :app and r.revision = cast(:revision as integer) and p.digest = :digest and exists (
                                    select 1 from decision d where d.plan_id = p.id and d.verdict = 'approved' and d.plan_digest = p.digest)
                                    and not exists (select 1 from decision d where d.plan_id = p.id and d.verdict = 'rejected')
                                """)
                        .param("app", app.id())
                        .param("revision", revision)
                        .param("digest", digest)
                        .query(String.class)
                        .optional())
                .as("what covers %s of revision %s", object.path("kind").asText(), revision)
                .isPresent()
                .get()
                .isIn("applying", "failed", "superseded", "applied");
    }

    private void atMostOneOpenRequest() {
        assertThat(fixtures.owner
                        .sql("""
                                select count(*) from request r join resource rs on rs.id = r.resource_id join identity i on i.id = rs.id
                                where i.app_id = :app and r.status in ('planning', 'pending', 'approved', 'applying')
                                """)
                        .param("app", app.id())
                        .query(Long.class)
                        .single())
                .isLessThanOrEqualTo(1);
    }

    /** Once nobody does anything any more: nothing hangs, and what is in the cluster is what was applied last. */
    private void atRest() {
        assertThat(fixtures.owner
                        .sql("""
                                select r.status from request r join resource rs on rs.id = r.resource_id join identity i on i.id = rs.id where i.app_id = :app
                                """)
                        .param("app", app.id())
                        .query(String.class)
                        .list())
                .isSubsetOf("pending", "invalid", "rejected", "withdrawn", "applied", "superseded");
        assertThat(fixtures.owner
                        .sql("""
                                select r.public_id || ' is ' || r.status || ', ' || t.task from attempt t join request r on r.id = t.request_id
                                join resource rs on rs.id = r.resource_id join identity i on i.id = rs.id where i.app_id = :app and t.finished_at is null
                                """)
                        .param("app", app.id())
                        .query(String.class)
                        .list())
                .as("attempts that are said to run")
                .isEmpty();
        record Present(int revision, String digest) {}
        Optional<Present> last = fixtures.owner
                .sql("""
                        select r.revision, p.digest from identity i join resource rs on rs.id = i.id join request r on r.resource_id = i.id and r.revision = rs.applied_revision
                        join plan p on p.id = r.plan_id where i.app_id = :app
                        """)
                .param("app", app.id())
                .query((row, _) -> new Present(row.getInt("revision"), row.getString("digest")))
                .optional();
        List<Secret> secrets = fixtures.cluster.secrets().inNamespace("team-namespace").list().getItems().stream()
                .filter(secret -> secret.getMetadata().getName().startsWith(app.name() + "-client-mtls-secret"))
                .toList();
        boolean retired =
                fixtures.owner.sql("""
                                select count(*) from identity i join resource rs on rs.id = i.id
                                where i.app_id = :app and rs.retired_revision is not null
                                """).param("app", app.id()).query(Long.class).single() > 0;
        if (retired) {
            assertThat(secrets).as("what was retired last is gone").isEmpty();
        }
        if (last.isPresent()) {
            applied++;
            assertThat(secrets)
                    .as("without a grace, nothing is left of a certificate before")
                    .singleElement()
                    .extracting(secret -> secret.getMetadata().getAnnotations(), InstanceOfAssertFactories.MAP)
                    .containsEntry(
                            "waypass.io/revision", Integer.toString(last.get().revision()))
                    .containsEntry("waypass.io/digest", last.get().digest());
        }
        assertThat(fixtures.owner
                        .sql("""
                                select count(*) from identity i join resource rs on rs.id = i.id where i.app_id = :app and rs.desired_revision is distinct from rs.applied_revision
                                """)
                        .param("app", app.id())
                        .query(Long.class)
                        .single())
                .as("what is desired is applied")
                .isZero();
    }

    private Optional<String> latest() {
        return fixtures.owner
                .sql("""
                        select r.public_id from request r join resource rs on rs.id = r.resource_id join identity i on i.id = rs.id where i.app_id = :app order by r.id desc limit 1
                        """)
                .param("app", app.id())
                .query(String.class)
                .optional();
    }

    private void approvals(int needed) {
        fixtures.approvalQuorums.require(Fixtures.ADMIN, "nginx", needed);
    }

    /** Gives the app its service account, or takes it away. */
    private void account(String name) {
        if (name.isEmpty()) {
            fixtures.cluster
                    .serviceAccounts()
                    .inNamespace("team-namespace")
                    .withName(app.name())
                    .delete();
            return;
        }
        fixtures.cluster
                .resource(new ServiceAccountBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace("team-namespace")
                        .endMetadata()
                        .build())
                .serverSideApply();
    }

    private static void refusable(Runnable step) {
        try {
            step.run();
        } catch (Refusal _) {
            // a clear no is what most of these deserve
        }
    }
}
