package io.waypass.portal.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.portal.Portal;
import io.waypass.portal.Portal.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import tools.jackson.databind.JsonNode;

/** Quorum, plans that were made anew, and races of decisions, over the API. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.Random.class)
class DecisionApiIT {

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
    void aDestinationMayTakeTwoApprovalsEachByAnotherPerson() {
        decisions.approvals(2);
        String request = decisions.planned();

        Answer first = decisions.approve("admin", request);
        assertThat(first.body().path("request").path("status").asString()).isEqualTo("pending");
        assertThat(first.body().path("request").path("approvals").asInt()).isEqualTo(1);
        assertThat(first.body().path("request").path("approvalsNeeded").asInt()).isEqualTo(2);
        Answer again = decisions.approve("admin", request);
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.body().path("detail").asString()).contains("by another platform admin");
        assertThat(decisions
                        .approve("admin2", request)
                        .body()
                        .path("request")
                        .path("status")
                        .asString())
                .isEqualTo("approved");
    }

    @Test
    void oneRejectionIsEnough() {
        decisions.approvals(2);
        String request = decisions.planned();
        decisions.approve("admin", request);

        Answer rejected = decisions.decide("admin2", request, "rejection", decisions.digest(request), null);

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
        String request = decisions.planned();
        String digest = decisions.digest(request);
        List<Callable<Answer>> votes = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            votes.add(() -> decisions.decide("admin", request, "approval", digest, null));
            votes.add(() -> decisions.decide("admin2", request, "rejection", digest, null));
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
        String request = decisions.planned();
        JsonNode seen =
                portal.call("admin", "GET", "/requests/" + request + "/plan").body();
        portal.applier.replan(request, "Namespace namespace-one has changed.");
        assertThat(decisions
                        .decide(
                                "admin",
                                request,
                                "approval",
                                seen.path("digest").asString(),
                                null)
                        .status())
                .as("while it is planned")
                .isEqualTo(409);
        portal.applier.plan(request);

        Answer stale = decisions.decide(
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
        assertThat(decisions
                        .decide(
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
        decisions.approvals(2);
        String request = decisions.planned();
        decisions.approve("admin", request);
        portal.applier.replan(request, "Something changed.");
        portal.applier.plan(request);

        Answer answer = decisions.approve("admin2", request);

        assertThat(answer.body().path("request").path("status").asString()).isEqualTo("pending");
        assertThat(answer.body().path("request").path("approvals").asInt()).isEqualTo(1);
        assertThat(decisions
                        .approve("admin", request)
                        .body()
                        .path("request")
                        .path("status")
                        .asString())
                .isEqualTo("approved");
    }

    @Test
    void aPlanThatIsOlderThanTheCatalogueIsMadeAnewInsteadOfDecided() {
        String request = decisions.planned();
        String digest = decisions.digest(request);
        portal.changeDestinations();

        Answer answer = decisions.decide("admin", request, "approval", digest, null);

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.body().path("detail").asString())
                .contains("catalogue")
                .contains("Your decision was not recorded");
        assertThat(decisions.status(request)).isEqualTo("planning");
        portal.applier.plan(request);
        assertThat(decisions.approve("admin", request).status()).isEqualTo(200);
    }

    @Test
    void fewerApprovalsSettleWhatHasEnoughOfThem() {
        decisions.approvals(2);
        String request = decisions.planned();
        decisions.approve("admin", request);
        assertThat(decisions.status(request)).isEqualTo("pending");

        decisions.approvals(1);

        decisions.awaitStatus(request, "approved");
        assertThat(portal.owner
                        .sql(
                                "select count(*) from audit_event where subject = :request and action = 'request.quorum-reached'")
                        .param("request", request)
                        .query(Long.class)
                        .single())
                .isEqualTo(1);
    }
}
