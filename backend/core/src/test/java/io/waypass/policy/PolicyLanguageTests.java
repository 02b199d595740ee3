package io.waypass.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import io.waypass.policy.PolicyLanguage.Answer;
import io.waypass.policy.PolicyLanguage.Fault;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyLanguageTests {

    private static final Instant SUBMITTED = Instant.parse("2026-11-23T10:00:00Z");

    /** No time passes: only the steps of a rule end it. */
    private static final LongSupplier STOPPED = () -> 0;

    private final PolicyLanguage language = new PolicyLanguage(PolicyLanguage.MAX_STEPS, STOPPED);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "request.kind == 'rotate-certificate'",
                "request.app in ['app1', 'app2'] && request.destination != 'other'",
                "request.submittedAt > timestamp('2026-01-01T00:00:00Z')",
                "certificate.lifetimeDays <= 398 && certificate.daysLeft > 30",
                "certificate.keyAlgorithm == 'RSA' && certificate.keyBits >= 3072",
                "certificate.sans.all(san, san.startsWith('DNS:')) && certificate.sans.exists(san, san.contains('app1'))",
                "certificate.subject.matches('^CN=[a-z0-9.]+$')",
                "has(previous.subject) && certificate.issuer == previous.issuer",
                "plan.objects.all(object, object.action == 'create') && plan.objects.size() == 1",
                "plan.checks.exists_one(check, check.code == 'host.unique' && check.level == 'passed')",
                "plan.warnings + plan.failed + plan.unknown == 0",
                "team.slug == 'payments'",
                "certificate.notAfter - certificate.notBefore < duration('10000h')"
            })
    void aRuleMayAskForEverythingThatAnApproverSees(String expression) {
        assertThat(language.faults(expression)).isEmpty();
        assertThat(answer(expression, about(true))).isEqualTo(new Answer.Holds());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "certificate.keybits < 3072                   | 1 | 12 | undefined field 'keybits'",
                "request.kind == 1                            | 1 | 14 | no matching overload",
                "certificate.subject                          | 1 | 12 | expected type 'bool' but found 'string'",
                "nothing.there == 1                           | 1 | 1  | undeclared reference to 'nothing'",
                "request.kind ==                              | 1 | 16 | mismatched input",
                "certificate.sans.map(s, s).size() == 1       | 1 | 21 | undeclared reference",
                "plan.checks.filter(c, true) == []            | 1 | 19 | undeclared reference",
                "request.kind + 'x' == 'y'                    | 1 | 14 | no matching overload",
                "certificate.sans + certificate.sans == []    | 1 | 18 | no matching overload",
                "b'a' + b'b' == b'ab'                         | 1 | 6  | no matching overload",
                "optional.of(1).hasValue()                    | 1 | 1  | undeclared reference"
            })
    void aFaultHasItsPlace(String expression, int line, int column, String words) {
        List<Fault> faults = language.faults(expression.strip());

        assertThat(faults.getFirst().message()).contains(words);
        assertThat(faults.getFirst()).extracting(Fault::line, Fault::column).containsExactly(line, column);
        assertThat(faults.getFirst().sentence()).startsWith("Line " + line + ", column " + column + ": ");
    }

    @Test
    void aFaultInALaterLineHasThatLine() {
        assertThat(language.faults("request.kind == 'x'\n&& plan.nope == 1").getFirst())
                .extracting(Fault::line, Fault::column)
                .containsExactly(2, 8);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "request.reason.matches('((x{1000}){1000}){1000}')",
                "request.reason.matches(request.app)",
                "matches(request.reason, request.app)",
                "request.reason.matches('(a')",
                "certificate.sans.exists(san, san.matches('x{2}'))"
            })
    void aPatternIsShortWrittenOutAndCountsNothing(String expression) {
        Fault fault = language.faults("true &&\n" + expression).getFirst();
        assertThat(fault.line()).isEqualTo(2);
        assertThat(fault.message()).contains("pattern");
        assertThat(language.faults("request.reason.matches('" + "(a?)".repeat(60) + "')"))
                .isNotEmpty();
        assertThat(language.faults("request.app.matches('^[a-z]+-(api|web)$')")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"(?i)\u1C80", "(?si:x\u1C88)", "a|(?i)[\u0400-\uFFFD]"})
    void aPatternThatWouldNeverEndIsRefused(String pattern) {
        assertThat(language.faults("request.reason.matches('" + pattern + "')"))
                .singleElement()
                .extracting(Fault::message)
                .asString()
                .contains("ignores case");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(?i)m\u00FCller",
                "(?i)\u4E2D\u56FD",
                "[\u0400-\uFFFD]\u1C80",
                "(?P<is>x)\u1C80",
                "(?i)(\u751F\u4EA7|prod)-[0-9]+"
            })
    void aPatternMayIgnoreCaseOfWhatHasOne(String pattern) {
        assertThat(language.faults("request.reason.matches('" + pattern + "')")).isEmpty();
    }

    /** Which letters have none is up to Java's tables of cases, too: this hangs, and is ended, where a new Java adds to them. */
    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void everyOtherCharacterHasAnEnd() {
        IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
                .filter(letter -> Character.toLowerCase(letter) != letter || Character.toUpperCase(letter) != letter)
                .filter(letter -> letter < 0x1C80 || letter > 0x1C88)
                .mapToObj(Character::toString)
                .forEach(letter -> assertThat(Pattern.compile("(?i)" + letter)
                                .matcher("x" + letter)
                                .find())
                        .isTrue());
    }

    @Test
    void anExpressionHasABoundedLengthAndDepth() {
        assertThat(language.faults("true" + " || true".repeat(1_000)).getFirst().message())
                .contains("at most 4000");
        assertThat(language.faults("(".repeat(1_000) + "true" + ")".repeat(1_000)))
                .isNotEmpty();
        assertThat(language.faults("!".repeat(3_000) + "true").size()).isLessThan(100);
        assertThat(language.faults("")).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1 / 0 == 1",
                "certificate.sans[100] == ''",
                "previous.subject == ''",
                "int(request.reason) == 1",
                "timestamp(request.reason) > request.submittedAt"
            })
    void whatCannotBeEvaluatedIsNoDecision(String expression) {
        assertThat(language.faults(expression)).isEmpty();
        assertThat(answer(expression, about(false)))
                .isInstanceOfSatisfying(
                        Answer.Gave.class, gave -> assertThat(gave.why()).isNotBlank());
    }

    @Test
    void aRuleThatIteratesOnAndOnIsStopped() {
        assertThat(answer(
                        "certificate.sans.all(a, certificate.sans.all(b, certificate.sans.all(c, a != b || b != c || a == c)))",
                        about(true)))
                .isEqualTo(new Answer.Gave("it takes more than 200,000 steps"));
        assertThat(answer("certificate.sans.all(a, certificate.sans.all(b, [1, 2].all(c, c > 0)))", about(true)))
                .isInstanceOfSatisfying(
                        Answer.Gave.class, gave -> assertThat(gave.why()).contains("Iteration budget exceeded: 10000"));
    }

    @Test
    void aPatternCostsByItsLengthAndThatOfTheText() {
        String pattern = "(a*)*(b*)*(c*)*(d*)*(x?x?x?x?x?x?x?x?x?x?x?x?)*(y?y?y?y?y?y?y?y?)*z";
        String once = "!certificate.sans[0].matches('" + pattern + "')";
        String often = "certificate.sans.all(a, !a.matches('" + pattern + "') && !a.matches('(.*)(.*)(.*)(.*)zz'))";
        int text = about(true).certificate().orElseThrow().sans().getFirst().length();

        assertThat(language.evaluate(language.rule(once), about(true))).isEqualTo(new Answer.Holds());
        assertThat(withSteps(text * pattern.length() / 10, once)).isInstanceOf(Answer.Gave.class);
        assertThat(withSteps(text * pattern.length() / 10 + 50, once)).isEqualTo(new Answer.Holds());
        assertThat(withSteps(30_000, often)).isEqualTo(new Answer.Gave("it takes more than 30,000 steps"));
    }

    @Test
    void whatASensibleRuleTakesIsFarWithinTheLimit() {
        String rule =
                "certificate.sans.all(san, san.startsWith('DNS:')) && certificate.sans.exists(san, san.contains('app1-99'))"
                        + " && certificate.sans.all(san, san.matches('^DNS:app1-[0-9]+[.]'))";

        assertThat(withSteps(PolicyLanguage.MAX_STEPS / 5, rule)).isEqualTo(new Answer.Holds());
    }

    /** A clock that goes on by ten milliseconds whenever it is read, as if each step took one. */
    @Test
    void aRuleWhoseStepsAreSlowIsStoppedAfterAWhile() {
        AtomicLong now = new AtomicLong();
        PolicyLanguage slow = new PolicyLanguage(PolicyLanguage.MAX_STEPS, () -> now.addAndGet(10_000_000));
        String swallowed = "certificate.sans.all(san, (1 / 0 == 1 || true) && (1 / 0 == 1 || true))";

        assertThat(slow.evaluate(slow.rule(swallowed), about(true)))
                .isEqualTo(new Answer.Gave("it took longer than 2 seconds"));
        assertThat(slow.evaluate(slow.rule("request.kind != ''"), about(true))).isEqualTo(new Answer.Holds());
    }

    @Test
    void aRuleThatWasStoppedDecidesNothingEvenIfItsLeftSideHadFailedBefore() {
        String rule = "certificate.lifetimeDays > 398 || previous.sans.all(a, previous.sans.all(b, a != b || a == b))";
        PolicyLanguage limited = new PolicyLanguage(50, STOPPED);

        assertThat(limited.evaluate(limited.rule(rule), retirement()))
                .isEqualTo(new Answer.Gave("it takes more than 50 steps"));
    }

    private static Answer withSteps(int limit, String expression) {
        PolicyLanguage limited = new PolicyLanguage(limit, STOPPED);
        return limited.evaluate(limited.rule(expression), about(true));
    }

    /** A comparison of two lists is one step, and reads all their elements. */
    @Test
    void aValueCannotBeDoubledUntilItFillsTheMemory() {
        int doublings = 0;
        while (language.faults(doubled(doublings + 1)).isEmpty()) {
            doublings++;
            assertThat(1L << doublings).as("values that one step compares").isLessThan(100_000);
        }

        assertThat(doublings).as("deep enough for every sensible rule").isGreaterThan(4);
        assertThat(answer(doubled(doublings), about(true))).isEqualTo(new Answer.Holds());
    }

    /** Two lists of their own, since one that is compared with itself is seen to be the same at once. */
    private static String doubled(int times) {
        StringBuilder nested = new StringBuilder("[1].all(v0, [1].all(w0, ");
        for (int i = 0; i < times; i++) {
            for (String name : List.of("v", "w")) {
                nested.append("[[%1$s%2$d, %1$s%2$d]].all(%1$s%3$d, ".formatted(name, i, i + 1));
            }
        }
        return nested.append("v%1$d == w%1$d".formatted(times))
                .append(")".repeat(2 * times + 2))
                .toString();
    }

    @Test
    void everyNameThatARuleCanUseIsDescribed() {
        assertThat(language.names())
                .extracting(PolicyLanguage.Name::name)
                .contains(
                        "request.kind",
                        "certificate.sans",
                        "previous",
                        "plan.checks",
                        "plan.checks[…].code",
                        "team.slug");
        assertThat(language.names())
                .allSatisfy(name -> assertThat(name.meaning()).isNotBlank());
        assertThat(language.names())
                .filteredOn(name ->
                        name.name().equals("certificate.sans") || name.name().equals("previous"))
                .extracting(PolicyLanguage.Name::type)
                .containsExactly("list of string", "Certificate");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "certificate.lifetimeDays > 398",
                "certificate.keyAlgorithm == 'RSA' && certificate.keyBits < 3072",
                "!(certificate.issuer == 'CN=CA')",
                "certificate.sans.exists(name, name == 'DNS:x')",
                "has(certificate.subject)"
            })
    void aRuleAboutACertificateDoesNotHoldForARetirement(String expression) {
        assertThat(answer(expression, retirement())).isEqualTo(new Answer.HoldsNot());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "request.kind == 'retire-identity' || certificate.lifetimeDays > 398",
                "certificate.lifetimeDays > 398 || request.kind == 'retire-identity'",
                "!has(certificate.subject) && previous.subject == 'CN=team.app1'"
            })
    void aRuleThatKnowsOfRetirementsHolds(String expression) {
        assertThat(answer(expression, retirement())).isEqualTo(new Answer.Holds());
    }

    @Test
    void whatElseGoesWrongIsNoDecisionForARetirementEither() {
        assertThat(answer("plan.passed / plan.failed == 1", retirement())).isInstanceOf(Answer.Gave.class);
    }

    private static PolicyCase retirement() {
        PolicyCase rotation = about(true);
        PolicyCase.Request asked = rotation.request();
        return new PolicyCase(
                new PolicyCase.Request(
                        "retire-identity",
                        asked.cluster(),
                        asked.namespace(),
                        asked.app(),
                        asked.serviceAccount(),
                        asked.principal(),
                        asked.destination(),
                        asked.host(),
                        asked.requestedBy(),
                        asked.reason(),
                        asked.submittedAt()),
                Optional.empty(),
                rotation.previous(),
                rotation.plan(),
                rotation.team());
    }

    private Answer answer(String expression, PolicyCase about) {
        return language.evaluate(language.rule(expression), about);
    }

    static PolicyCase about(boolean rotation) {
        List<String> sans = IntStream.range(0, 100)
                .mapToObj(i -> "DNS:app1-" + i + ".example." + String.join("", Collections.nCopies(20, "abcd")))
                .toList();
        PolicyCase.Certificate certificate = new PolicyCase.Certificate(
                "CN=team.app1",
                "CN=CA",
                sans,
                "01",
                SUBMITTED.minus(Duration.ofDays(1)),
                SUBMITTED.plus(Duration.ofDays(364)),
                365,
                364,
                "RSA",
                3072,
                "SHA256withRSA",
                "AA",
                2,
                List.of());
        return new PolicyCase(
                new PolicyCase.Request(
                        "rotate-certificate",
                        "sandbox",
                        "team",
                        "app1",
                        "app1",
                        "spiffe://cluster.local/ns/team/sa/app1",
                        "nginx",
                        "my-nginx.foo.bar",
                        "member",
                        "it expires",
                        SUBMITTED),
                Optional.of(certificate),
                rotation ? Optional.of(certificate) : Optional.empty(),
                new PolicyCase.Plan(
                        1,
                        0,
                        0,
                        0,
                        List.of(new PolicyCase.Check("host.unique", "passed")),
                        List.of(new PolicyCase.PlanObject("Secret", "team", "app1", "create"))),
                new PolicyCase.Team("payments"));
    }
}
