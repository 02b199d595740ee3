package io.waypass.portal.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.portal.Browser;
import io.waypass.portal.IdentityProviderStub;
import io.waypass.portal.Portal;
import io.waypass.portal.Portal.Answer;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

class AwayIT {

    @Test
    void whileTheIdentityProviderIsAwayThePortalRunsAndSaysSo() {
        try (Portal portal = new Portal();
                IdentityProviderStub another = new IdentityProviderStub();
                Browser browser = new Browser(portal.address())) {
            HttpResponse<String> login = browser.get("/oauth2/authorization/waypass");
            HttpResponse<String> page = browser.get("/login-unavailable");
            HttpResponse<String> callback = browser.get("/login/oauth2/code/waypass?code=x&state=y");
            Answer jwt = portal.call(another.jwt(claims -> claims.subject("pipeline")), "GET", "/me");

            assertThat(login.statusCode()).isEqualTo(302);
            assertThat(login.headers().firstValue("Location").orElseThrow()).endsWith("/login-unavailable");
            assertThat(page.statusCode()).isEqualTo(503);
            assertThat(page.body()).contains("Signing in did not work");
            assertThat(callback.headers().firstValue("Location").orElseThrow()).endsWith("/login-unavailable");
            assertThat(jwt.status()).isEqualTo(503);
            assertThat(portal.call("member", "GET", "/me").status()).isEqualTo(200);
            assertThat(browser.get("/actuator/health/liveness").statusCode()).isEqualTo(200);
            assertThat(browser.get("/actuator/health/readiness").statusCode()).isEqualTo(200);
            assertThat(browser.get("/actuator").statusCode()).isEqualTo(302);
            assertThat(browser.get("/actuator/env").statusCode()).isEqualTo(302);
        }
    }
}
