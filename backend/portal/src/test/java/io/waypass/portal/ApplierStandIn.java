package io.waypass.portal;

import io.waypass.cluster.Clusters;
import io.waypass.cluster.LabelledObject;
import io.waypass.cluster.OrphanRemovalObject;
import io.waypass.cluster.OrphanRemovals;
import io.waypass.cluster.OrphanStore;
import io.waypass.cluster.RemovalOutcome;
import io.waypass.fingerprint.CertificateFingerprints;
import io.waypass.plan.CheckCode;
import io.waypass.plan.NewPlan;
import io.waypass.plan.PlanCheck;
import io.waypass.plan.PlanObject;
import io.waypass.reconcile.ApplierRepositories;
import io.waypass.reconcile.OrphanRemovalStore;
import io.waypass.reconcile.PlanJob;
import io.waypass.reconcile.PlanningStore;
import io.waypass.reconcile.ReconcileStore;
import io.waypass.resource.Condition;
import io.waypass.resource.ObjectPlace;
import io.waypass.resource.Observation;
import io.waypass.resource.ObservedObject;
import io.waypass.sealing.SealingKeyset;
import io.waypass.sealing.SealingKeysets;
import io.waypass.task.Fence;
import io.waypass.testing.PostgresServer.TestDatabase;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import tools.jackson.databind.json.JsonMapper;

/**
 * What an applier does to the database, through its own stores and in its own database role: no applier runs in these
 * tests.
 */
public final class ApplierStandIn {

    private final JdbcClient owner;
    private final JdbcClient jdbc;
    private final PlanningStore planning;
    private final ReconcileStore reconciling;
    private final OrphanStore orphans;
    private final OrphanRemovalStore removals;
    private final Clusters clusters;
    private final SealingKeysets sealingKeysets;

    ApplierStandIn(TestDatabase database) {
        DataSource source = database.applier();
        owner = JdbcClient.create(database.owner());
        jdbc = JdbcClient.create(source);
        ApplierRepositories repositories = ApplierRepositories.of(
                source, new DataSourceTransactionManager(source), JsonMapper.shared(), Clock.systemUTC(), "sandbox");
        planning = repositories.planning();
        reconciling = repositories.reconcile();
        orphans = repositories.orphans();
        removals = repositories.orphanRemovals();
        clusters = repositories.clusters();
        sealingKeysets = repositories.sealingKeysets();
    }

    /** Publishes a sealing keyset, without which nothing can be submitted. */
    void publishSealingKeyset() {
        sealingKeysets.publish(
                clusters.find("sandbox").orElseThrow(),
                Optional.empty(),
                SealingKeyset.generate().publicKeyset());
    }

    /** Plans a request whose checks pass, and gives the plan's digest. */
    public String plan(String request) {
        return plan(request, List.of(CheckCode.NAMESPACE_EXISTS.passed("It exists.")));
    }

    /** Plans a request with these checks, and gives the plan's digest. */
    public String plan(String request, List<PlanCheck> checks) {
        PlanJob job = planning.takeUp(request).orElseThrow();
        String digest = "sha256:" + "0".repeat(60) + String.format("%04x", request.hashCode() & 0xffff);
        planning.recordPlan(
                job,
                new NewPlan(
                        digest,
                        checks,
                        List.of(new PlanObject(
                                "v1",
                                "Secret",
                                "namespace-one",
                                "app1-client-mtls-secret",
                                PlanObject.Action.CREATE,
                                "+kind: Secret\n",
                                "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"app1-client-mtls-secret\",\"namespace\":\"namespace-one\"}}",
                                true)),
                        Map.of("Namespace/namespace-one", "Namespace namespace-one: there"),
                        Duration.ofMillis(12)));
        return digest;
    }

    /** Sends a waiting request back to planning, as when something that its plan relied on has changed. */
    public void replan(String request, String cause) {
        planning.replan(planning.findWaiting(request).orElseThrow(), cause);
    }

    /** Applies an approved request, and observes every condition as true. */
    public void apply(String request) {
        applied(
                request,
                new Observation(
                        Arrays.stream(Condition.Type.values())
                                .filter(type -> type != Condition.Type.READY)
                                .map(type -> new Observation.ObservedCondition(
                                        type, Condition.Status.TRUE, "Seen", "It is so."))
                                .toList(),
                        List.of(new ObservedObject(
                                "v1",
                                "Secret",
                                "namespace-one",
                                "app1-client-mtls-secret",
                                ObservedObject.State.AS_APPROVED,
                                Optional.empty(),
                                Optional.empty(),
                                Instant.now(),
                                Optional.of(new CertificateFingerprints("sha256:0", "sha256:1", "sha256:2"))))));
    }

    /** Plans a retirement: the Secret goes, a shared object stays. */
    public void planRetirement(String request) {
        PlanJob job = planning.takeUp(request).orElseThrow();
        planning.recordPlan(
                job,
                new NewPlan(
                        "sha256:" + "d".repeat(64),
                        List.of(CheckCode.NAMESPACE_EXISTS.passed("It exists.")),
                        List.of(
                                new PlanObject(
                                        "security.istio.io/v1",
                                        "AuthorizationPolicy",
                                        "istio-egress",
                                        "shared",
                                        PlanObject.Action.UNCHANGED,
                                        "",
                                        "{\"kind\": \"AuthorizationPolicy\"}",
                                        false),
                                new PlanObject(
                                        "v1",
                                        "Secret",
                                        "namespace-one",
                                        "app1-client-mtls-secret",
                                        PlanObject.Action.DELETE,
                                        "-kind: Secret\n",
                                        "{\"kind\": \"Secret\"}",
                                        true)),
                        Map.of("Namespace/namespace-one", "Namespace namespace-one: there"),
                        Duration.ofMillis(5)));
    }

    public void applyRetirement(String request) {
        applied(request, new Observation(List.of(), List.of()));
    }

    /**
     * Reports that the cluster is watched, and goes on to be for ten minutes: a report counts for half a minute, and a test may
     * take longer.
     */
    public void watched() {
        reconciling.recordWatch(Optional.empty());
        seen(Duration.ofMinutes(10));
    }

    /** Reports that the cluster is watched in part, and what is not. */
    public void watched(String unwatched) {
        reconciling.recordWatch(Optional.of(unwatched));
        seen(Duration.ofMinutes(10));
    }

    /** As if the last report that the cluster is watched were that old. */
    public void unwatchedFor(Duration duration) {
        seen(duration.negated());
    }

    /** Records that something happened to an identity's Secret in the cluster. */
    public void event(String identity, String type, String manager, String detail, int count) {
        jdbc.sql("""
                insert into resource_event (resource_id, type, kind, namespace, name, manager, detail, count, first_at, last_at)
                select id, :type, 'Secret', 'namespace-one', 'app1-client-mtls-secret', :manager, :detail, :count,
                    now() - interval '1 hour', now() from resource where public_id = :identity
                """)
                .param("identity", identity)
                .param("type", type)
                .param("manager", manager)
                .param("detail", detail)
                .param("count", count)
                .update();
    }

    /** Sees a Secret with Waypass's label that names no identity, and gives its UID. */
    public String orphan(String name) {
        orphans.recordSeen(List.of(new LabelledObject(
                "v1",
                new ObjectPlace("Secret", "namespace-one", name),
                "uid-of-" + name,
                "1",
                Optional.empty(),
                Optional.empty(),
                "kubectl")));
        return "uid-of-" + name;
    }

    /** Plans a removal of orphans: what still is one goes. Gives the plan's digest. */
    public String planRemoval(String request) {
        PlanJob.OfOrphans job = (PlanJob.OfOrphans) planning.takeUp(request).orElseThrow();
        List<PlanObject> goes = job.objects().stream()
                .filter(OrphanRemovalObject::orphan)
                .map(ApplierStandIn::deletion)
                .toList();
        String digest = "sha256:" + "e".repeat(60) + String.format("%04x", request.hashCode() & 0xffff);
        CheckCode check = goes.isEmpty() ? CheckCode.ORPHANS_LEFT : CheckCode.ORPHANS_UNCLAIMED;
        planning.recordPlan(
                job,
                new NewPlan(
                        digest,
                        List.of(
                                goes.isEmpty()
                                        ? check.failed("Nothing on the list is an orphan any more.", "Ask for others.")
                                        : goes.size() == job.objects().size()
                                                ? check.passed("Every object is an orphan.")
                                                : check.warning("One is claimed by now.", "It is left alone.")),
                        goes,
                        Map.of(),
                        Duration.ofMillis(5)));
        return digest;
    }

    private static PlanObject deletion(OrphanRemovalObject object) {
        return new PlanObject(
                object.apiVersion(),
                object.place().kind(),
                object.place().namespace(),
                object.place().name(),
                PlanObject.Action.DELETE,
                "-kind: " + object.place().kind() + "\n",
                "{\"apiVersion\":\"%s\",\"kind\":\"%s\",\"metadata\":{\"name\":\"%s\",\"namespace\":\"%s\"}}"
                        .formatted(
                                object.apiVersion(),
                                object.place().kind(),
                                object.place().name(),
                                object.place().namespace()),
                false);
    }

    /** Says what became of the first objects of an approved removal, in the order of its list. */
    public void removed(String request, RemovalOutcome... outcomes) {
        reconcile(request, (resource, fence) -> {
            OrphanRemovalStore.Job job = removal(request, resource, fence);
            removals.recordRemoved(
                    job,
                    fence,
                    IntStream.range(0, outcomes.length)
                            .mapToObj(position -> new OrphanRemovals.Removed(
                                    position,
                                    outcomes[position],
                                    outcomes[position] == RemovalOutcome.KEPT
                                            ? Optional.of("It is somebody’s by now.")
                                            : Optional.empty()))
                            .toList());
        });
    }

    /** The cluster refuses an approved removal. */
    public void removalFails(String request, String message) {
        reconcile(
                request,
                (resource, fence) -> removals.recordFailure(removal(request, resource, fence), fence, message));
    }

    /** {@return the requests of approved removals that an applier would take up} */
    public List<String> removals() {
        List<String> found = new ArrayList<>();
        String cluster = owner.sql("select public_id from resource where kind = 'cluster'")
                .query(String.class)
                .single();
        if (owner.sql("select exists (select 1 from scheduled_tasks where task_instance = :cluster)")
                .param("cluster", cluster)
                .query(Boolean.class)
                .single()) {
            reconcileResource(
                    cluster, fence -> removals.takeUp(cluster, fence).forEach(job -> found.add(job.request())));
        }
        return found;
    }

    private OrphanRemovalStore.Job removal(String request, String resource, Fence fence) {
        return removals.takeUp(resource, fence).stream()
                .filter(job -> job.request().equals(request))
                .findFirst()
                .orElseThrow();
    }

    private void applied(String request, Observation observation) {
        reconcile(
                request,
                (resource, fence) -> reconciling.recordApplied(
                        reconciling.takeUp(resource, fence).orElseThrow(), fence, observation, List.of()));
    }

    /** Takes the task of the resource that a request is about, and gives it back afterwards. */
    private void reconcile(String request, BiConsumer<String, Fence> work) {
        String resource =
                owner.sql("""
                select rs.public_id from request r join resource rs on rs.id = r.resource_id where r.public_id = :request
                """).param("request", request).query(String.class).single();
        reconcileResource(resource, fence -> work.accept(resource, fence));
    }

    private void reconcileResource(String resource, Consumer<Fence> work) {
        long version =
                owner.sql("""
                update scheduled_tasks set picked = true, version = version + 1
                where task_name = 'reconcile-sandbox' and task_instance = :resource returning version
                """).param("resource", resource).query(Long.class).single();
        work.accept(new Fence("reconcile-sandbox", resource, version));
        owner.sql("update scheduled_tasks set picked = false where task_instance = :resource")
                .param("resource", resource)
                .update();
    }

    private void seen(Duration fromNow) {
        owner.sql("update cluster_watch set seen_at = now() + make_interval(secs => :seconds)")
                .param("seconds", fromNow.toSeconds())
                .update();
    }
}
