package io.waypass.portal;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import io.waypass.access.ApiTokens;
import io.waypass.access.People;
import io.waypass.access.Person;
import io.waypass.access.PublicIds;
import io.waypass.audit.AuditTrail;
import io.waypass.certificate.CertificateFingerprints;
import io.waypass.certificate.Certificates;
import io.waypass.cluster.Clusters;
import io.waypass.cluster.JdbcOrphanStore;
import io.waypass.cluster.LabelledObject;
import io.waypass.cluster.OrphanStore;
import io.waypass.destination.Destinations;
import io.waypass.gateway.Gateways;
import io.waypass.plan.CheckCode;
import io.waypass.plan.JdbcPlanningStore;
import io.waypass.plan.NewPlan;
import io.waypass.plan.PlanCheck;
import io.waypass.plan.PlanObject;
import io.waypass.plan.PlanningStore;
import io.waypass.reconcile.Fence;
import io.waypass.reconcile.JdbcReconcileStore;
import io.waypass.reconcile.ReconcileStore;
import io.waypass.reconcile.TaskQueue;
import io.waypass.resource.Condition;
import io.waypass.resource.ObjectPlace;
import io.waypass.resource.Observation;
import io.waypass.resource.Observations;
import io.waypass.resource.ObservedObject;
import io.waypass.sealing.SealingKeyset;
import io.waypass.sealing.SealingKeysets;
import io.waypass.testing.PostgresServer;
import io.waypass.testing.PostgresServer.TestDatabase;
import io.waypass.testing.TestCertificateAuthority.Issued;
import io.waypass.testing.junit.PatientWaits;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The portal on a real port and a real database; what the applier would do is done through its own repository and role. */
public final class Portal implements AutoCloseable {

    /** An answer. */
    public record Answer(int status, JsonNode body, HttpResponse<String> raw) {}

    private final TestDatabase database = PostgresServer.freshDatabase();
    /** The database, as its owner. */
    public final JdbcClient owner = JdbcClient.create(database.owner());

    private final ConfigurableApplicationContext context;
    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<String, String> tokens = new HashMap<>();
    private final String address;
    private final Applier applier;

    /** A portal whose identity provider does not answer. */
    public Portal() {
        this("http://127.0.0.1:9/nobody", "http://localhost:8080");
    }

    /**
     * A portal.
     *
     * @param issuer of its identity provider
     * @param publicUrl where people are told to find it
     */
    public Portal(String issuer, String publicUrl) {
        context = new SpringApplicationBuilder(PortalApplication.class)
                .run(
                        "--server.port=0",
                        "--server.address=127.0.0.1",
                        "--spring.datasource.url=" + database.url(),
                        "--spring.datasource.username=waypass_portal",
                        "--spring.datasource.password=" + PostgresServer.PORTAL_PASSWORD,
                        "--waypass.oidc.issuer=" + issuer,
                        "--waypass.public-url=" + publicUrl,
                        "--waypass.oidc.client-id=waypass",
                        "--waypass.oidc.client-secret=of-a-test",
                        "--spring.main.register-shutdown-hook=false");
        address = "http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port");
        applier = applier();
        person("member", "one-members");
        person("colleague", "one-members");
        person("stranger", "two-members");
        person("admin", "platform-admins");
        person("admin-and-member", "platform-admins", "one-members");
        call(
                "admin",
                "POST",
                "/clusters",
                Map.of("name", "sandbox", "trustDomain", "cluster.local", "flavour", "solo"));
        team("one", "one-members", "namespace-one");
        team("two", "two-members", "namespace-two");
        call(
                "admin",
                "POST",
                "/gateways",
                Map.of(
                        "cluster",
                        "sandbox",
                        "namespace",
                        "istio-egress",
                        "name",
                        "egress",
                        "placement",
                        "team-namespace"));
        call(
                "admin",
                "POST",
                "/destinations",
                Map.of(
                        "slug", "nginx",
                        "displayName", "Nginx",
                        "cluster", "sandbox",
                        "gateway", "istio-egress/egress",
                        "host", "my-nginx.foo.bar",
                        "sharedServiceEntry", "nginx-mesh-external-se"));
        JdbcClient jdbc = JdbcClient.create(database.applier());
        Clock clock = Clock.systemUTC();
        TransactionTemplate transactions =
                new TransactionTemplate(new DataSourceTransactionManager(database.applier()));
        AuditTrail audit = new AuditTrail(jdbc, JsonMapper.shared(), clock);
        new SealingKeysets(jdbc, transactions, audit, clock)
                .publish(
                        new Clusters(jdbc, transactions, audit, clock)
                                .find("sandbox")
                                .orElseThrow(),
                        Optional.empty(),
                        SealingKeyset.generate().publicKeyset());
    }

    /** The applier's two parts of the database. */
    private record Applier(PlanningStore requests, ReconcileStore identities) {}

    private Applier applier() {
        var source = database.applier();
        JdbcClient jdbc = JdbcClient.create(source);
        Clock clock = Clock.systemUTC();
        TransactionTemplate transactions = new TransactionTemplate(new DataSourceTransactionManager(source));
        AuditTrail audit = new AuditTrail(jdbc, JsonMapper.shared(), clock);
        PublicIds ids = new PublicIds(new SecureRandom());
        Clusters clusters = new Clusters(jdbc, transactions, audit, clock);
        Destinations destinations = new Destinations(
                jdbc, transactions, new Gateways(jdbc, transactions, clusters, audit, clock), audit, clock);
        Certificates certificates = new Certificates(jdbc, JsonMapper.shared(), ids, clock);
        TaskQueue work = new TaskQueue(
                SchedulerClient.Builder.create(new TransactionAwareDataSourceProxy(source))
                        .build(),
                clock);
        return new Applier(
                new JdbcPlanningStore(
                        jdbc,
                        transactions,
                        JsonMapper.shared(),
                        clusters,
                        destinations,
                        certificates,
                        work,
                        ids,
                        audit,
                        clock,
                        "sandbox"),
                new JdbcReconcileStore(
                        jdbc,
                        transactions,
                        JsonMapper.shared(),
                        clusters,
                        destinations,
                        certificates,
                        new Observations(jdbc, clock),
                        work,
                        audit,
                        clock,
                        "sandbox"));
    }

    /** Does what the applier does when it has planned a request, and gives the plan's digest. */
    public String plan(String request) {
        return plan(request, List.of(CheckCode.NAMESPACE_EXISTS.passed("It exists.")));
    }

    /** The same with other checks. */
    public String plan(String request, List<PlanCheck> checks) {
        PlanningStore.PlanJob job = applier.requests().planJob(request).orElseThrow();
        String digest = "sha256:" + "0".repeat(60) + String.format("%04x", request.hashCode() & 0xffff);
        applier.requests()
                .planned(
                        job,
                        new NewPlan(
                                digest,
                                checks,
                                List.of(
                                        new PlanObject(
                                                "v1",
                                                "Secret",
                                                "namespace-one",
                                                "app1-client-mtls-secret",
                                                PlanObject.Action.CREATE,
                                                "+kind: Secret\n",
                                                "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"app1-client-mtls-secret\",\"namespace\":\"namespace-one\"}}")),
                                Map.of("Namespace/namespace-one", "Namespace namespace-one: there"),
                                Duration.ofMillis(12)));
        return digest;
    }

    /** Does what the applier does when something that a waiting plan relied on has changed. */
    public void planAnew(String request, String cause) {
        applier.requests().planAnew(applier.requests().waiting(request).orElseThrow(), cause);
    }

    /** Does what the applier does when it has applied an approved request, with nothing to complain about. */
    public void apply(String request) {
        applied(
                request,
                new Observation(
                        Arrays.stream(Condition.Type.values())
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

    private void applied(String request, Observation observation) {
        record Taken(Fence fence, String identity) {}
        Taken taken = owner.sql("""
                update scheduled_tasks t set picked = true, version = t.version + 1 from identity i join request r on r.identity_id = i.id
                where t.task_name = 'reconcile-sandbox' and t.task_instance = i.public_id and r.public_id = :request
                returning t.version, i.public_id
                """)
                .param("request", request)
                .query((row, _) -> new Taken(
                        new Fence("reconcile-sandbox", row.getString("public_id"), row.getLong("version")),
                        row.getString("public_id")))
                .single();
        applier.identities()
                .applied(
                        applier.identities()
                                .job(taken.identity(), taken.fence())
                                .orElseThrow(),
                        taken.fence(),
                        observation,
                        List.of());
        owner.sql("update scheduled_tasks set picked = false where task_instance = :identity")
                .param("identity", taken.identity())
                .update();
    }

    /** Does what the applier does when it has planned a retirement: the Secret goes, a shared object stays. */
    public void planRetirement(String request) {
        PlanningStore.PlanJob job = applier.requests().planJob(request).orElseThrow();
        applier.requests()
                .planned(
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
                                                "{\"kind\": \"AuthorizationPolicy\"}"),
                                        new PlanObject(
                                                "v1",
                                                "Secret",
                                                "namespace-one",
                                                "app1-client-mtls-secret",
                                                PlanObject.Action.DELETE,
                                                "-kind: Secret\n",
                                                "{\"kind\": \"Secret\"}")),
                                Map.of("Namespace/namespace-one", "Namespace namespace-one: there"),
                                Duration.ofMillis(5)));
    }

    /** Does what the applier does when it has applied an approved retirement. */
    public void applyRetirement(String request) {
        applied(request, new Observation(List.of(), List.of()));
    }

    /**
     * Says that the cluster is watched, as its applier does every few seconds, and that it goes on: what was said counts for
     * half a minute, and a test may take longer.
     */
    public void watched() {
        applier.identities().sighted(Optional.empty());
        seen(Duration.ofMinutes(10));
    }

    /** The same of an applier that does not see everything. */
    public void watched(String blind) {
        applier.identities().sighted(Optional.of(blind));
        seen(Duration.ofMinutes(10));
    }

    /** Makes it a while ago that the cluster was watched. */
    public void unwatchedFor(Duration duration) {
        seen(duration.negated());
    }

    private void seen(Duration fromNow) {
        owner.sql("update cluster_sight set seen_at = now() + make_interval(secs => :seconds)")
                .param("seconds", fromNow.toSeconds())
                .update();
    }

    /** Does what the applier does when something happened to an identity's Secret in the cluster. */
    public void event(String identity, String type, String manager, String detail, int count) {
        JdbcClient.create(database.applier())
                .sql("""
                insert into identity_event (identity_id, type, kind, namespace, name, manager, detail, count, first_at, last_at)
                select id, :type, 'Secret', 'namespace-one', 'app1-client-mtls-secret', :manager, :detail, :count,
                    now() - interval '1 hour', now() from identity where public_id = :identity
                """)
                .param("identity", identity)
                .param("type", type)
                .param("manager", manager)
                .param("detail", detail)
                .param("count", count)
                .update();
    }

    /** Makes a call that has to wait for an app's removal, which began before it and commits once the call waits. */
    public Answer whileRemoving(String app, Supplier<Answer> call) {
        try (Connection removing = database.owner().getConnection()) {
            removing.setAutoCommit(false);
            try (PreparedStatement update =
                    removing.prepareStatement("update app set removed_at = now() where public_id = ?")) {
                update.setString(1, app);
                update.executeUpdate();
            }
            CompletableFuture<Answer> answer = CompletableFuture.supplyAsync(call);
            Awaitility.await()
                    .until(() -> answer.isDone()
                            || owner.sql("select exists (select 1 from pg_locks where not granted)")
                                    .query(Boolean.class)
                                    .single());
            removing.commit();
            return answer.join();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Makes an identity that is applied, and gives its id. */
    public String applied(String app, Issued client, String caBundle) {
        String request = done(asks("member", app, client, caBundle));
        plan(request);
        approve(request);
        apply(request);
        return call("member", "GET", "/requests/" + request)
                .body()
                .path("request")
                .path("identity")
                .asString();
    }

    /** Asks for something that takes no certificate, and gives the request's id. */
    public String asksWithout(String kind, String app) {
        return done(call(
                "member",
                "POST",
                "/requests",
                Map.of("kind", kind, "app", app, "destination", "nginx", "reason", "a test asks")));
    }

    /** Retires an app's identity, from the request until it is applied. */
    public void retire(String app) {
        String request = asksWithout("retire-identity", app);
        planRetirement(request);
        approve(request);
        applyRetirement(request);
    }

    /** An admin approves a request by its present plan. */
    public void approve(String request) {
        done(call(
                "admin",
                "POST",
                "/requests/" + request + "/approval",
                Map.of(
                        "digest",
                        call("admin", "GET", "/requests/" + request + "/plan")
                                .body()
                                .path("digest")
                                .asString(),
                        "reason",
                        "fine")));
    }

    private static String done(Answer answer) {
        if (answer.status() / 100 != 2) {
            throw new AssertionError(answer.status() + " " + answer.raw().body());
        }
        return answer.body().path("request").path("id").asString();
    }

    /** What the applier does about orphans and cleanings. */
    public OrphanStore orphanWork() {
        var source = database.applier();
        JdbcClient jdbc = JdbcClient.create(source);
        return new JdbcOrphanStore(
                jdbc,
                new TransactionTemplate(new DataSourceTransactionManager(source)),
                new AuditTrail(jdbc, JsonMapper.shared(), Clock.systemUTC()),
                Clock.systemUTC(),
                "sandbox");
    }

    /** Does what the applier does when it sees an object with Waypass's label that names nobody, and gives its UID. */
    public String orphan(String name) {
        orphanWork()
                .seen(List.of(new LabelledObject(
                        "v1",
                        new ObjectPlace("Secret", "namespace-one", name),
                        "uid-of-" + name,
                        "1",
                        Optional.empty(),
                        Optional.empty(),
                        "kubectl")));
        return "uid-of-" + name;
    }

    /** Makes a person with an API token. */
    public void person(String subject, String... groups) {
        Person person = context.getBean(People.class).seen(subject, "The " + subject, List.of(groups));
        tokens.put(
                subject,
                context.getBean(ApiTokens.class)
                        .issue(person, "of a test", Duration.ofHours(1))
                        .secret());
    }

    private void team(String slug, String group, String namespace) {
        call(
                "admin",
                "POST",
                "/teams",
                Map.of(
                        "slug",
                        slug,
                        "displayName",
                        "Team " + slug,
                        "groups",
                        List.of(group),
                        "namespaces",
                        List.of(Map.of("cluster", "sandbox", "namespace", namespace))));
    }

    /** {@return where the portal listens} */
    public String address() {
        return address;
    }

    /** {@return every mapping of a controller of ours, as “METHOD /path”} */
    public List<String> mappings() {
        return context
                .getBean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class)
                .getHandlerMethods()
                .entrySet()
                .stream()
                .filter(entry -> entry.getValue().getBeanType().getName().startsWith("io.waypass"))
                .flatMap(entry -> entry.getKey().getMethodsCondition().getMethods().stream()
                        .flatMap(method ->
                                entry.getKey().getPatternValues().stream().map(path -> method + " " + path)))
                .distinct()
                .sorted()
                .toList();
    }

    /** Registers an app of team one and gives its id. */
    public String app(String name) {
        Answer answer = call(
                "member",
                "POST",
                "/apps",
                Map.of("team", "one", "cluster", "sandbox", "namespace", "namespace-one", "name", name));
        return answer.body().path("id").asString();
    }

    /** A member or somebody else asks for an identity of an app at the destination that there is. */
    public Answer asks(String who, String app, Issued client, String caBundle, String... headers) {
        return asks(
                who,
                app,
                Map.of("chain", client.chainPem(), "privateKey", client.keyPem(), "caBundle", caBundle),
                headers);
    }

    /** The same with anything in the certificate's place. */
    public Answer asks(String who, String app, Map<String, String> certificate, String... headers) {
        return call(
                who,
                "POST",
                "/requests",
                Map.of(
                        "kind", "create-identity",
                        "app", app,
                        "destination", "nginx",
                        "certificate", certificate,
                        "reason", "a test asks"),
                headers);
    }

    public Answer call(String who, String method, String path) {
        return call(who, method, path, null);
    }

    public Answer call(String who, String method, String path, Object body, String... headers) {
        return send(
                who,
                method,
                path,
                "application/json",
                body == null ? "" : JsonMapper.shared().writeValueAsString(body),
                headers);
    }

    /** The OpenAPI document. */
    public JsonNode description() {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(address + "/openapi.json"))
                    .header("Authorization", "Bearer " + tokens.get("member"))
                    .build();
            return JsonMapper.shared()
                    .readTree(http.send(request, HttpResponse.BodyHandlers.ofString())
                            .body());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    public Answer send(String who, String method, String path, String type, String body, String... headers) {
        HttpRequest.BodyPublisher publisher =
                body.isEmpty() ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body);
        return send(who, method, path, body.isEmpty() ? "" : type, publisher, headers);
    }

    /** One part of a multipart form; with a file name it is a file. */
    public record FormPart(String name, String fileName, byte[] content) {
        /** A text. */
        public static FormPart text(String name, String text) {
            return new FormPart(name, "", text.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Posts a multipart form. */
    public Answer form(String who, String path, List<FormPart> parts, String... headers) {
        String boundary = "----waypass";
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (FormPart part : parts) {
            String head = "--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + part.name() + "\""
                    + (part.fileName().isEmpty()
                            ? ""
                            : "; filename=\"" + part.fileName() + "\"\r\nContent-Type: application/octet-stream")
                    + "\r\n\r\n";
            body.writeBytes(head.getBytes(StandardCharsets.UTF_8));
            body.writeBytes(part.content());
            body.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
        }
        body.writeBytes(("--" + boundary + "--\r\n").getBytes(StandardCharsets.UTF_8));
        return send(
                who,
                "POST",
                path,
                "multipart/form-data; boundary=" + boundary,
                HttpRequest.BodyPublishers.ofByteArray(body.toByteArray()),
                headers);
    }

    /** Posts JSON without saying how long it is. */
    public Answer stream(String who, String path, String body, String... headers) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return send(
                who,
                "POST",
                path,
                "application/json",
                HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes)),
                headers);
    }

    private Answer send(
            String who, String method, String path, String type, HttpRequest.BodyPublisher body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address + "/api/v1" + path))
                .timeout(PatientWaits.PATIENCE)
                .method(method, body);
        if (!type.isEmpty()) {
            request.header("Content-Type", type);
        }
        if (!who.isEmpty()) {
            request.header("Authorization", "Bearer " + tokens.getOrDefault(who, who));
        }
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        try {
            HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            String answered = response.headers().firstValue("Content-Type").orElse("");
            return new Answer(
                    response.statusCode(),
                    JsonMapper.shared().readTree(answered.contains("json") ? response.body() : "null"),
                    response);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        http.close();
        context.close();
    }
}
