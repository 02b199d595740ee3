package io.waypass.portal.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.portal.IdentityProviderStub;
import io.waypass.portal.Portal;
import io.waypass.portal.page.Visitor.Page;
import io.waypass.testing.TestCertificateAuthority;
import io.waypass.testing.TestCertificateAuthority.Issued;
import io.waypass.testing.TestCertificateAuthority.Wish;
import java.util.List;
import java.util.Map;

/** A portal with its identity provider, four people who are logged in, and what they do on its pages. */
final class PageFixtures implements AutoCloseable {

    final TestCertificateAuthority clients = TestCertificateAuthority.root("CN=Client CA");
    final TestCertificateAuthority partner = TestCertificateAuthority.root("CN=Partner CA");
    private final IdentityProviderStub provider = new IdentityProviderStub();
    final Portal portal = new Portal(provider.issuer(), "http://localhost:8080");
    final Visitor member = new Visitor(portal, provider, "member", "one-members");
    final Visitor stranger = new Visitor(portal, provider, "stranger", "two-members");
    final Visitor admin = new Visitor(portal, provider, "admin", "platform-admins");
    final Visitor adminAndMember = new Visitor(portal, provider, "admin-and-member", "platform-admins", "one-members");

    Page ask(String app, String chain, String key, String ca, String reason, Map<String, byte[]> files) {
        return ask(app, chain, key, ca, reason, files, "");
    }

    Page ask(
            String app,
            String chain,
            String key,
            String ca,
            String reason,
            Map<String, byte[]> files,
            String passphrase) {
        return member.submit(
                member.open("/requests/new"),
                "/requests",
                Map.of(
                        "app", app,
                        "destination", "nginx",
                        "clientText", chain + key,
                        "caBundleText", ca,
                        "passphrase", passphrase,
                        "reason", reason),
                files);
    }

    String submit(String app) {
        return submit(portal.app(app), clients.issue(Wish.client("CN=one." + app)));
    }

    String submit(String app, Issued issued) {
        Page page = ask(app, issued.chainPem(), issued.keyPem(), partner.certificatePem(), "a test asks", Map.of());
        assertThat(page.path()).as(page.text("main")).startsWith("/requests/req_");
        return page.path().substring("/requests/".length());
    }

    /** Plans a request and approves it. */
    void approve(String request) {
        portal.applier.plan(request);
        decide(admin.open("/requests/" + request), request, Map.of("verdict", "approved", "reason", "fine"));
    }

    Page decide(Page page, String request, Map<String, String> filled) {
        return admin.submit(page, "/requests/" + request + "/decision", filled);
    }

    /** {@return the app of a request} */
    String app(String request) {
        return portal.call("member", "GET", "/requests/" + request)
                .body()
                .at("/request/app")
                .asString();
    }

    String status(String request) {
        return one("select status from request where public_id = :id", request);
    }

    /** {@return the identity of a request} */
    String identity(String request) {
        return one(
                "select rs.public_id from identity i join resource rs on rs.id = i.id join request r on r.resource_id = i.id where r.public_id = :id",
                request);
    }

    /** {@return the one text that a query finds for an id} */
    String one(String sql, String id) {
        return portal.owner.sql(sql).param("id", id).query(String.class).single();
    }

    @Override
    public void close() {
        List.of(member, stranger, admin, adminAndMember).forEach(Visitor::close);
        portal.close();
        provider.close();
    }
}
