package io.waypass.decision;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.decision.DecisionRule.PolicyVerdict;
import io.waypass.decision.DecisionRule.Verdict;
import io.waypass.decision.RequestDecisions.Vote;
import io.waypass.policy.PolicyEffect;
import io.waypass.policy.Ruling;
import io.waypass.policy.Ruling.Outcome;
import io.waypass.refusal.Refusal;
import io.waypass.request.RequestDetail.Approvals;
import io.waypass.request.RequestKind;
import io.waypass.request.RequestStatus;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may decide on a request, and what follows. */
class DecisionRuleTests {

    private final DecisionScenario scenario = new DecisionScenario();

    @Test
    void anAdminApprovesWhatATeamAsksFor() {
        assertThat(scenario.decide()).isEqualTo(new Verdict.Approved(new Approvals(1, 1)));
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "0, 2", "1, 3", "4, 5"})
    void oneRejectionRejectsHoweverManyApprovalsItTakes(int given, int needed) {
        scenario.given = given;
        scenario.needed = needed;
        scenario.approve = false;

        assertThat(scenario.decide()).isEqualTo(new Verdict.Rejected());
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1, true",
        "0, 2, false",
        "1, 2, true",
        "0, 3, false",
        "1, 3, false",
        "2, 3, true",
        "3, 5, false",
        "4, 5, true",
        "2, 1, true"
    })
    void aPlanIsApprovedWithTheLastApprovalThatItTakes(int given, int needed, boolean enough) {
        scenario.given = given;
        scenario.needed = needed;

        Approvals counted = new Approvals(given + 1, needed);
        assertThat(scenario.decide())
                .isEqualTo(enough ? new Verdict.Approved(counted) : new Verdict.MoreNeeded(counted));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void asManyPeopleApproveAsTheQuorumSays(int quorum) {
        scenario.needed = quorum;
        for (int i = 1; i < quorum; i++) {
            scenario.person("admin" + i, true);
            assertThat(scenario.decide()).isEqualTo(new Verdict.MoreNeeded(new Approvals(i, quorum)));
            scenario.decided("admin" + i, true);
        }
        scenario.person("last", true);

        assertThat(scenario.decide()).isEqualTo(new Verdict.Approved(new Approvals(quorum, quorum)));
    }

    @ParameterizedTest
    @EnumSource(value = RequestStatus.class, names = "PENDING", mode = Mode.EXCLUDE)
    void onlyARequestThatWaitsForADecisionIsDecidedOn(RequestStatus status) {
        scenario.status = status;

        assertThat(refusal())
                .extracting(Refusal::code, Refusal::getMessage)
                .containsExactly(
                        "request.not-pending", "It is " + status.value() + ". Your decision was not recorded.");
    }

    @ParameterizedTest
    @CsvSource({"true, approved", "false, rejected"})
    void whoIsLateReadsWhoDecidedWhenAndWhy(boolean approved, String verb) {
        scenario.status = approved ? RequestStatus.APPROVED : RequestStatus.REJECTED;
        scenario.decided("Grace", approved).decidedEarlier("Ada", true);

        assertThat(refusal().getMessage())
                .isEqualTo("It is " + verb + ". Grace " + verb
                        + " it at 2026-11-20 08:15 UTC: “I looked.”. Your decision was not recorded.");
    }

    @Test
    void whoDecidedOnAnEarlierPlanIsNotNamedToWhoIsLate() {
        scenario.status = RequestStatus.WITHDRAWN;
        scenario.decidedEarlier("Grace", true);

        assertThat(refusal().getMessage()).isEqualTo("It is withdrawn. Your decision was not recorded.");
    }

    @ParameterizedTest
    @EnumSource(value = RequestStatus.class, names = "PENDING", mode = Mode.EXCLUDE)
    void whatPoliciesDecidedMeanwhileIsNotDecidedAgain(RequestStatus status) {
        scenario.status = status;
        scenario.decidedByPolicy(status != RequestStatus.REJECTED);

        Refusal late = refusal(DecisionRule.decide(scenario.person, scenario.request(), vote()));

        assertThat(late.code()).isEqualTo("request.not-pending");
        assertThat(late.getMessage()).contains("policy same-names, version 3");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            sha256:ffffffffffffffffffff | the plan sha256:ffffffffffff…
            sha256:ffff                 | the plan sha256:ffff
            ""                          | no plan
            """)
    void aVoteOnAnotherDigestIsStale(String digest, String named) {
        scenario.digest = digest;

        assertThat(refusal()).isInstanceOf(StaleDigest.class);
        assertThat(refusal().getMessage())
                .startsWith("You decided on " + named + ", but the present plan is sha256:0123456789ab….");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            ""                                      | something that it was based on has changed. The objects
            ServiceAccount pay/app1 has changed.    | ServiceAccount pay/app1 has changed. The objects
            """)
    void aVoteOnAnEarlierPlanOfTheSameDigestIsRefusedWithTheCause(String cause, String words) {
        scenario.plan = Optional.of("pln_1");
        scenario.cause = Optional.of(cause).filter(text -> !text.isEmpty());

        assertThat(scenario.decide()).isInstanceOf(Verdict.Refused.class);
        assertThat(refusal()).isInstanceOf(PlanOutdated.class);
        assertThat(refusal().getMessage()).startsWith("The plan was made anew while you read it: " + words);
    }

    @Test
    void aVoteThatNamesOnlyTheDigestCounts() {
        scenario.plan = Optional.empty();

        assertThat(scenario.decide()).isInstanceOf(Verdict.Approved.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anOutdatedPlanIsMadeAnewWhateverTheVote(boolean approve) {
        scenario.outdated = true;
        scenario.approve = approve;

        assertThat(scenario.decide()).isInstanceOf(Verdict.Outdated.class);
        assertThat(refusal().getMessage()).startsWith("The catalogue, or who owns the namespace, has changed");
    }

    @Test
    void whoIsNoAdminDoesNotDecide() {
        scenario.person("viewer", false);

        assertThat(refusal().code()).isEqualTo("admin.required");
    }

    @ParameterizedTest
    @CsvSource({"false, admin.required", "true, decision.own-request"})
    void nobodyDecidesOnAnOwnRequestWhateverPoliciesSay(boolean admin, String code) {
        scenario.person("member", admin, "payments").ruled(PolicyEffect.ALLOW_OWN_TEAM, Outcome.HOLDS, "somebody");

        assertThat(refusal().code()).isEqualTo(code);
        assertThat(DecisionRule.lastingObjection(
                        scenario.person, scenario.request().summary()))
                .hasValueSatisfying(objection -> assertThat(objection.code()).isEqualTo(code));
    }

    @Test
    void nobodyDecidesOnAnOwnRequestOfThePlatformEither() {
        scenario.person("root", true).requestedBy = "root";
        scenario.team = Optional.empty();

        assertThat(refusal().code()).isEqualTo("decision.own-request");
    }

    @ParameterizedTest
    @CsvSource({
        // effect, outcome, author of the policy, whether an admin of the team may decide
        "ALLOW_OWN_TEAM,    HOLDS,       somebody, true",
        "ALLOW_OWN_TEAM,    HOLDS,       ,         true",
        "ALLOW_OWN_TEAM,    HOLDS,       insider,  false",
        "ALLOW_OWN_TEAM,    HOLDS_NOT,   somebody, false",
        "ALLOW_OWN_TEAM,    NO_DECISION, somebody, false",
        "APPROVE,           HOLDS,       somebody, false",
        "REQUIRE_APPROVALS, HOLDS,       somebody, false",
        "DENY,              HOLDS,       somebody, false"
    })
    void anAdminOfTheTeamThatAsksDecidesOnlyIfAPolicyOfSomebodyElseAdmitsIt(
            PolicyEffect effect, Outcome outcome, String author, boolean admitted) {
        scenario.person("insider", true, "payments").ruled(effect, outcome, author);

        if (admitted) {
            assertThat(scenario.decide()).isInstanceOf(Verdict.Approved.class);
        } else {
            assertThat(refusal().code()).isEqualTo("decision.own-team");
        }
    }

    @Test
    void oneOfSeveralPoliciesIsEnoughToAdmitTheOwnTeam() {
        scenario.person("insider", true, "payments")
                .ruled(PolicyEffect.ALLOW_OWN_TEAM, Outcome.HOLDS, "insider")
                .ruled(PolicyEffect.ALLOW_OWN_TEAM, Outcome.HOLDS, "somebody");

        assertThat(scenario.decide()).isInstanceOf(Verdict.Approved.class);
    }

    @Test
    void anAdminOfTheTeamThatAsksDoesNotDecideWherePoliciesSaidNothing() {
        scenario.person("insider", true, "payments", "other");

        assertThat(refusal())
                .extracting(Refusal::code, Refusal::getMessage)
                .containsExactly(
                        "decision.own-team",
                        "You are a member of team payments, which asks. A platform admin who is not has to decide.");
        assertThat(DecisionRule.lastingObjection(
                        scenario.person, scenario.request().summary()))
                .as("before the policies are asked")
                .isEmpty();
    }

    @Test
    void anAdminOfAnotherTeamDecides() {
        scenario.person("outsider", true, "other");

        assertThat(scenario.decide()).isInstanceOf(Verdict.Approved.class);
    }

    @Test
    void anAdminOfAnyTeamDecidesOnWhatThePlatformAsksFor() {
        scenario.person("outsider", true, "payments").team = Optional.empty();

        assertThat(scenario.decide()).isInstanceOf(Verdict.Approved.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void nobodyDecidesTwiceOnAPlan(boolean approve) {
        scenario.needed = 2;
        scenario.approve = approve;
        scenario.decided("admin", true);

        assertThat(refusal())
                .extracting(Refusal::code, Refusal::getMessage)
                .containsExactly(
                        "decision.given",
                        "You approved this plan at 2026-11-20 08:15 UTC. It needs 2 approvals, each by another platform admin.");
    }

    @Test
    void whoDecidedOnAnEarlierPlanDecidesOnThePresentOne() {
        scenario.decidedEarlier("admin", true);

        assertThat(scenario.decide()).isEqualTo(new Verdict.Approved(new Approvals(1, 1)));
    }

    @Test
    void approvalsOfOthersAndOfPoliciesKeepNobodyFromDeciding() {
        scenario.needed = 3;
        scenario.decided("other", true).decidedByPolicy(true);

        assertThat(scenario.decide()).isEqualTo(new Verdict.Approved(new Approvals(3, 3)));
    }

    /** What is wrong, from the first that is told to the last. */
    private enum Wrong {
        STATUS("request.not-pending"),
        DIGEST("decision.stale-digest"),
        PLAN("plan.outdated"),
        BASIS("plan.outdated"),
        OWN_REQUEST("decision.own-request"),
        OWN_TEAM("decision.own-team"),
        TWICE("decision.given");

        private final String code;

        Wrong(String code) {
            this.code = code;
        }

        void in(DecisionScenario scenario) {
            switch (this) {
                case STATUS -> scenario.status = RequestStatus.APPROVED;
                case DIGEST -> scenario.digest = "sha256:other";
                case PLAN -> scenario.plan = Optional.of("pln_1");
                case BASIS -> scenario.outdated = true;
                case OWN_REQUEST -> scenario.requestedBy = "admin";
                case OWN_TEAM -> scenario.person("admin", true, "payments");
                case TWICE -> scenario.decided("admin", true);
            }
        }
    }

    static Stream<Arguments> pairs() {
        Wrong[] all = Wrong.values();
        return IntStream.range(0, all.length)
                .boxed()
                .flatMap(first ->
                        IntStream.range(first, all.length).mapToObj(second -> Arguments.of(all[first], all[second])));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void ofSeveralThingsThatAreWrongTheFirstIsTold(Wrong first, Wrong second) {
        second.in(scenario);
        first.in(scenario);

        assertThat(refusal().code()).isEqualTo(first.code);
        assertThat(scenario.decide() instanceof Verdict.Outdated).isEqualTo(first == Wrong.BASIS);
    }

    @ParameterizedTest
    @EnumSource
    void aPolicyThatDeniesRejectsARequestOfAnyKindWhateverOthersSay(RequestKind kind) {
        Ruling.Result denial = result("deny", PolicyEffect.DENY, Outcome.HOLDS);

        PolicyVerdict verdict = DecisionRule.decide(
                kind,
                ruling(
                        result("approve", PolicyEffect.APPROVE, Outcome.HOLDS),
                        denial,
                        result("unsure", PolicyEffect.APPROVE, Outcome.NO_DECISION)));

        assertThat(verdict).isEqualTo(new PolicyVerdict.Denied(denial));
        assertThat(verdict.peopleOnly()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(value = RequestKind.class, names = "REMOVE_ORPHANS", mode = Mode.EXCLUDE)
    void eachPolicyWhoseRuleHoldsApproves(RequestKind kind) {
        Ruling.Result one = result("one", PolicyEffect.APPROVE, Outcome.HOLDS);
        Ruling.Result other = result("other", PolicyEffect.APPROVE, Outcome.HOLDS);

        PolicyVerdict verdict =
                DecisionRule.decide(kind, ruling(one, result("no", PolicyEffect.APPROVE, Outcome.HOLDS_NOT), other));

        assertThat(verdict).isEqualTo(new PolicyVerdict.ApprovedBy(List.of(one, other)));
        assertThat(verdict.peopleOnly()).isFalse();
    }

    @Test
    void noPolicyApprovesTheRemovalOfOrphans() {
        assertThat(DecisionRule.decide(
                        RequestKind.REMOVE_ORPHANS, ruling(result("one", PolicyEffect.APPROVE, Outcome.HOLDS))))
                .isEqualTo(new PolicyVerdict.PeopleOnly());
        assertThat(DecisionRule.decide(RequestKind.REMOVE_ORPHANS, ruling())).isEqualTo(new PolicyVerdict.PeopleOnly());
    }

    @ParameterizedTest
    @CsvSource({
        "REQUIRE_APPROVALS, HOLDS,       true",
        "REQUIRE_APPROVALS, NO_DECISION, true",
        "REQUIRE_APPROVALS, HOLDS_NOT,   false",
        "APPROVE,           NO_DECISION, true",
        "APPROVE,           HOLDS_NOT,   false",
        "ALLOW_OWN_TEAM,    HOLDS,       false",
        "ALLOW_OWN_TEAM,    NO_DECISION, true",
        "DENY,              NO_DECISION, true",
        "DENY,              HOLDS_NOT,   false"
    })
    void aPolicyThatAsksForPeopleOrGivesNoDecisionKeepsOthersFromApproving(
            PolicyEffect effect, Outcome outcome, boolean peopleOnly) {
        Ruling.Result approval = result("approve", PolicyEffect.APPROVE, Outcome.HOLDS);

        assertThat(DecisionRule.decide(
                        RequestKind.ROTATE_CERTIFICATE, ruling(approval, result("other", effect, outcome))))
                .isEqualTo(
                        peopleOnly ? new PolicyVerdict.PeopleOnly() : new PolicyVerdict.ApprovedBy(List.of(approval)));
    }

    @Test
    void whereNoPolicyHasAnythingToSayPeopleDecideAndEarlierApprovalsOfPoliciesCount() {
        assertThat(DecisionRule.decide(RequestKind.CREATE_IDENTITY, ruling()))
                .isEqualTo(new PolicyVerdict.ApprovedBy(List.of()));
    }

    private static Ruling ruling(Ruling.Result... results) {
        return new Ruling(7, List.of(results));
    }

    private static Ruling.Result result(String policy, PolicyEffect effect, Outcome outcome) {
        return DecisionScenario.result(policy, effect, outcome, "somebody");
    }

    private static Vote vote() {
        return new Vote("req_1", DecisionScenario.DIGEST, Optional.empty(), true, "looks right");
    }

    private Refusal refusal() {
        return refusal(scenario.decide());
    }

    private static Refusal refusal(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Refused refused -> refused.refusal();
            case Verdict.Outdated outdated -> outdated.refusal();
            case Verdict.Rejected _, Verdict.Approved _, Verdict.MoreNeeded _ ->
                throw new AssertionError("not refused: " + verdict);
        };
    }
}
