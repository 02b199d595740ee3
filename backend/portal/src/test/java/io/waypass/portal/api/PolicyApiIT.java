package io.waypass.portal.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.portal.Portal;
import io.waypass.portal.Portal.Answer;
import io.waypass.testing.TestCertificateAuthority.KeyType;
import io.waypass.testing.TestCertificateAuthority.Wish;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
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

/** What policies decide, over the API; the portal's own rounds ask them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.Random.class)
class PolicyApiIT {

    private Decisions decisions;
    private Portal portal;

    @BeforeAll
    void start() {
        decisions = new Decisions();
        portal = decisions.portal;
    }

    @AfterAll
    void stop() {
        decisions.close();
    }

    @AfterEach
    void asBefore() {
        decisions.reset();
    }

    @Test
    void aPolicyApprovesWhatItsRuleCoversAndIsRecordedWithItsVersion() {
        String name = decisions.policy("approve", "request.app.startsWith('app') && plan.passed == 1", Map.of());
        decisions.policy(name, "approve", "plan.warnings + plan.failed + plan.unknown == 0", Map.of());
        decisions.activate(name, 2);

        String request = decisions.planned();

        decisions.awaitStatus(request, "approved");
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
        decisions.approvals(2);
        decisions.activate(decisions.policy("approve", "true", Map.of()), 1);
        String request = decisions.planned();
        decisions.awaitJudged(request);
        assertThat(decisions.status(request)).isEqualTo("pending");

        assertThat(decisions
                        .approve("admin", request)
                        .body()
                        .path("request")
                        .path("status")
                        .asString())
                .isEqualTo("approved");
    }

    @Test
    void aPolicyHasOneVoiceThroughAllItsVersionsAndNoneOnceItIsSwitchedOff() {
        decisions.approvals(2);
        String name = decisions.policy("approve", "true", Map.of());
        decisions.activate(name, 1);
        String request = decisions.planned();
        decisions.awaitApprovals(request, 1);
        decisions.policy(name, "approve", "true", Map.of());
        decisions.activate(name, 2);
        decisions.awaitJudged(request);
        assertThat(decisions.status(request)).isEqualTo("pending");
        decisions.awaitApprovals(request, 1);

        decisions.activate(name, null);

        decisions.awaitApprovals(request, 0);
        assertThat(decisions
                        .approve("admin", request)
                        .body()
                        .path("request")
                        .path("status")
                        .asString())
                .isEqualTo("pending");
    }

    @Test
    void nobodyIsApprovedByARuleOfTheirOwnNorLetInByOne() {
        String approving = decisions.policyOf(
                "insider", decisions.freshName(), "approve", "request.requestedBy == team.slug", Map.of());
        decisions.policyOf("insider", approving, "approve", "true", Map.of());
        decisions.activate(approving, 2);

        String own = decisions.submit("insider", Wish.client("CN=app"));
        portal.applier.plan(own);
        decisions.awaitJudged(own);

        assertThat(decisions.status(own)).isEqualTo("pending");
        assertThat(portal.call("insider", "GET", "/requests/" + own).body().path("policies"))
                .anySatisfy(answer -> {
                    assertThat(answer.path("policy").asString()).isEqualTo(approving);
                    assertThat(answer.path("outcome").asString()).isEqualTo("no-decision");
                    assertThat(answer.path("message").asString()).contains("nobody approves an own request");
                });
        decisions.activate(approving, null);
        decisions.activate(decisions.policyOf("insider", decisions.freshName(), "allow-own-team", "true", Map.of()), 1);
        assertThat(decisions.approve("insider", decisions.planned()).status()).isEqualTo(403);
    }

    @Test
    void aRuleThatAsksForPeopleAndCannotBeEvaluatedAsksForThem() {
        decisions.activate(decisions.policy("require-approvals", "previous.subject == ''", Map.of("approvals", 2)), 1);
        String request = decisions.planned();
        decisions.awaitJudged(request);

        assertThat(decisions
                        .approve("admin", request)
                        .body()
                        .path("request")
                        .path("status")
                        .asString())
                .isEqualTo("pending");
    }

    @Test
    void aPolicyDeniesWithItsMessageWhateverOthersApprove() {
        decisions.activate(decisions.policy("approve", "true", Map.of()), 1);
        decisions.activate(
                decisions.policy("deny", "certificate.keyAlgorithm == 'EC'", Map.of("message", "Use RSA here.")), 1);

        String request = decisions.planned();

        decisions.awaitStatus(request, "rejected");
        assertThat(portal.call("member", "GET", "/requests/" + request)
                        .body()
                        .path("request")
                        .path("statusMessage")
                        .asString())
                .isEqualTo("Use RSA here.");
    }

    @Test
    void wherePeopleAreAskedForNoPolicyApproves() {
        decisions.activate(decisions.policy("approve", "true", Map.of()), 1);
        decisions.activate(decisions.policy("require-approvals", "team.slug == 'one'", Map.of("approvals", 2)), 1);
        String request = decisions.planned();
        decisions.awaitJudged(request);

        assertThat(decisions
                        .approve("admin", request)
                        .body()
                        .path("request")
                        .path("status")
                        .asString())
                .isEqualTo("pending");
        assertThat(decisions
                        .approve("admin2", request)
                        .body()
                        .path("request")
                        .path("status")
                        .asString())
                .isEqualTo("approved");
    }

    @Test
    void aRuleThatCannotBeEvaluatedIsNoDecisionIsShownAndKeepsOthersFromApproving() {
        decisions.activate(decisions.policy("approve", "true", Map.of()), 1);
        String broken = decisions.policy("deny", "previous.subject == ''", Map.of("message", "never"));
        decisions.activate(broken, 1);
        String request = decisions.planned();
        decisions.awaitJudged(request);

        JsonNode answers =
                portal.call("member", "GET", "/requests/" + request).body().path("policies");
        assertThat(decisions.status(request)).isEqualTo("pending");
        assertThat(answers).anySatisfy(answer -> {
            assertThat(answer.path("policy").asString()).isEqualTo(broken);
            assertThat(answer.path("outcome").asString()).isEqualTo("no-decision");
            assertThat(answer.path("message").asString()).contains("subject");
        });
        assertThat(decisions.approve("admin", request).status()).isEqualTo(200);
    }

    @Test
    void anAdminOfTheTeamThatAsksDecidesOnlyWhereAPolicySaysSoAndNeverOnAnOwnRequest() {
        String request = decisions.planned();
        assertThat(decisions.approve("insider", request).status()).isEqualTo(403);
        decisions.activate(decisions.policy("allow-own-team", "team.slug == 'one'", Map.of()), 1);

        String own = decisions.submit("insider", Wish.client("CN=app"));
        portal.applier.plan(own);
        assertThat(decisions.approve("insider", own).body().path("type").asString())
                .contains("decision.own-request");
        assertThat(decisions
                        .approve("insider", request)
                        .body()
                        .path("request")
                        .path("status")
                        .asString())
                .isEqualTo("approved");
    }

    @Test
    void switchingAPolicyOnJudgesWhatWaitsAlready() {
        String request = decisions.planned();
        decisions.awaitJudged(request);
        assertThat(decisions.status(request)).isEqualTo("pending");

        decisions.activate(
                decisions.policy("deny", "request.reason.contains('test')", Map.of("message", "No tests.")), 1);

        decisions.awaitStatus(request, "rejected");
    }

    @Test
    void aVersionIsTriedOnPastRequestsBeforeItIsSwitchedOn() {
        String approved = decisions.planned();
        decisions.approve("admin", approved);
        String waiting = decisions.planned();
        String name = decisions.policy(
                "approve",
                "request.app in ['%s', '%s']".formatted(decisions.appOf(approved), decisions.appOf(waiting)),
                Map.of());

        JsonNode trial = portal.call("admin", "GET", "/policies/" + name + "/versions/1/trial")
                .body();

        assertThat(trial.path("tried").asInt()).isGreaterThanOrEqualTo(2);
        assertThat(trial.path("holds").asInt()).isEqualTo(2);
        assertThat(trial.path("requests").path(0).path("request").asString()).isEqualTo(waiting);
        assertThat(trial.path("requests").path(1).path("decided").asString()).isEqualTo("approved");
        assertThat(decisions.status(waiting)).as("trying decides nothing").isEqualTo("pending");
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
        Map<String, Object> body =
                new HashMap<>(Map.of("name", name, "description", "d", "effect", effect, "expression", expression));
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
        decisions.activate(name, 1);
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);

        String request = decisions.submit(
                "member", Wish.client("CN=app").withKey(key).valid(now, now.plus(Duration.ofDays(days))));
        portal.applier.plan(request);
        decisions.awaitJudged(request);

        assertThat(portal.call("member", "GET", "/requests/" + request).body().path("policies"))
                .anySatisfy(answer -> {
                    assertThat(answer.path("policy").asString()).isEqualTo(name);
                    assertThat(answer.path("outcome").asString()).isEqualTo(outcome);
                });
        assertThat(decisions.status(request)).isEqualTo(outcome.equals("holds") ? "rejected" : "pending");
    }
}
