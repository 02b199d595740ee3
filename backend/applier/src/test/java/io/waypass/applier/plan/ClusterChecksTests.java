package io.waypass.applier.plan;

import static io.waypass.applier.SampleIdentity.HOST;
import static io.waypass.applier.plan.PlanScenario.APP_NAMESPACE;
import static io.waypass.applier.plan.PlanScenario.GATEWAY;
import static io.waypass.applier.plan.PlanScenario.SERVICE_ACCOUNT;
import static io.waypass.applier.plan.PlanScenario.SHARED_ENTRY;
import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.applier.SampleIdentity;
import io.waypass.gateway.Placement;
import io.waypass.identity.Rival;
import io.waypass.manifests.IdentityManifests;
import io.waypass.manifests.ObjectKind;
import io.waypass.plan.CheckCode;
import io.waypass.plan.NewPlan;
import io.waypass.plan.PlanCheck;
import io.waypass.plan.PlanCheck.Level;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What each check says of each state of the cluster that it is about. */
class ClusterChecksTests {

    private static final String SYNTHETIC = IdentityManifests.syntheticHost("app1", SampleIdentity.NAMESPACE, HOST);
    private static final String SECRET = IdentityManifests.credentialName(SampleIdentity.spec());
    private static final String PRINCIPAL = "spiffe://cluster.local/ns/team-namespace/sa/app1";

    record Case(String name, Consumer<PlanScenario> state, CheckCode code, Level level, String says) {
        @Override
        public String toString() {
            return code.value() + " " + level + ": " + name;
        }
    }

    static Stream<Case> cases() {
        return Stream.concat(ofIdentity(), MeshCases.all());
    }

    private static Stream<Case> ofIdentity() {
        return Stream.of(
                // the app's namespace
                of(
                        "no such namespace",
                        CheckCode.NAMESPACE_EXISTS,
                        Level.FAILED,
                        "There is no namespace",
                        s -> s.cluster.delete(APP_NAMESPACE)),
                of(
                        "namespace unreadable",
                        CheckCode.NAMESPACE_EXISTS,
                        Level.UNKNOWN,
                        "“no right”",
                        s -> s.cluster.refuseReading(APP_NAMESPACE, "no right")),
                of(
                        "namespace outside the mesh",
                        CheckCode.NAMESPACE_AMBIENT,
                        Level.WARNING,
                        "has no label",
                        s -> s.namespace("none")),
                of(
                        "namespace of another team",
                        CheckCode.NAMESPACE_TEAM,
                        Level.FAILED,
                        "belongs to team other",
                        s -> s.owner = Optional.of("other")),
                of(
                        "namespace of no team",
                        CheckCode.NAMESPACE_TEAM,
                        Level.FAILED,
                        "belongs to no team",
                        s -> s.owner = Optional.empty()),
                // the app's service account
                of(
                        "no such service account",
                        CheckCode.SERVICE_ACCOUNT_EXISTS,
                        Level.FAILED,
                        "There is no service account app1",
                        s -> s.cluster.delete(SERVICE_ACCOUNT)),
                of(
                        "service account unreadable",
                        CheckCode.SERVICE_ACCOUNT_EXISTS,
                        Level.UNKNOWN,
                        "“no right”",
                        s -> s.cluster.refuseReading(SERVICE_ACCOUNT, "no right")),
                of(
                        "service account default",
                        CheckCode.SERVICE_ACCOUNT_OWN,
                        Level.FAILED,
                        "as every pod",
                        s -> s.serviceAccount = "default"),
                // who else has the principal
                of(
                        "rival in the cluster",
                        CheckCode.PRINCIPAL_UNIQUE,
                        Level.FAILED,
                        "idn_other",
                        s -> s.rivals.add(new Rival("idn_other", "nginx-2", "sandbox"))),
                of(
                        "rival in a cluster of the same trust domain",
                        CheckCode.PRINCIPAL_UNIQUE,
                        Level.WARNING,
                        "In cluster elsewhere",
                        s -> s.rivals.add(new Rival("idn_other", "nginx-2", "elsewhere"))),
                of("rivals here and elsewhere", CheckCode.PRINCIPAL_UNIQUE, Level.FAILED, "idn_here", s -> {
                    s.rivals.add(new Rival("idn_there", "nginx-2", "elsewhere"));
                    s.rivals.add(new Rival("idn_here", "nginx-2", "sandbox"));
                }),
                // the gateway
                of(
                        "no such gateway",
                        CheckCode.GATEWAY_EXISTS,
                        Level.FAILED,
                        "There is no Gateway",
                        s -> s.cluster.delete(GATEWAY)),
                of(
                        "gateway unreadable",
                        CheckCode.GATEWAY_EXISTS,
                        Level.UNKNOWN,
                        "“no right”",
                        s -> s.cluster.refuseReading(GATEWAY, "no right")),
                of(
                        "gateway not programmed",
                        CheckCode.GATEWAY_PROGRAMMED,
                        Level.FAILED,
                        "Said, “so”",
                        s -> s.gateway("False")),
                of(
                        "gateway not reported",
                        CheckCode.GATEWAY_PROGRAMMED,
                        Level.UNKNOWN,
                        "Nobody has reported",
                        s -> s.gateway("")),
                of(
                        "gateway reported as unknown",
                        CheckCode.GATEWAY_PROGRAMMED,
                        Level.UNKNOWN,
                        "Nobody has reported",
                        s -> s.gateway("Unknown")),
                // the shared ServiceEntry
                of(
                        "no shared entry",
                        CheckCode.SHARED_SERVICE_ENTRY_EXISTS,
                        Level.FAILED,
                        "There is no ServiceEntry",
                        s -> s.cluster.delete(SHARED_ENTRY)),
                of(
                        "shared entry of another host",
                        CheckCode.SHARED_SERVICE_ENTRY_EXISTS,
                        Level.FAILED,
                        "does not claim the host",
                        s -> s.sharedEntry("other.example", "True")),
                of(
                        "shared entry unreadable",
                        CheckCode.SHARED_SERVICE_ENTRY_EXISTS,
                        Level.UNKNOWN,
                        "“no right”",
                        s -> s.cluster.refuseReading(SHARED_ENTRY, "no right")),
                of(
                        "shared entry not bound",
                        CheckCode.SHARED_SERVICE_ENTRY_BOUND,
                        Level.FAILED,
                        "Said, “so”",
                        s -> s.sharedEntry(HOST, "False")),
                of(
                        "shared entry not reported",
                        CheckCode.SHARED_SERVICE_ENTRY_BOUND,
                        Level.UNKNOWN,
                        "Nobody has reported",
                        s -> s.sharedEntry(HOST, "")),
                // who else claims the hosts
                of(
                        "another claim on the host",
                        CheckCode.HOST_UNIQUE,
                        Level.FAILED,
                        "elsewhere/rival also claims",
                        s -> claim(s, "rival", HOST)),
                of("many claims on the host", CheckCode.HOST_UNIQUE, Level.FAILED, "and 2 more also claims", s -> {
                    for (String name : new String[] {"a", "b", "c", "d", "e"}) {
                        claim(s, name, HOST);
                    }
                }),
                of(
                        "a claim on another host",
                        CheckCode.HOST_UNIQUE,
                        Level.PASSED,
                        "No other",
                        s -> claim(s, "rival", "other.example")),
                of(
                        "entries unwatched",
                        CheckCode.HOST_UNIQUE,
                        Level.UNKNOWN,
                        "may not watch",
                        s -> s.cluster.refuseWatching("ServiceEntry", "may not watch")),
                of(
                        "a claim on the synthetic host",
                        CheckCode.SYNTHETIC_HOST_UNIQUE,
                        Level.FAILED,
                        "stands for this app",
                        s -> claim(s, "rival", SYNTHETIC)),
                of(
                        "entries unwatched for the synthetic host",
                        CheckCode.SYNTHETIC_HOST_UNIQUE,
                        Level.UNKNOWN,
                        "may not watch",
                        s -> s.cluster.refuseWatching("ServiceEntry", "may not watch")),
                // other routes
                of(
                        "a route for the principal",
                        CheckCode.ROUTE_UNSHADOWED,
                        Level.FAILED,
                        "elsewhere/rival",
                        s -> route(s, header(PRINCIPAL, "Exact"))),
                of(
                        "a route for a pattern of principals",
                        CheckCode.ROUTE_UNSHADOWED,
                        Level.FAILED,
                        "elsewhere/rival",
                        s -> route(s, header(".*", "RegularExpression"))),
                of(
                        "a route for anybody",
                        CheckCode.ROUTE_UNSHADOWED,
                        Level.FAILED,
                        "elsewhere/rival",
                        s -> route(s, "{}")),
                of(
                        "a route for another principal",
                        CheckCode.ROUTE_UNSHADOWED,
                        Level.PASSED,
                        "No other",
                        s -> route(s, header("spiffe://cluster.local/ns/x/sa/y", "Exact"))),
                of(
                        "routes unwatched",
                        CheckCode.ROUTE_UNSHADOWED,
                        Level.UNKNOWN,
                        "may not watch",
                        s -> s.cluster.refuseWatching("HTTPRoute", "may not watch")),
                // other rules
                of(
                        "a rule with the Secret",
                        CheckCode.CREDENTIAL_UNSHARED,
                        Level.FAILED,
                        "elsewhere/rival",
                        s -> rule(s, "other.example", SECRET)),
                of(
                        "a rule for the synthetic host",
                        CheckCode.CREDENTIAL_UNSHARED,
                        Level.FAILED,
                        "elsewhere/rival",
                        s -> rule(s, SYNTHETIC, "other")),
                of(
                        "a rule with another Secret",
                        CheckCode.CREDENTIAL_UNSHARED,
                        Level.PASSED,
                        "No other",
                        s -> rule(s, "other.example", "other")),
                of(
                        "the Secret under its full name",
                        CheckCode.CREDENTIAL_UNSHARED,
                        Level.FAILED,
                        "elsewhere/rival",
                        s -> {
                            s.placement = Placement.GATEWAY_NAMESPACE;
                            rule(
                                    s,
                                    "other.example",
                                    "istio-egress/"
                                            + IdentityManifests.credentialName(
                                                    SampleIdentity.spec(Placement.GATEWAY_NAMESPACE, 1)));
                        }),
                of(
                        "rules unwatched",
                        CheckCode.CREDENTIAL_UNSHARED,
                        Level.UNKNOWN,
                        "may not watch",
                        s -> s.cluster.refuseWatching("DestinationRule", "may not watch")));
    }

    static Case of(String name, CheckCode code, Level level, String says, Consumer<PlanScenario> state) {
        return new Case(name, state, code, level, says);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void eachStateHasItsAnswer(Case about) {
        PlanScenario scenario = withoutCertificate();
        about.state().accept(scenario);

        PlanCheck check = PlanScenario.check(scenario.plan(), about.code());

        assertThat(check.level()).as(check.message()).isEqualTo(about.level());
        assertThat(check.message()).contains(about.says());
        if (check.level() != Level.PASSED) {
            assertThat(check.toDo()).as("what to do").isNotBlank();
        }
    }

    @ParameterizedTest
    @MethodSource("checksOfIdentities")
    void whereEverythingIsAsItShouldBeEachCheckPasses(CheckCode code) {
        assertThat(PlanScenario.check(new PlanScenario().plan(), code).level()).isEqualTo(Level.PASSED);
    }

    static Stream<CheckCode> checksOfIdentities() {
        return PlannedChecks.ofIdentities().stream();
    }

    /** What others cause and can take away never ends a request. */
    @ParameterizedTest
    @MethodSource("cases")
    void onlyWhatTheTeamOrThePlatformMustMendFirstMakesARequestInvalid(Case about) {
        PlanScenario scenario = withoutCertificate();
        about.state().accept(scenario);

        NewPlan plan = scenario.plan();

        boolean ends = about.level() == Level.FAILED && about.code().required();
        assertThat(plan.obstacles().isEmpty()).as(plan.obstacles().toString()).isEqualTo(!ends);
    }

    @ParameterizedTest
    @EnumSource(
            value = ObjectKind.class,
            names = {
                "NAMESPACE",
                "SERVICE_ACCOUNT",
                "GATEWAY",
                "ENVOY_FILTER",
                "SERVICE_ENTRY",
                "HTTP_ROUTE",
                "DESTINATION_RULE"
            })
    void aKindThatIsNotWatchedIsSaidSinceAChangeCouldGoUnnoticed(ObjectKind kind) {
        PlanScenario scenario = new PlanScenario();
        scenario.cluster.refuseWatching(kind.kind(), "may not watch " + kind.plural());

        PlanCheck check = PlanScenario.check(scenario.plan(), CheckCode.INVENTORY_WATCHED);

        assertThat(check.level()).isEqualTo(Level.UNKNOWN);
        assertThat(check.message()).contains("may not watch " + kind.plural());
    }

    @Test
    void everyCheckThatTheClusterAnswersHasACaseInWhichItDoesNotPass() {
        Set<CheckCode> tried = cases().filter(about -> about.level() != Level.PASSED)
                .map(Case::code)
                .collect(Collectors.toSet());

        assertThat(checksOfIdentities().filter(code -> !tried.contains(code)))
                .as("those are about the request, its manifests, the dry run, or tried above")
                .containsExactlyInAnyOrderElementsOf(EnumSet.of(
                        CheckCode.CERTIFICATE_VALID,
                        CheckCode.CERTIFICATE_FINDINGS,
                        CheckCode.KEY_USABLE,
                        CheckCode.NAMES_FIT,
                        CheckCode.ROUTE_LIMITS,
                        CheckCode.OBJECT_FOREIGN,
                        CheckCode.FIELD_CONFLICT,
                        CheckCode.DRY_RUN_ACCEPTED,
                        CheckCode.INVENTORY_WATCHED));
    }

    /** To judge the certificate takes most of the time, and none of these checks is about it. */
    private static PlanScenario withoutCertificate() {
        PlanScenario scenario = new PlanScenario();
        scenario.credential = Optional.empty();
        return scenario;
    }

    private static void claim(PlanScenario scenario, String name, String host) {
        scenario.somebody(ObjectKind.SERVICE_ENTRY, name, "{\"hosts\": [\"" + host + "\"]}");
    }

    private static String header(String principal, String type) {
        return "{\"headers\": [{\"name\": \"%%source.principal%%\", \"type\": \"" + type + "\", \"value\": \""
                + principal + "\"}]}";
    }

    private static void route(PlanScenario scenario, String match) {
        scenario.somebody(ObjectKind.HTTP_ROUTE, "rival", """
                {"parentRefs": [{"kind": "ServiceEntry", "namespace": "istio-egress", "name": "nginx-mesh-external-se"}],
                 "rules": [{"matches": [%s]}]}
                """.formatted(match));
    }

    private static void rule(PlanScenario scenario, String host, String secret) {
        scenario.somebody(ObjectKind.DESTINATION_RULE, "rival", """
                {"host": "%s", "trafficPolicy": {"tls": {"mode": "MUTUAL", "credentialName": "%s"}}}
                """.formatted(host, secret));
    }
}
