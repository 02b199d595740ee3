package io.waypass.portal.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.portal.Portal;
import io.waypass.portal.Portal.Answer;
import io.waypass.testing.TestCertificateAuthority;
import io.waypass.testing.TestCertificateAuthority.Issued;
import io.waypass.testing.TestCertificateAuthority.Wish;
import java.util.HashMap;
import java.util.Map;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;

/** A portal whose requests are decided by two admins, an admin of the team that asks, and policies. */
final class Decisions implements AutoCloseable {

    private final TestCertificateAuthority authority = TestCertificateAuthority.root("CN=CA");
    final Portal portal = new Portal();
    private int names;

    Decisions() {
        portal.person("admin2", "platform-admins");
        portal.person("insider", "platform-admins", "one-members");
    }

    /** One approval is enough again, and no policy is active. */
    void reset() {
        approvals(1);
        for (JsonNode policy : portal.call("admin", "GET", "/policies").body().path("items")) {
            activate(policy.path("name").asString(), null);
        }
    }

    String freshName() {
        return "rule-" + ++names;
    }

    String policy(String effect, String expression, Map<String, ?> more) {
        return policy(freshName(), effect, expression, more);
    }

    String policy(String name, String effect, String expression, Map<String, ?> more) {
        return policyOf("admin", name, effect, expression, more);
    }

    /** Saves a new version of a policy, which is not active. */
    String policyOf(String author, String name, String effect, String expression, Map<String, ?> more) {
        Map<String, Object> body = new HashMap<>(
                Map.of("name", name, "description", "A test's.", "effect", effect, "expression", expression));
        body.putAll(more);
        assertThat(portal.call(author, "POST", "/policies", body).status()).isEqualTo(201);
        return name;
    }

    /** Activates a version of a policy, or with {@code null} none. */
    void activate(String name, Integer version) {
        Map<String, Object> body = new HashMap<>();
        body.put("version", version);
        assertThat(portal.call("admin", "POST", "/policies/" + name + "/activation", body)
                        .status())
                .isEqualTo(200);
    }

    void approvals(int needed) {
        portal.call("admin", "PATCH", "/destinations/nginx", Map.of("approvals", needed));
    }

    /** Submits a request and plans it. */
    String planned() {
        String request = submit("member", Wish.client("CN=app"));
        portal.applier.plan(request);
        return request;
    }

    String submit(String who, Wish wish) {
        Issued issued = authority.issue(wish);
        return portal.asks(who, portal.app("app" + ++names), issued, authority.certificatePem())
                .body()
                .path("request")
                .path("id")
                .asString();
    }

    Answer approve(String who, String request) {
        return decide(who, request, "approval", digest(request), null);
    }

    Answer decide(String who, String request, String what, String digest, String plan) {
        Map<String, Object> body = new HashMap<>(Map.of("digest", digest, "reason", "looked at it"));
        if (plan != null) {
            body.put("plan", plan);
        }
        return portal.call(who, "POST", "/requests/" + request + "/" + what, body);
    }

    String digest(String request) {
        return portal.call("admin", "GET", "/requests/" + request + "/plan")
                .body()
                .path("digest")
                .asString();
    }

    String status(String request) {
        return portal.call("admin", "GET", "/requests/" + request)
                .body()
                .path("request")
                .path("status")
                .asString();
    }

    String appOf(String request) {
        return portal.call("admin", "GET", "/requests/" + request)
                .body()
                .path("request")
                .path("appName")
                .asString();
    }

    void awaitStatus(String request, String status) {
        Awaitility.await().until(() -> status(request), status::equals);
    }

    /** Waits until the present plan has that many approvals, of people and policies. */
    void awaitApprovals(String request, int given) {
        Awaitility.await()
                .until(() -> portal.owner
                                .sql("select approvals_given(plan_id) from request where public_id = :id")
                                .param("id", request)
                                .query(Long.class)
                                .single()
                        == given);
    }

    /** Waits until the present policies have judged the present plan. */
    void awaitJudged(String request) {
        Awaitility.await()
                .until(() -> portal.owner
                                .sql("""
                                select count(*) from policy_evaluation e join request r on r.plan_id = e.plan_id
                                where r.public_id = :id and e.policy_set = (select version from policy_set)
                                """)
                                .param("id", request)
                                .query(Long.class)
                                .single()
                        == 1);
    }

    @Override
    public void close() {
        portal.close();
    }
}
