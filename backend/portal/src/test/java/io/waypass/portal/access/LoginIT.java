package io.waypass.portal.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.JWTClaimsSet;
import io.waypass.portal.Browser;
import io.waypass.portal.IdentityProviderStub;
import io.waypass.portal.Portal;
import io.waypass.portal.Portal.Answer;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LoginIT {

    private IdentityProviderStub provider;
    private Portal portal;

    @BeforeAll
    void start() {
        provider = new IdentityProviderStub();
        portal = new Portal(provider.issuer(), "https://waypass.example");
    }

    @AfterAll
    void stop() {
        portal.close();
        provider.close();
    }

    @Test
    void aPageLeadsToTheIdentityProviderAndFromThereToItself() {
        try (Browser browser = new Browser(portal.address())) {
            HttpResponse<String> stranger = browser.get("/apps");
            HttpResponse<String> back = browser.login(provider, "login", "one-members");
            HttpResponse<String> page = browser.get("/apps");

            assertThat(stranger.statusCode()).isEqualTo(302);
            assertThat(location(stranger)).endsWith("/oauth2/authorization/waypass");
            assertThat(location(back)).contains("/apps");
            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.body()).contains("The login");
        }
    }

    @Test
    void theSessionsCookieIsSecureBehindHttpsAndOutOfReachOfScriptsAndOtherSites() {
        try (Browser browser = new Browser(portal.address())) {
            String cookie = browser.login(provider, "cookie", "one-members").headers().allValues("Set-Cookie").stream()
                    .filter(value -> value.startsWith("waypass_session="))
                    .findFirst()
                    .orElseThrow();

            assertThat(cookie).contains("; Secure", "; HttpOnly", "; SameSite=Lax");
        }
    }

    @Test
    void everyPageCarriesAStrictContentSecurityPolicyThatNamesTheProviderForLogout() {
        try (Browser browser = new Browser(portal.address())) {
            browser.login(provider, "headers", "one-members");
            for (String path : List.of("/", "/apps", "/nowhere", "/signed-out")) {
                HttpResponse<String> page = browser.get(path);

                assertThat(page.headers().firstValue("Content-Security-Policy"))
                        .as(path)
                        .hasValue(
                                "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self';"
                                        + " connect-src 'self'; form-action 'self' " + provider.issuer()
                                        + "; base-uri 'none'; frame-ancestors 'none'");
                assertThat(page.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
                assertThat(page.headers().firstValue("X-Frame-Options")).hasValue("DENY");
                assertThat(page.headers().firstValue("Referrer-Policy")).hasValue("same-origin");
                assertThat(page.headers().firstValue("Cache-Control").orElseThrow())
                        .contains("no-store");
                assertThat(page.headers().firstValue("X-Request-Id")).isPresent();
            }
        }
    }

    @Test
    void aFormOfAnotherSiteDoesNothing() {
        try (Browser browser = new Browser(portal.address())) {
            browser.login(provider, "forged-form", "one-members");

            for (String path : List.of("/apps", "/requests", "/theme", "/logout")) {
                assertThat(browser.postWithoutToken(path, "name=forged").statusCode())
                        .as(path)
                        .isEqualTo(403);
            }
            assertThat(browser.get("/apps").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void signingOutEndsTheSessionHereAndAtTheProvider() {
        try (Browser browser = new Browser(portal.address())) {
            browser.login(provider, "leaving", "one-members");

            HttpResponse<String> out = browser.post("/logout", "");

            assertThat(location(out))
                    .startsWith(provider.issuer() + "/logout?id_token_hint=")
                    .contains("post_logout_redirect_uri=");
            assertThat(browser.get("/apps").statusCode()).isEqualTo(302);
        }
    }

    @Test
    void aTeamsNewGroupCountsAtOnceForWhoIsLoggedIn() {
        try (Browser browser = new Browser(portal.address())) {
            browser.login(provider, "joining", "newcomers");
            String app = portal.app("seen-by-newcomers");
            assertThat(browser.get("/apps").body()).doesNotContain("seen-by-newcomers");

            portal.owner
                    .sql(
                            "insert into team_group (team_id, group_name) select id, 'newcomers' from team where slug = 'one'")
                    .update();

            assertThat(app).startsWith("app_");
            assertThat(browser.get("/apps").body()).contains("seen-by-newcomers");
        }
    }

    @Test
    void aScriptOfAPageWhoseSessionIsOverIsToldToLoadThePageAgain() {
        try (Browser browser = new Browser(portal.address())) {
            HttpResponse<String> answer = browser.get("/requests/req_x/live", "HX-Request", "true");

            assertThat(answer.statusCode()).isEqualTo(401);
            assertThat(answer.headers().firstValue("HX-Refresh")).hasValue("true");
        }
    }

    @Test
    void aFileThatIsTooLargeIsAPageThatSaysSo() {
        try (Browser browser = new Browser(portal.address())) {
            browser.login(provider, "large-file", "one-members");

            for (int size : List.of(100 * 1024, 600 * 1024)) {
                HttpResponse<String> page = browser.postFile("/requests", "clientFiles", "x".repeat(size));

                assertThat(page.statusCode()).as(size + " bytes").isEqualTo(413);
                assertThat(page.body()).contains("A file is too large");
            }
        }
    }

    @Test
    void aTextWithACharacterThatCannotBeStoredIsNoFailure() {
        try (Browser browser = new Browser(portal.address())) {
            browser.login(provider, "nul", "one-members");

            assertThat(browser.get("/requests?cursor=%00").statusCode()).isBetween(400, 499);
            assertThat(browser.post("/apps", "name=a%00b").statusCode()).isBetween(400, 499);
        }
    }

    @Test
    void aJwtOfTheProviderSpeaksForItsSubject() {
        Answer answer = withJwt(claims -> claims.subject("pipeline").claim("groups", List.of("one-members")));

        assertThat(answer.status()).as(answer.raw().body()).isEqualTo(200);
        assertThat(answer.body().path("subject").asString()).isEqualTo("pipeline");
        assertThat(answer.body().path("teams").get(0).path("slug").asString()).isEqualTo("one");
    }

    @Test
    void aJwtThatNamesNoGroupsLeavesThoseOfTheLastLogin() {
        withJwt(claims -> claims.subject("both-ways").claim("groups", List.of("one-members")));

        Answer answer = withJwt(claims -> claims.subject("both-ways"));

        assertThat(answer.body().path("teams").size()).isEqualTo(1);
        assertThat(withJwt(claims -> claims.subject("both-ways").claim("groups", List.of()))
                        .body()
                        .path("teams")
                        .size())
                .isZero();
    }

    @Test
    void aJwtThatIsExpiredForgedOfAnotherIssuerForAnotherAudienceOrOfNobodyIsRefused() {
        assertThat(withJwt(claims ->
                                claims.subject("late").expirationTime(Date.from(Instant.parse("2020-01-01T00:00:00Z"))))
                        .status())
                .isEqualTo(401);
        assertThat(withJwt(claims -> claims.subject("elsewhere").issuer("https://elsewhere.example"))
                        .status())
                .isEqualTo(401);
        assertThat(withJwt(claims -> claims.subject("other").audience("another-api"))
                        .status())
                .isEqualTo(401);
        assertThat(withJwt(claims -> claims).status()).isEqualTo(401);
        assertThat(portal.call(provider.forgedJwt(claims -> claims.subject("forged")), "GET", "/me")
                        .status())
                .isEqualTo(401);
        assertThat(portal.owner
                        .sql("select count(*) from person where subject in ('late', 'elsewhere', 'other', 'forged')")
                        .query(Long.class)
                        .single())
                .isZero();
    }

    private Answer withJwt(UnaryOperator<JWTClaimsSet.Builder> change) {
        return portal.call(provider.jwt(change), "GET", "/me");
    }

    private static String location(HttpResponse<String> response) {
        return response.headers().firstValue("Location").orElse("");
    }
}
