package io.waypass.portal.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.portal.Portal;
import io.waypass.portal.Portal.Answer;
import io.waypass.testing.TestCertificateAuthority;
import io.waypass.testing.TestCertificateAuthority.Wish;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What is done about drift in a cluster, and what a gateway does with apps that have no identity. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClusterApiIT {

    private final TestCertificateAuthority authority = TestCertificateAuthority.root("CN=CA");
    private Portal portal;

    @BeforeAll
    void start() {
        portal = new Portal();
    }

    @AfterAll
    void stop() {
        portal.close();
    }

    @Test
    void driftIsRestoredUnlessSomebodySaidOtherwise() {
        assertThat(portal.call("member", "GET", "/clusters/sandbox")
                        .body()
                        .path("drift")
                        .asString())
                .isEqualTo("restore");
        Answer told = portal.call(
                "admin",
                "POST",
                "/clusters",
                Map.of("name", "told", "trustDomain", "told.local", "flavour", "solo", "drift", "report-only"));
        assertThat(told.status()).isEqualTo(201);
        assertThat(told.body().path("drift").asString()).isEqualTo("report-only");
        Answer wrong = portal.call(
                "admin",
                "POST",
                "/clusters",
                Map.of("name", "wrong", "trustDomain", "wrong.local", "flavour", "solo", "drift", "ignore"));
        assertThat(wrong.status()).isEqualTo(422);
        assertThat(wrong.body().path("errors").get(0).path("pointer").asString())
                .isEqualTo("/drift");
    }

    @Test
    void aChangeReconcilesEveryKeptIdentityAndIsOnTheTrail() {
        String identity = portal.applied(
                portal.app("watched"), authority.issue(Wish.client("CN=watched")), authority.certificatePem());
        portal.asks(
                "member", portal.app("unapproved"), authority.issue(Wish.client("CN=no")), authority.certificatePem());
        portal.owner
                .sql("delete from scheduled_tasks where task_name = 'reconcile-sandbox'")
                .update();
        Answer before = portal.call("member", "GET", "/clusters/sandbox");
        String etag = before.raw().headers().firstValue("ETag").orElseThrow();

        Answer stale = portal.call(
                "admin", "PATCH", "/clusters/sandbox", Map.of("drift", "report-only"), "If-Match", "\"old\"");
        assertThat(stale.status()).isEqualTo(412);
        Answer changed =
                portal.call("admin", "PATCH", "/clusters/sandbox", Map.of("drift", "report-only"), "If-Match", etag);

        assertThat(changed.status()).isEqualTo(200);
        assertThat(changed.body().path("drift").asString()).isEqualTo("report-only");
        assertThat(changed.raw().headers().firstValue("ETag").orElseThrow()).isNotEqualTo(etag);
        assertThat(portal.owner
                        .sql(
                                "select task_instance from scheduled_tasks where task_name = 'reconcile-sandbox' and urgent")
                        .query(String.class)
                        .list())
                .containsExactly(identity);
        assertThat(portal.owner.sql("""
                                select count(*) from audit_event where action = 'cluster.changed' and subject = 'sandbox'
                                    and detail ->> 'drift' = 'report-only' and before_digest <> after_digest
                                """).query(Long.class).single()).isEqualTo(1);
        assertThat(portal.call("admin", "PATCH", "/clusters/nowhere", Map.of("drift", "restore"))
                        .status())
                .isEqualTo(404);
        portal.call("admin", "PATCH", "/clusters/sandbox", Map.of("drift", "restore"));
    }

    @Test
    void aGatewayRefusesAppsWithoutAnIdentityUnlessSomebodySaidOtherwise() {
        Answer registered = portal.call(
                "admin",
                "POST",
                "/gateways",
                Map.of(
                        "cluster", "sandbox",
                        "namespace", "istio-egress",
                        "name", "open",
                        "placement", "team-namespace",
                        "denyByDefault", false));

        assertThat(registered.status()).isEqualTo(201);
        assertThat(registered.body().path("denyByDefault").asBoolean()).isFalse();
        assertThat(portal.call("member", "GET", "/gateways").body().path("items"))
                .filteredOn(gateway -> gateway.path("name").asString().equals("egress"))
                .singleElement()
                .satisfies(gateway ->
                        assertThat(gateway.path("denyByDefault").asBoolean()).isTrue());
    }
}
