package io.waypass.applier;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.waypass.app.App;
import io.waypass.certificate.CertificateSubmission;
import io.waypass.decision.RequestDecisions;
import io.waypass.plan.Plan;
import io.waypass.plan.PlanObject;
import io.waypass.refusal.Refusal;
import io.waypass.request.NewRequest;
import io.waypass.request.RequestKind;
import io.waypass.testing.TestCertificateAuthority.Issued;
import io.waypass.testing.junit.PatientWaits;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * A team that asks for new identities and new certificates on and on, an admin who approves them, and somebody else who writes to what is
 * applied, all at once, until a test has seen enough. Whoever of them meets an outage comes back later, as people do. In the end it says
 * whether anything was lost or done twice.
 */
final class Load implements AutoCloseable {

    private static final Duration ASKS_EVERY = Duration.ofMillis(120);
    private static final Duration MEDDLES_EVERY = Duration.ofMillis(150);
    private static final Duration LOOKS_EVERY = Duration.ofMillis(20);
    private static final int REVISIONS = 4;

    /** The fifth time in a row that an object is restored makes it contested. */
    private static final int CHANGES_OF_AN_OBJECT = 4;

    private static final List<String> OWN_KINDS =
            List.of("Secret", "DestinationRule", "ServiceEntry", "HTTPRoute", "AuthorizationPolicy");

    /** Where the newest request of an app stands; revision 0 if there is none. */
    private record Standing(String app, int revision, String request, String status, boolean applied) {
        boolean free() {
            return revision == 0 || status.equals("applied") || status.equals("invalid");
        }
    }

    private final Fixtures fixtures;
    private final String prefix;
    private final List<App> apps;
    private final Random random;
    private final KubernetesClient cluster;
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(2);
    private final Map<String, List<PlanObject>> plans = new ConcurrentHashMap<>();
    private final Map<String, Integer> changed = new HashMap<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final AtomicInteger refusals = new AtomicInteger();
    private final AtomicInteger databaseErrors = new AtomicInteger();
    private final AtomicInteger changes = new AtomicInteger();
    private volatile Set<String> applied = Set.of();
    private volatile boolean asking = true;
    private long nextAsk = System.nanoTime();
    private int turn;

    /**
     * Makes the apps; nobody asks before {@link #begin}.
     *
     * @param prefix of their names
     * @param count how many
     * @param seed of who meddles with what
     */
    Load(Fixtures fixtures, String prefix, int count, long seed) {
        this.fixtures = fixtures;
        this.prefix = prefix;
        this.random = new Random(seed);
        apps = IntStream.range(0, count)
                .mapToObj(i -> fixtures.app(prefix + "%02d".formatted(i)))
                .toList();
        cluster = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(fixtures.cluster.getConfiguration())
                        .withRequestRetryBackoffLimit(0)
                        .withRequestTimeout(2_000)
                        .withConnectionTimeout(1_000)
                        .build())
                .build();
    }

    Load begin() {
        threads.scheduleWithFixedDelay(guarded(this::askAndApprove), 0, LOOKS_EVERY.toMillis(), TimeUnit.MILLISECONDS);
        threads.scheduleWithFixedDelay(guarded(this::meddle), 0, MEDDLES_EVERY.toMillis(), TimeUnit.MILLISECONDS);
        return this;
    }

    private Runnable guarded(Runnable step) {
        return () -> {
            try {
                step.run();
            } catch (Refusal _) {
                // somebody was faster, such as a plan that is made anew: tried again
                refusals.incrementAndGet();
            } catch (DataAccessException | TransactionException _) {
                databaseErrors.incrementAndGet();
            } catch (Throwable e) {
                failure.compareAndSet(null, e);
            }
        };
    }

    private void askAndApprove() {
        Map<String, Standing> standings = standings();
        applied = standings.values().stream()
                .filter(Standing::applied)
                .map(Standing::app)
                .collect(Collectors.toSet());
        for (Standing standing : standings.values()) {
            if (standing.status().equals("pending")) {
                approve(standing);
            }
        }
        if (asking && System.nanoTime() - nextAsk >= 0) {
            for (int i = 0; i < apps.size(); i++) {
                App app = apps.get(turn++ % apps.size());
                Standing standing = Optional.ofNullable(standings.get(app.name()))
                        .orElse(new Standing(app.name(), 0, "", "", false));
                if (standing.free() && standing.revision() < REVISIONS) {
                    nextAsk = System.nanoTime() + ASKS_EVERY.toNanos();
                    ask(app, standing);
                    return;
                }
            }
        }
    }

    private void ask(App app, Standing standing) {
        Issued certificate = fixtures.certificate(app.name());
        fixtures.submit.submit(
                Fixtures.MEMBER,
                new NewRequest.OfIdentity(
                        standing.applied() ? RequestKind.ROTATE_CERTIFICATE : RequestKind.CREATE_IDENTITY,
                        app.publicId(),
                        "nginx",
                        CertificateSubmission.of(
                                certificate.chainPem(), certificate.keyPem(), fixtures.partner.certificatePem()),
                        "load"));
    }

    private void approve(Standing standing) {
        Optional<Plan> plan =
                fixtures.requests.find(Fixtures.ADMIN, standing.request()).plan();
        if (plan.isEmpty()) {
            return;
        }
        plans.putIfAbsent(
                standing.app(),
                plan.get().objects().stream()
                        .filter(object -> OWN_KINDS.contains(object.kind())
                                && object.name().contains(standing.app()))
                        .toList());
        fixtures.decisions.decide(
                Fixtures.ADMIN,
                new RequestDecisions.Vote(
                        standing.request(),
                        plan.get().digest(),
                        Optional.of(plan.get().publicId()),
                        true,
                        "load"));
    }

    private Map<String, Standing> standings() {
        return fixtures
                .owner
                .sql("""
                        select distinct on (a.name) a.name, r.revision, r.public_id, r.status, rs.applied_revision is not null as applied
                        from app a join identity i on i.app_id = a.id join resource rs on rs.id = i.id join request r on r.resource_id = i.id
                        where a.name like :prefix || '%' order by a.name, r.revision desc
                        """)
                .param("prefix", prefix)
                .query((row, _) -> new Standing(
                        row.getString("name"),
                        row.getInt("revision"),
                        row.getString("public_id"),
                        row.getString("status"),
                        row.getBoolean("applied")))
                .list()
                .stream()
                .collect(Collectors.toMap(Standing::app, standing -> standing));
    }

    private void meddle() {
        if (!asking) {
            return;
        }
        List<PlanObject> objects = applied.stream()
                .sorted()
                .flatMap(app -> plans.getOrDefault(app, List.of()).stream())
                .filter(object -> changed.getOrDefault(place(object), 0) < CHANGES_OF_AN_OBJECT)
                .toList();
        if (objects.isEmpty()) {
            return;
        }
        PlanObject object = objects.get(random.nextInt(objects.size()));
        try {
            change(object);
            changed.merge(place(object), 1, Integer::sum);
            changes.incrementAndGet();
        } catch (KubernetesClientException _) {
            // the API server is away, or the object is
        }
    }

    /** Changes or deletes an object as somebody else. */
    void change(PlanObject object) {
        Resource<GenericKubernetesResource> resource = cluster.genericKubernetesResources(
                        object.apiVersion(), object.kind())
                .inNamespace(object.namespace())
                .withName(object.name());
        if (random.nextInt(4) == 0) {
            resource.delete();
            return;
        }
        String patch = switch (object.kind()) {
            case "Secret" ->
                "{\"data\":{\"ca.crt\":\"" + Base64.getEncoder().encodeToString(new byte[] {1, 2}) + "\"}}";
            case "DestinationRule" -> "{\"spec\":{\"trafficPolicy\":{\"tls\":{\"mode\":\"DISABLE\"}}}}";
            case "ServiceEntry" -> "{\"spec\":{\"exportTo\":[\"*\"]}}";
            case "HTTPRoute" -> "{\"spec\":{\"hostnames\":[\"elsewhere.test\"]}}";
            default -> "{\"spec\":{\"rules\":[{}]}}";
        };
        resource.patch(
                new PatchContext.Builder()
                        .withPatchType(PatchType.JSON_MERGE)
                        .withFieldManager("meddler")
                        .build(),
                patch);
    }

    private static String place(PlanObject object) {
        return object.kind() + " " + object.namespace() + "/" + object.name();
    }

    /** {@return how many requests were applied so far} */
    int applied() {
        return count("""
                select count(*) from audit_event e join request r on r.public_id = e.subject join resource rs on rs.id = r.resource_id join identity i on i.id = rs.id
                join app a on a.id = i.app_id where e.action = 'identity.applied' and a.name like :prefix || '%'
                """);
    }

    /** {@return how many requests there are} */
    int requests() {
        return count("""
                select count(*) from request r join resource rs on rs.id = r.resource_id join identity i on i.id = rs.id join app a on a.id = i.app_id
                where a.name like :prefix || '%'
                """);
    }

    /** {@return how many changes by others were restored} */
    int restored() {
        return count("""
                select coalesce(sum(e.count), 0) from resource_event e join resource rs on rs.id = e.resource_id join identity i on i.id = rs.id join app a on a.id = i.app_id
                where a.name like :prefix || '%' and e.type = 'restored'
                """);
    }

    /** {@return how many requests wait for a plan or are approved and not yet applied} */
    int backlog() {
        return count("""
                select count(*) from request r join resource rs on rs.id = r.resource_id join identity i on i.id = rs.id join app a on a.id = i.app_id
                where a.name like :prefix || '%' and r.status in ('planning', 'approved', 'applying', 'failed')
                """);
    }

    private int count(String sql) {
        return fixtures.owner
                .sql(sql)
                .param("prefix", prefix)
                .query(Integer.class)
                .single();
    }

    int changes() {
        return changes.get();
    }

    int databaseErrors() {
        return databaseErrors.get();
    }

    void awaitApplied(int atLeast) {
        Awaitility.await(atLeast + " requests of " + prefix + " applied")
                .pollInterval(Duration.ofMillis(50))
                .until(() -> {
                    rethrow();
                    return applied() >= atLeast;
                });
    }

    private void rethrow() {
        Throwable failed = failure.get();
        if (failed != null) {
            throw new AssertionError("the load failed: " + failed, failed);
        }
    }

    /**
     * Nobody asks or meddles any more; what is open is seen to its end, until the API server itself has what was approved.
     *
     * @param since when to count from
     * @return how long it took until nothing was left to do
     */
    Duration drain(Instant since) {
        asking = false;
        Awaitility.await("nothing is left to do of " + prefix)
                // a database that has just come back lets nobody in for a moment
                .ignoreExceptionsInstanceOf(DataAccessException.class)
                .pollInterval(Duration.ofMillis(50))
                .until(
                        () -> {
                            rethrow();
                            List<String> left = left();
                            return left.isEmpty() ? differences() : left;
                        },
                        List::isEmpty);
        return Duration.between(since, Instant.now());
    }

    private List<String> left() {
        return fixtures.owner
                .sql("""
                        select r.public_id || ' is ' || r.status || coalesce(': ' || r.waiting_reason, '') || coalesce(': ' || r.status_message, '')
                        from request r join resource rs on rs.id = r.resource_id join identity i on i.id = rs.id join app a on a.id = i.app_id
                        where a.name like :prefix || '%' and r.status in ('planning', 'pending', 'approved', 'applying', 'failed')
                        union all
                        select t.task_name || ' ' || t.task_instance || case when t.picked then ' is held' else ' is due' end
                        from scheduled_tasks t where t.picked or t.execution_time <= now()
                        union all
                        select a.name || ' has a ' || o.kind || ' that ' || o.state
                        from observed_object o join resource rs on rs.id = o.resource_id join identity i on i.id = rs.id join app a on a.id = i.app_id
                        where a.name like :prefix || '%' and o.state <> 'as-approved'
                        union all
                        select a.name || ' is not in sync: ' || coalesce(c.message, 'nothing is said')
                        from identity i join resource rs on rs.id = i.id join app a on a.id = i.app_id
                        left join condition c on c.resource_id = i.id and c.type = 'InSync'
                        where a.name like :prefix || '%' and rs.applied_revision is not null and c.status is distinct from 'True'
                        """)
                .param("prefix", prefix)
                .query(String.class)
                .list();
    }

    /** Every request whose plan was approved was applied, and each of them once. */
    void nothingIsLostAndNothingDoneTwice() {
        record Done(String request, String status, long applied, long succeeded) {}
        List<Done> done = fixtures.owner
                .sql("""
                        select r.public_id, r.status,
                            (select count(*) from audit_event e where e.subject = r.public_id and e.action = 'identity.applied') as applied,
                            (select count(*) from attempt t where t.request_id = r.id and t.task = 'apply' and t.outcome = 'succeeded') as succeeded
                        from request r join resource rs on rs.id = r.resource_id join identity i on i.id = rs.id join app a on a.id = i.app_id
                        where a.name like :prefix || '%' and exists (
                            select 1 from decision d where d.plan_id = r.plan_id and d.verdict = 'approved')
                        """)
                .param("prefix", prefix)
                .query((row, _) -> new Done(
                        row.getString("public_id"),
                        row.getString("status"),
                        row.getLong("applied"),
                        row.getLong("succeeded")))
                .list();
        assertThat(done).isNotEmpty().allSatisfy(each -> {
            assertThat(each.status()).as(each.request()).isIn("applied", "superseded");
            assertThat(each.applied()).as("how often %s was applied", each).isEqualTo(1);
            assertThat(each.succeeded())
                    .as("attempts of %s that succeeded", each)
                    .isEqualTo(1);
        });
        assertThat(done).hasSize(applied());
        assertThat(count("""
                select count(*) from identity i join resource rs on rs.id = i.id join app a on a.id = i.app_id
                where a.name like :prefix || '%' and rs.desired_revision is distinct from rs.applied_revision
                """)).as("identities that are not what is desired").isZero();
    }

    /** What the API server itself has, and not what was seen of it, is held against what was approved last. */
    List<String> differences() {
        record Approved(String digest, String chain, String apiVersion, String kind, String namespace, String name) {}
        Map<String, Map<String, GenericKubernetesResource>> live = new HashMap<>();
        return fixtures
                .owner
                .sql("""
                        select p.digest, c.chain_pem, o.api_version, o.kind, o.namespace, o.name
                        from app a join identity i on i.app_id = a.id join resource rs on rs.id = i.id
                        join request r on r.resource_id = i.id and r.revision = rs.applied_revision
                        join identity_revision v on v.resource_id = r.resource_id and v.revision = r.revision
                        join certificate c on c.id = v.certificate_id join plan p on p.id = r.plan_id
                        join plan_object o on o.plan_id = p.id and o.owner_id = i.id and o.action <> 'delete'
                        where a.name like :prefix || '%'
                        """)
                .param("prefix", prefix)
                .query((row, _) -> new Approved(
                        row.getString("digest"),
                        row.getString("chain_pem"),
                        row.getString("api_version"),
                        row.getString("kind"),
                        row.getString("namespace"),
                        row.getString("name")))
                .list()
                .stream()
                .flatMap(approved -> {
                    GenericKubernetesResource object = live.computeIfAbsent(
                                    approved.apiVersion() + " " + approved.kind(),
                                    _ -> all(approved.apiVersion(), approved.kind(), approved.namespace()))
                            .get(approved.name());
                    return difference(
                            object,
                            approved.digest(),
                            approved.kind().equals("Secret") ? Optional.of(approved.chain()) : Optional.empty())
                            .map(words -> approved.kind() + " " + approved.name() + " " + words)
                            .stream();
                })
                .toList();
    }

    private static Optional<String> difference(
            @Nullable GenericKubernetesResource object, String digest, Optional<String> chain) {
        if (object == null) {
            return Optional.of("is not there");
        }
        if (!digest.equals(object.getMetadata().getAnnotations().get("waypass.io/digest"))) {
            return Optional.of("is of another plan");
        }
        if (object.getMetadata().getManagedFields().stream()
                .anyMatch(entry -> !entry.getManager().equals("waypass"))) {
            return Optional.of("was changed by somebody else");
        }
        return chain.filter(certificate -> !certificate.equals(held(object))).map(_ -> "holds another certificate");
    }

    private static String held(GenericKubernetesResource secret) {
        Map<?, ?> data = (Map<?, ?>) secret.getAdditionalProperties().get("data");
        return new String(Base64.getDecoder().decode(String.valueOf(data.get("tls.crt"))), StandardCharsets.UTF_8);
    }

    private Map<String, GenericKubernetesResource> all(String apiVersion, String kind, String namespace) {
        return cluster.genericKubernetesResources(apiVersion, kind).inNamespace(namespace).list().getItems().stream()
                .collect(Collectors.toMap(object -> object.getMetadata().getName(), object -> object));
    }

    @Override
    public void close() {
        threads.shutdownNow();
        try {
            assertThat(threads.awaitTermination(PatientWaits.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        cluster.close();
    }
}
