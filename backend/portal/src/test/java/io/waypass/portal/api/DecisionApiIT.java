package io.waypass.portal.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.portal.Portal;
import io.waypass.portal.Portal.Answer;
import io.waypass.testing.TestCertificateAuthority;
import io.waypass.testing.TestCertificateAuthority.Issued;
import io.waypass.testing.TestCertificateAuthority.KeyType;
import io.waypass.testing.TestCertificateAuthority.Wish;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Quorum, policies and races of decisions, over the API; the portal's own rounds ask the policies. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.Random.class)
class DecisionApiIT {

    private final TestCertificateAuthority authority = TestCertificateAuthority.root("CN=CA");
    private Portal portal;
    private int apps;

    @BeforeAll
    void start() {
        portal = new Portal();
        portal.person("admin2", "platform-admins");
        portal.person("insider", "platform-admins", "one-members");
    }

    @AfterAll
    void stop() {
        portal.close();
    }

    @AfterEach
    void asBefore() {
        approvals(1);
        for (JsonNode policy : portal.call("admin", "GET", "/policies").body().path("items")) {
            activate(policy.path("name").asString(), null);
        }
    }

    @Test
    void aDestinationMayTakeTwoApprovalsEachByAnotherPerson() {
        approvals(2);
        String request = planned();

        Answer first = approve("admin", request);
        assertThat(first.body().path("request").path("status").asString()).isEqualTo("pending");
        assertThat(first.body().path("request").path("approvals").asInt()).isEqualTo(1);
        assertThat(first.body().path("request").path("approvalsNeeded").asInt()).isEqualTo(2);
        Answer again = approve("admin", request);
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.body().path("detail").asString()).contains("by another platform admin");
        assertThat(approve("admin2", request)
                        .body()
                        .path("request")
                        .path("status")
                        .asString())
                .isEqualTo("approved");
    }

    @Test
    void oneRejectionIsEnough() {
        approvals(2);
        String request = planned();
        approve("admin", request);

        Answer rejected = decide("admin2", request, "rejection", digest(request), null);

        assertThat(rejected.body().path("request").path("status").asString()).isEqualTo("rejected");
    }

    @Test
    void whatIsChangedAboutADestinationIsInTheAuditTrailWithDigestsAndTheCall() {
        Answer answer = portal.call(
                "admin", "PATCH", "/destinations/nginx", Map.of("approvals", 3), "X-Request-Id", "the-call");
        assertThat(answer.body().path("approvals").asInt()).isEqualTo(3);

        Map<String, Object> row = portal.owner.sql("""
                        select before_digest, after_digest, call_id from audit_event where action = 'destination.changed' order by id desc limit 1
                        """).query().singleRow();
        assertThat(row.get("call_id")).isEqualTo("the-call");
        assertThat(row.get("before_digest")).isNotEqualTo(row.get("after_digest"));
        for (Object wrong : List.of(0, 6, -1)) {
            assertThat(portal.call("admin", "PATCH", "/destinations/nginx", Map.of("approvals", wrong))
                            .status())
                    .isEqualTo(422);
        }
        assertThat(portal.call("member", "PATCH", "/destinations/nginx", Map.of("approvals", 1))
                        .status())
                .isEqualTo(403);
    }

    @Test
    void ofManyWhoDecideAtOnceOneWinsAndTheOthersAreToldWhoAndWhat() throws Exception {
        String request = planned();
        String digest = digest(request);
        List<Callable<Answer>> votes = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            votes.add(() -> decide("admin", request, "approval", digest, null));
            votes.add(() -> decide("admin2", request, "rejection", digest, null));
        }

        List<Answer> answers = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Answer> answer : threads.invokeAll(votes)) {
                answers.add(answer.get());
            }
        }

        assertThat(answers).filteredOn(answer -> answer.status() == 200).hasSize(1);
        assertThat(answers)
                .filteredOn(answer -> answer.status() != 200)
                .allSatisfy(answer -> assertThat(answer.body().path("detail").asString())
                        .containsAnyOf("approved it at", "rejected it at")
                        .contains("Your decision was not recorded"));
        assertThat(portal.owner
                        .sql(
                                "select count(*) from decision d join request r on r.id = d.request_id where r.public_id = :id")
                        .param("id", request)
                        .query(Long.class)
                        .single())
                .isEqualTo(1);
    }

    @Test
    void aDecisionOnAPlanThatWasMadeAnewIsRefusedAlsoIfItsObjectsAreTheSame() {
        String request = planned();
        JsonNode seen =
                portal.call("admin", "GET", "/requests/" + request + "/plan").body();
        portal.planAnew(request, "Namespace namespace-one has changed.");
        assertThat(decide("admin", request, "approval", seen.path("digest").asString(), null)
                        .status())
                .as("while it is planned")
                .isEqualTo(409);
        portal.plan(request);

        Answer stale = decide(
                "admin",
                request,
                "approval",
                seen.path("digest").asString(),
                seen.path("id").asString());
        assertThat(stale.body().path("type").asString()).contains("plan.outdated");
        assertThat(stale.body().path("detail").asString()).contains("Namespace namespace-one has changed");
        JsonNode present =
                portal.call("admin", "GET", "/requests/" + request + "/plan").body();
        assertThat(present.path("number").asInt()).isEqualTo(2);
        assertThat(present.path("cause").asString()).contains("Namespace namespace-one");
        assertThat(decide(
                                "admin",
                                request,
                                "approval",
                                present.path("digest").asString(),
                                present.path("id").asString())
                        .status())
                .isEqualTo(200);
    }

    @Test
    void approvalsOfAnEarlierPlanDoNotCountForTheNewOne() {
        approvals(2);
        String request = planned();
        approve("admin", request);
        portal.planAnew(request, "Something changed.");
        portal.plan(request);

        Answer answer = approve("admin2", request);

        assertThat(answer.body().path("request").path("status").asString()).isEqualTo("pending");
        assertThat(answer.body().path("request").path("approvals").asInt()).isEqualTo(1);
        assertThat(approve("admin", request)
                        .body()
                        .path("request")
                        .path("status")
                        .asString())
                .isEqualTo("approved");
    }

    @Test
    void aPlanThatIsOlderThanTheCatalogueIsMadeAnewInsteadOfDecided() {
        String request = planned();
        String digest = digest(request);
        portal.owner.sql("update destination set listen_port = listen_port + 1").update();

        Answer answer = decide("admin", request, "approval", digest, null);

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.body().path("detail").asString())
                .contains("catalogue")
                .contains("Your decision was not recorded");
        assertThat(status(request)).isEqualTo("planning");
        portal.plan(request);
        assertThat(approve("admin", request).status()).isEqualTo(200);
    }

    @Test
    void aPolicyApprovesWhatItsRuleCoversAndIsRecordedWithItsVersion() {
        String name = policy("approve", "request.app.startsWith('app') && plan.passed == 1", Map.of());
        policy(name, "approve", "plan.warnings + plan.failed + plan.unknown == 0", Map.of());
        activate(name, 2);

        String request = planned();

        awaitStatus(request, "approved");
        JsonNode decision = portal.call("member", "GET", "/requests/" + request)
                .body()
                .path("decisions")
                .path(0);
        assertThat(decision.path("policy").asString()).isEqualTo(name);
        assertThat(decision.path("policyVersion").asInt()).isEqualTo(2);
        assertThat(decision.path("decidedBy").asString()).isEqualTo("policy " + name + ", version 2");
    }

    @Test
    void aPolicysApprovalIsOneAmongAsManyAsTheDestinationTakes() {
        approvals(2);
        activate(policy("approve", "true", Map.of()), 1);
        String request = planned();
        awaitJudged(request);
        assertThat(status(request)).isEqualTo("pending");

        assertThat(approve("admin", request)
                        .body()
                        .path("request")
                        .path("status")
                        .asString())
                .isEqualTo("approved");
    }

    @Test
    void aPolicyHasOneVoiceThroughAllItsVersionsAndNoneOnceItIsSwitchedOff() {
        approvals(2);
        String name = policy("approve", "true", Map.of());
        activate(name, 1);
        String request = planned();
        awaitApprovals(request, 1);
        policy(name, "approve", "true", Map.of());
        activate(name, 2);
        awaitJudged(request);
        assertThat(status(request)).isEqualTo("pending");
        awaitApprovals(request, 1);

        activate(name, null);

        awaitApprovals(request, 0);
        assertThat(approve("admin", request)
                        .body()
                        .path("request")
                        .path("status")
                        .asString())
                .isEqualTo("pending");
    }

    @Test
    void nobodyIsApprovedByARuleOfTheirOwnNorLetInByOne() {
        String approving =
                policyOf("insider", "rule-" + ++apps, "approve", "request.requestedBy == team.slug", Map.of());
        policyOf("insider", approving, "approve", "true", Map.of());
        activate(approving, 2);

        String own = submit("insider", Wish.client("CN=app"));
        portal.plan(own);
        awaitJudged(own);

        assertThat(status(own)).isEqualTo("pending");
        assertThat(portal.call("insider", "GET", "/requests/" + own).body().path("policies"))
                .anySatisfy(answer -> {
                    assertThat(answer.path("policy").asString()).isEqualTo(approving);
                    assertThat(answer.path("outcome").asString()).isEqualTo("no-decision");
                    assertThat(answer.path("message").asString()).contains("nobody approves an own request");
                });
        activate(approving, null);
        activate(policyOf("insider", "rule-" + ++apps, "allow-own-team", "true", Map.of()), 1);
        assertThat(approve("insider", planned()).status()).isEqualTo(403);
    }

    @Test
    void fewerApprovalsSettleWhatHasEnoughOfThem() {
        approvals(2);
        String request = planned();
        approve("admin", request);
        assertThat(status(request)).isEqualTo("pending");

        approvals(1);

        awaitStatus(request, "approved");
        assertThat(portal.owner
                        .sql(
                                "select count(*) from audit_event where subject = :request and action = 'request.quorum-reached'")
                        .param("request", request)
                        .query(Long.class)
                        .single())
                .isEqualTo(1);
    }

    @Test
    void aRuleThatAsksForPeopleAndCannotBeEvaluatedAsksForThem() {
        activate(policy("require-approvals", "previous.subject == ''", Map.of("approvals", 2)), 1);
        String request = planned();
        awaitJudged(request);

        assertThat(approve("admin", request)
                        .body()
                        .path("request")
                        .path("status")
                        .asString())
                .isEqualTo("pending");
    }

    @Test
    void aPolicyDeniesWithItsMessageWhateverOthersApprove() {
        activate(policy("approve", "true", Map.of()), 1);
        activate(policy("deny", "certificate.keyAlgorithm == 'EC'", Map.of("message", "Use RSA here.")), 1);

        String request = planned();

        awaitStatus(request, "rejected");
        assertThat(portal.call("member", "GET", "/requests/" + request)
                        .body()
                        .path("request")
                        .path("statusMessage")
                        .asString())
                .isEqualTo("Use RSA here.");
    }

    @Test
    void wherePeopleAreAskedForNoPolicyApproves() {
        activate(policy("approve", "true", Map.of()), 1);
        activate(policy("require-approvals", "team.slug == 'one'", Map.of("approvals", 2)), 1);
        String request = planned();
        awaitJudged(request);

        assertThat(approve("admin", request)
                        .body()
                        .path("request")
                        .path("status")
                        .asString())
                .isEqualTo("pending");
        assertThat(approve("admin2", request)
                        .body()
                        .path("request")
                        .path("status")
                        .asString())
                .isEqualTo("approved");
    }

    @Test
    void aRuleThatCannotBeEvaluatedIsNoDecisionIsShownAndKeepsOthersFromApproving() {
        activate(policy("approve", "true", Map.of()), 1);
        String broken = policy("deny", "previous.subject == ''", Map.of("message", "never"));
        activate(broken, 1);
        String request = planned();
        awaitJudged(request);

        JsonNode answers =
                portal.call("member", "GET", "/requests/" + request).body().path("policies");
        assertThat(status(request)).isEqualTo("pending");
        assertThat(answers).anySatisfy(answer -> {
            assertThat(answer.path("policy").asString()).isEqualTo(broken);
            assertThat(answer.path("outcome").asString()).isEqualTo("no-decision");
            assertThat(answer.path("message").asString()).contains("subject");
        });
        assertThat(approve("admin", request).status()).isEqualTo(200);
    }

    @Test
    void anAdminOfTheTeamThatAsksDecidesOnlyWhereAPolicySaysSoAndNeverOnAnOwnRequest() {
        String request = planned();
        assertThat(approve("insider", request).status()).isEqualTo(403);
        activate(policy("allow-own-team", "team.slug == 'one'", Map.of()), 1);

        String own = submit("insider", Wish.client("CN=app"));
        portal.plan(own);
        assertThat(approve("insider", own).body().path("type").asString()).contains("decision.own-request");
        assertThat(approve("insider", request)
                        .body()
                        .path("request")
                        .path("status")
                        .asString())
                .isEqualTo("approved");
    }

    @Test
    void switchingAPolicyOnJudgesWhatWaitsAlready() {
        String request = planned();
        awaitJudged(request);
        assertThat(status(request)).isEqualTo("pending");

        activate(policy("deny", "request.reason.contains('test')", Map.of("message", "No tests.")), 1);

        awaitStatus(request, "rejected");
    }

    @Test
    void aVersionIsTriedOnPastRequestsBeforeItIsSwitchedOn() {
        String approved = planned();
        approve("admin", approved);
        String waiting = planned();
        String name =
                policy("approve", "request.app in ['%s', '%s']".formatted(appOf(approved), appOf(waiting)), Map.of());

        JsonNode trial = portal.call("admin", "GET", "/policies/" + name + "/versions/1/trial")
                .body();

        assertThat(trial.path("tried").asInt()).isGreaterThanOrEqualTo(2);
        assertThat(trial.path("holds").asInt()).isEqualTo(2);
        assertThat(trial.path("requests").path(0).path("request").asString()).isEqualTo(waiting);
        assertThat(trial.path("requests").path(1).path("decided").asString()).isEqualTo("approved");
        assertThat(status(waiting)).as("trying decides nothing").isEqualTo("pending");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ok-name | deny              | certificate.keybits < 1 | 1    | m | /expression | Line 1, column 12: undefined field 'keybits'.",
                "ok-name | deny              | true                    |      |   | /message    | Say what the team has to do instead",
                "ok-name | require-approvals | true                    |      |   | /approvals  | a number from 1 to 5",
                "ok-name | require-approvals | true                    | 9    |   | /approvals  | a number from 1 to 5",
                "ok-name | approve           | true                    | 2    |   | /approvals  | Leave it out",
                "No Name | approve           | true                    |      |   | /name       | cannot be a policy",
                "ok-name | approve           | request.kind            |      |   | /expression | expected type 'bool'",
                "ok-name | perhaps           | true                    |      |   | /effect     | Give one of: approve"
            })
    void aPolicyWithFaultsIsNotSaved(
            String name,
            String effect,
            String expression,
            Integer approvals,
            String message,
            String pointer,
            String words) {
        Map<String, Object> body = new java.util.HashMap<>(
                Map.of("name", name, "description", "d", "effect", effect, "expression", expression));
        if (approvals != null) {
            body.put("approvals", approvals);
        }
        if (message != null) {
            body.put("message", message);
        }

        Answer answer = portal.call("admin", "POST", "/policies", body);

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.body().path("errors")).anySatisfy(error -> {
            assertThat(error.path("pointer").asString()).isEqualTo(pointer);
            assertThat(error.path("message").asString()).contains(words);
        });
        assertThat(portal.call("admin", "GET", "/policies/ok-name").status()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource({
        "certificate-lifetime, RSA_2048, 900, holds",
        "certificate-lifetime, RSA_2048, 398, holds-not",
        "rsa-3072, RSA_2048, 100, holds",
        "rsa-3072, EC_P256, 100, holds-not"
    })
    void theShippedPoliciesAreOffAndDoWhatTheySay(String name, KeyType key, int days, String outcome) {
        JsonNode shipped = portal.call("admin", "GET", "/policies/" + name).body();
        assertThat(shipped.path("activeVersion").isMissingNode()
                        || shipped.path("activeVersion").isNull())
                .isTrue();
        activate(name, 1);
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);

        String request =
                submit("member", Wish.client("CN=app").withKey(key).valid(now, now.plus(Duration.ofDays(days))));
        portal.plan(request);
        awaitJudged(request);

        assertThat(portal.call("member", "GET", "/requests/" + request).body().path("policies"))
                .anySatisfy(answer -> {
                    assertThat(answer.path("policy").asString()).isEqualTo(name);
                    assertThat(answer.path("outcome").asString()).isEqualTo(outcome);
                });
        assertThat(status(request)).isEqualTo(outcome.equals("holds") ? "rejected" : "pending");
    }

    private String policy(String effect, String expression, Map<String, ?> more) {
        return policy("rule-" + ++apps, effect, expression, more);
    }

    private String policy(String name, String effect, String expression, Map<String, ?> more) {
        return policyOf("admin", name, effect, expression, more);
    }

    private String policyOf(String author, String name, String effect, String expression, Map<String, ?> more) {
        Map<String, Object> body = new java.util.HashMap<>(
                Map.of("name", name, "description", "A test's.", "effect", effect, "expression", expression));
        body.putAll(more);
        assertThat(portal.call(author, "POST", "/policies", body).status()).isEqualTo(201);
        return name;
    }

    private void activate(String name, Integer version) {
        Map<String, Object> body = new java.util.HashMap<>();
        body.put("version", version);
        assertThat(portal.call("admin", "POST", "/policies/" + name + "/activation", body)
                        .status())
                .isEqualTo(200);
    }

    private void approvals(int needed) {
        portal.call("admin", "PATCH", "/destinations/nginx", Map.of("approvals", needed));
    }

    private String planned() {
        String request = submit("member", Wish.client("CN=app"));
        portal.plan(request);
        return request;
    }

    private String submit(String who, Wish wish) {
        Issued issued = authority.issue(wish);
        return portal.asks(who, portal.app("app" + ++apps), issued, authority.certificatePem())
                .body()
                .path("request")
                .path("id")
                .asString();
    }

    private Answer approve(String who, String request) {
        return decide(who, request, "approval", digest(request), null);
    }

    private Answer decide(String who, String request, String what, String digest, String plan) {
        Map<String, Object> body = new java.util.HashMap<>(Map.of("digest", digest, "reason", "looked at it"));
        if (plan != null) {
            body.put("plan", plan);
        }
        return portal.call(who, "POST", "/requests/" + request + "/" + what, body);
    }

    private String digest(String request) {
        return portal.call("admin", "GET", "/requests/" + request + "/plan")
                .body()
                .path("digest")
                .asString();
    }

    private String status(String request) {
        return portal.call("admin", "GET", "/requests/" + request)
                .body()
                .path("request")
                .path("status")
                .asString();
    }

    private String appOf(String request) {
        return portal.call("admin", "GET", "/requests/" + request)
                .body()
                .path("request")
                .path("appName")
                .asString();
    }

    private void awaitStatus(String request, String status) {
        Awaitility.await().until(() -> status(request), status::equals);
    }

    private void awaitApprovals(String request, int given) {
        Awaitility.await()
                .until(() -> portal.owner
                                .sql("select approvals_given(plan_id) from request where public_id = :id")
                                .param("id", request)
                                .query(Long.class)
                                .single()
                        == given);
    }

    private void awaitJudged(String request) {
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
}
