package io.waypass.portal;

import io.waypass.access.ApiTokens;
import io.waypass.access.People;
import io.waypass.access.Person;
import io.waypass.testing.PostgresServer;
import io.waypass.testing.PostgresServer.TestDatabase;
import io.waypass.testing.TestCertificateAuthority;
import io.waypass.testing.TestCertificateAuthority.Issued;
import io.waypass.testing.TestCertificateAuthority.Wish;
import io.waypass.testing.junit.PatientWaits;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The portal on a real port and a real database, with people and a catalogue. {@link #applier} does what an applier would
 * do.
 */
public final class Portal implements AutoCloseable {

    public record Answer(int status, JsonNode body, HttpResponse<String> raw) {}

    private final TestDatabase database = PostgresServer.freshDatabase();

    /** The database, as its owner. */
    public final JdbcClient owner = JdbcClient.create(database.owner());

    private final TestCertificateAuthority clients = TestCertificateAuthority.root("CN=Client CA");
    private final TestCertificateAuthority partner = TestCertificateAuthority.root("CN=Partner CA");
    private final ConfigurableApplicationContext context;
    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<String, String> tokens = new HashMap<>();
    private final String address;

    /** Stands in for the applier of the cluster {@code sandbox}. */
    public final ApplierStandIn applier;

    /** A portal whose identity provider does not answer. */
    public Portal() {
        this("http://127.0.0.1:9/nobody", "http://localhost:8080");
    }

    /**
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
        applier = new ApplierStandIn(database);
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
        applier.publishSealingKeyset();
    }

    /** Makes a call that waits for the removal of an app, which began before the call and commits once the call waits. */
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

    /** Requests, approves and applies an identity, and gives its id. */
    public String applied(String app, Issued client, String caBundle) {
        String request = done(asks("member", app, client, caBundle));
        applier.plan(request);
        approve(request);
        applier.apply(request);
        return call("member", "GET", "/requests/" + request)
                .body()
                .path("request")
                .path("identity")
                .asString();
    }

    /** Submits a request of a kind that takes no certificate, and gives its id. */
    public String asksWithout(String kind, String app) {
        return done(call(
                "member",
                "POST",
                "/requests",
                Map.of("kind", kind, "app", app, "destination", "nginx", "reason", "a test asks")));
    }

    /** Asks for orphans of the cluster to be removed. */
    public Answer asksForRemoval(String who, List<String> uids, String... headers) {
        return call(
                who,
                "POST",
                "/requests",
                Map.of("kind", "remove-orphans", "cluster", "sandbox", "uids", uids, "reason", "They are left over."),
                headers);
    }

    /** Retires an app's identity, from the request until it is applied. */
    public void retire(String app) {
        String request = asksWithout("retire-identity", app);
        applier.planRetirement(request);
        approve(request);
        applier.applyRetirement(request);
    }

    /** Approves a request by its present plan, as an admin. */
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

    /** Adds a person with an API token. */
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

    /** Registers an app of team {@code one}, and gives its id. */
    public String app(String name) {
        Answer answer = call(
                "member",
                "POST",
                "/apps",
                Map.of("team", "one", "cluster", "sandbox", "namespace", "namespace-one", "name", name));
        return answer.body().path("id").asString();
    }

    /** Requests an identity of an app at the destination {@code nginx}. */
    public Answer asks(String who, String app, Issued client, String caBundle, String... headers) {
        return asks(
                who,
                app,
                Map.of("chain", client.chainPem(), "privateKey", client.keyPem(), "caBundle", caBundle),
                headers);
    }

    /** Requests an identity with a certificate that is issued for a common name. */
    public Answer asks(String who, String app, String commonName) {
        return asks(who, app, clients.issue(Wish.client("CN=" + commonName)), partner.certificatePem());
    }

    /** Requests an identity with anything in the certificate's place. */
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

    /** As if every destination had been changed by an approved request: its listen port is another one. */
    public void changeDestinations() {
        owner.sql("""
                insert into resource_revision (resource_id, revision, kind, operation, created_at)
                select id, 2, 'destination', 'keep', now() from destination;
                insert into destination_revision (resource_id, revision, display_name, port, listen_port, shared_service_entry, ca_bundle)
                select resource_id, 2, display_name, port, listen_port + 1, shared_service_entry, ca_bundle
                from destination_revision where revision = 1;
                update resource set desired_revision = 2 where kind = 'destination'
                """).update();
    }
}
