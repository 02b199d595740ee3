package io.waypass.portal.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.portal.Browser;
import io.waypass.portal.IdentityProviderStub;
import io.waypass.portal.Portal;
import io.waypass.testing.TestCertificateAuthority;
import io.waypass.testing.TestCertificateAuthority.Issued;
import io.waypass.testing.TestCertificateAuthority.Wish;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Who may do what, call by call and page by page. What is asked for belongs to team one; calls that would change something
 * carry an empty or outdated body, so that 422 and 409 say "you might, but not so".
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AccessMatrixIT {

    /** method and path; then the status for nobody, another team's member, a member, an admin. */
    private static final String CALLS = """
            GET    /api/v1/me                            401 200 200 200
            GET    /api/v1/teams                         401 200 200 200
            POST   /api/v1/teams                         401 403 403 422
            GET    /api/v1/teams/{slug}                  401 404 200 200
            DELETE /api/v1/teams/{slug}                  401 403 403 409
            GET    /api/v1/clusters                      401 200 200 200
            POST   /api/v1/clusters                      401 403 403 422
            GET    /api/v1/clusters/{name}               401 200 200 200
            PATCH  /api/v1/clusters/{name}               401 403 403 422
            GET    /api/v1/gateways                      401 200 200 200
            POST   /api/v1/gateways                      401 403 403 422
            GET    /api/v1/destinations                  401 200 200 200
            POST   /api/v1/destinations                  401 403 403 422
            GET    /api/v1/destinations/{slug}           401 200 200 200
            PATCH  /api/v1/destinations/{slug}           401 403 403 422
            DELETE /api/v1/destinations/{slug}           401 403 403 409
            GET    /api/v1/policies                      401 403 403 200
            POST   /api/v1/policies                      401 403 403 422
            GET    /api/v1/policies/{name}               401 403 403 200
            POST   /api/v1/policies/{name}/activation    401 403 403 404
            GET    /api/v1/policies/{name}/versions/{version}/trial 401 403 403 200
            GET    /api/v1/orphans                       401 403 403 200
            GET    /api/v1/missing-objects               401 403 403 200
            GET    /api/v1/apps                          401 200 200 200
            POST   /api/v1/apps                          401 422 422 422
            GET    /api/v1/apps/{id}                     401 404 200 200
            DELETE /api/v1/apps/{id}                     401 404 409 403
            POST   /api/v1/certificates/inspection       401 200 200 200
            GET    /api/v1/requests                      401 200 200 200
            POST   /api/v1/requests                      401 422 422 422
            GET    /api/v1/requests/{id}                 401 404 200 200
            GET    /api/v1/requests/{id}/plan            401 404 200 200
            POST   /api/v1/requests/{id}/approval        401 404 403 409
            POST   /api/v1/requests/{id}/rejection       401 404 403 409
            POST   /api/v1/requests/{id}/withdrawal      401 404 412 412
            GET    /api/v1/identities                    401 200 200 200
            GET    /api/v1/identities/{id}               401 404 200 200
            GET    /api/v1/identities/{id}/certificates  401 404 200 200
            GET    /api/v1/identities/{id}/events        401 404 200 200
            GET    /api/v1/identities/{id}/manifests     401 404 404 404
            """;

    /** The same for pages; nobody is led to the login, and a form without its token is refused for everyone. */
    private static final String PAGES = """
            GET    /                                     302 200 200 200
            GET    /apps                                 302 200 200 200
            GET    /apps/new                             302 200 200 200
            GET    /apps/{id}/removal                    302 404 200 403
            POST   /apps/{id}/removal                    403 403 403 403
            POST   /apps                                 403 403 403 403
            GET    /destinations                         302 200 200 200
            GET    /destinations/{slug}/removal          302 403 403 200
            POST   /destinations/{slug}/removal          403 403 403 403
            GET    /identities                           302 200 200 200
            GET    /identities/{id}                      302 404 200 200
            GET    /identities/{id}/certificates         302 404 200 200
            GET    /identities/{id}/manifests.yaml       302 404 404 404
            GET    /identities/{id}/retirement           302 404 409 403
            POST   /identities/{id}/retirement           403 403 403 403
            GET    /identities/{id}/refresh              302 404 409 403
            POST   /identities/{id}/refresh              403 403 403 403
            GET    /policies                             302 403 403 200
            POST   /policies                             403 403 403 403
            GET    /policies/new                         302 403 403 200
            GET    /policies/{name}                      302 403 403 200
            POST   /policies/{name}/activation           403 403 403 403
            GET    /orphans                              302 403 403 200
            POST   /orphans                              403 403 403 403
            GET    /queue                                302 403 403 200
            GET    /queue/approval                       302 403 403 302
            POST   /queue/approval                       403 403 403 403
            GET    /queue/next                           302 403 403 302
            GET    /requests                             302 200 200 200
            POST   /requests                             403 403 403 403
            GET    /requests/inspection                  302 302 302 302
            POST   /requests/inspection                  403 403 403 403
            GET    /requests/new                         302 200 200 200
            GET    /requests/{id}                        302 404 200 200
            GET    /requests/{id}/live                   302 404 200 200
            GET    /requests/{id}/decision               302 302 302 302
            POST   /requests/{id}/decision               403 403 403 403
            GET    /requests/{id}/withdrawal             302 302 302 302
            POST   /requests/{id}/withdrawal             403 403 403 403
            GET    /requests/{id}/plan.yaml              302 404 200 200
            GET    /requests/{id}/plan/{number}.yaml     302 404 200 200
            POST   /theme                                403 403 403 403
            GET    /signed-out                           200 200 200 200
            GET    /login-unavailable                    503 503 503 503
            """;

    /** The same for a request of the platform's admins, a removal of orphans; the admin is not who asked. */
    private static final String REMOVAL = """
            GET    /api/v1/requests/{id}                 401 404 404 200
            GET    /api/v1/requests/{id}/plan            401 404 404 200
            POST   /api/v1/requests/{id}/approval        401 404 404 409
            POST   /api/v1/requests/{id}/rejection       401 404 404 409
            POST   /api/v1/requests/{id}/withdrawal      401 404 404 412
            """;

    private static final String REMOVAL_PAGES = """
            GET    /requests/{id}                        302 404 404 200
            GET    /requests/{id}/live                   302 404 404 200
            GET    /requests/{id}/plan.yaml              302 404 404 200
            GET    /requests/{id}/plan/{number}.yaml     302 404 404 200
            """;

    private record Row(String method, String path, List<Integer> statuses) {}

    private final TestCertificateAuthority authority = TestCertificateAuthority.root("CN=CA");
    private IdentityProviderStub provider;
    private Portal portal;
    private String app;
    private String request;
    private String identity;
    private String digest;
    private String removal;

    @BeforeAll
    void start() {
        provider = new IdentityProviderStub();
        portal = new Portal(provider.issuer(), "http://localhost:8080");
        app = portal.app("guarded");
        Issued issued = authority.issue(Wish.client("CN=guarded"));
        var made = portal.asks("member", app, issued, authority.certificatePem())
                .body()
                .path("request");
        request = made.path("id").asString();
        identity = made.path("identity").asString();
        digest = portal.applier.plan(request);
        portal.person("another-admin", "platform-admins");
        removal = portal.asksForRemoval("another-admin", List.of(portal.applier.orphan("left-over")))
                .body()
                .path("request")
                .path("id")
                .asString();
        portal.applier.planRemoval(removal);
    }

    @AfterAll
    void stop() {
        portal.close();
        provider.close();
    }

    @Test
    void noCallAndNoPageIsWithoutARowHere() {
        List<String> rows = java.util.stream.Stream.concat(rows(CALLS).stream(), rows(PAGES).stream())
                .map(row -> row.method() + " " + row.path())
                .sorted()
                .toList();

        assertThat(rows).containsExactlyElementsOf(portal.mappings());
    }

    @Test
    void everyCallIsForWhomItIsFor() {
        calls(CALLS, request);
        assertThat(portal.call("member", "GET", "/requests/" + request)
                        .body()
                        .path("request")
                        .path("status")
                        .asString())
                .isEqualTo("pending");
        assertThat(digest).startsWith("sha256:");
    }

    @Test
    void aRemovalOfOrphansIsForPlatformAdmins() {
        calls(REMOVAL, removal);
        pages(REMOVAL_PAGES, removal);
        Map<String, Object> body =
                Map.of("kind", "remove-orphans", "cluster", "sandbox", "uids", List.of("uid"), "reason", "x");
        for (String who : List.of("stranger", "member")) {
            assertThat(portal.call(who, "POST", "/requests", body).status()).isEqualTo(403);
            assertThat(portal.call(who, "GET", "/requests?kind=remove-orphans")
                            .body()
                            .path("items"))
                    .isEmpty();
        }
        assertThat(portal.call("admin", "POST", "/requests", body).status()).isEqualTo(422);
    }

    private void calls(String table, String request) {
        SoftAssertions softly = new SoftAssertions();
        List<String> people = List.of("", "stranger", "member", "admin");
        for (Row row : rows(table)) {
            boolean post = row.method().equals("POST") || row.method().equals("PATCH");
            for (int i = 0; i < people.size(); i++) {
                var answer = portal.call(
                        people.get(i),
                        row.method(),
                        concrete(row.path(), request).substring("/api/v1".length()),
                        post ? body(row.path()) : null,
                        row.path().endsWith("/withdrawal") ? new String[] {"If-Match", "\"old\""} : new String[0]);
                softly.assertThat(answer.status())
                        .as(
                                "%s %s by “%s”: %s",
                                row.method(),
                                row.path(),
                                people.get(i),
                                answer.raw().body())
                        .isEqualTo(row.statuses().get(i));
            }
        }
        softly.assertAll();
    }

    @Test
    void everyPageIsForWhomItIsFor() {
        pages(PAGES, request);
    }

    private void pages(String table, String request) {
        SoftAssertions softly = new SoftAssertions();
        try (Browser nobody = new Browser(portal.address());
                Browser stranger = new Browser(portal.address());
                Browser member = new Browser(portal.address());
                Browser admin = new Browser(portal.address())) {
            stranger.login(provider, "page-stranger", "two-members");
            member.login(provider, "page-member", "one-members");
            admin.login(provider, "page-admin", "platform-admins");
            List<Browser> browsers = List.of(nobody, stranger, member, admin);
            for (Row row : rows(table)) {
                for (int i = 0; i < browsers.size(); i++) {
                    var answer = row.method().equals("GET")
                            ? browsers.get(i).get(concrete(row.path(), request))
                            : browsers.get(i).postWithoutToken(concrete(row.path(), request), "x=y");
                    softly.assertThat(answer.statusCode())
                            .as("%s %s by browser %d", row.method(), row.path(), i)
                            .isEqualTo(row.statuses().get(i));
                }
            }
        }
        softly.assertAll();
    }

    @Test
    void aPageThatIsNotOnesOwnGivesNothingAway() {
        try (Browser stranger = new Browser(portal.address())) {
            stranger.login(provider, "page-stranger", "two-members");

            for (String path : List.of("/requests/" + request, "/identities/" + identity, "/requests", "/apps", "/")) {
                assertThat(stranger.get(path).body())
                        .as(path)
                        .doesNotContain("guarded")
                        .doesNotContain("namespace-one");
            }
        }
    }

    @Test
    void theDescriptionOfTheApiNeedsATokenAndNothingElseIsOpen() {
        try (Browser nobody = new Browser(portal.address())) {
            assertThat(nobody.get("/openapi.json").statusCode()).isEqualTo(401);
            for (String path : List.of("/swagger-ui.html", "/v3/api-docs", "/actuator", "/actuator/env", "/nowhere")) {
                assertThat(nobody.get(path).statusCode()).as(path).isEqualTo(302);
            }
            for (String path : List.of("/css/tokens.css", "/mark.svg", "/actuator/health/readiness")) {
                assertThat(nobody.get(path).statusCode()).as(path).isEqualTo(200);
            }
        }
    }

    private Map<String, String> body(String path) {
        if (path.endsWith("/activation")) {
            return Map.of("version", "99");
        }
        if (path.endsWith("/approval") || path.endsWith("/rejection")) {
            return Map.of("digest", "sha256:old", "reason", "x");
        }
        return path.equals("/api/v1/clusters")
                ? Map.of("flavour", "solo")
                : path.equals("/api/v1/gateways")
                        ? Map.of("placement", "team-namespace")
                        : path.equals("/api/v1/requests") ? Map.of("kind", "create-identity") : Map.of();
    }

    private String concrete(String path, String request) {
        String id = path.contains("/apps/") ? app : path.contains("/identities/") ? identity : request;
        return path.replace("{id}", id)
                .replace("{name}", path.contains("/policies/") ? "certificate-lifetime" : "sandbox")
                .replace("{version}", "1")
                .replace("{number}", "1")
                .replace("/live", "/live?seen=nothing")
                .replace("{slug}", path.contains("/teams/") ? "one" : "nginx");
    }

    private static List<Row> rows(String table) {
        return table.lines()
                .map(line -> line.split("\\s+"))
                .map(words -> new Row(
                        words[0],
                        words[1],
                        Arrays.stream(words).skip(2).map(Integer::valueOf).toList()))
                .toList();
    }
}
