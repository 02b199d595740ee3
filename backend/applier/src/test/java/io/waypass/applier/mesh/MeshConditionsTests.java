package io.waypass.applier.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.app.App;
import io.waypass.app.Principal;
import io.waypass.applier.Backends;
import io.waypass.applier.EnvoyFilters;
import io.waypass.applier.SampleIdentity;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.gateway.Placement;
import io.waypass.identity.IdentitySpec;
import io.waypass.manifests.IdentityManifests;
import io.waypass.manifests.ObjectKind;
import io.waypass.resource.Condition.Status;
import io.waypass.resource.Condition.Type;
import io.waypass.resource.Observation.ObservedCondition;
import io.waypass.resource.Readiness;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the mesh does after an approval, and what an identity's conditions say then, without any change of its own objects. */
class MeshConditionsTests {

    private static final String SYNTHETIC =
            IdentityManifests.syntheticHost("app1", SampleIdentity.NAMESPACE, SampleIdentity.HOST);
    private static final Set<Type> OF_THE_MESH = EnumSet.of(
            Type.MESH_REPORTING,
            Type.FLAVOUR_MATCHES,
            Type.GATEWAY_READY,
            Type.PRINCIPAL_HEADER,
            Type.HOST_UNIQUE,
            Type.ROUTE_UNSHADOWED,
            Type.CREDENTIAL_UNSHARED);

    private record Case(
            String name, Type type, Status status, String reason, String says, Consumer<MeshScenario> change) {
        @Override
        public String toString() {
            return type.value() + " " + reason + ": " + name;
        }
    }

    static Stream<Case> cases() {
        return Stream.of(
                new Case(
                        "istiod is not seen for a while",
                        Type.MESH_REPORTING,
                        Status.UNKNOWN,
                        Readiness.NOT_SEEN,
                        "has not renewed its leader election since " + SampleIdentity.NOW,
                        s -> s.pass(Duration.ofSeconds(61))),
                new Case(
                        "istiod changes hands",
                        Type.MESH_REPORTING,
                        Status.TRUE,
                        "IstiodSeen",
                        "current",
                        s -> s.pass(Duration.ofSeconds(60))),
                new Case(
                        "another Lease of the namespace is no sign of istiod",
                        Type.MESH_REPORTING,
                        Status.UNKNOWN,
                        Readiness.NOT_SEEN,
                        "since",
                        s -> {
                            s.pass(Duration.ofSeconds(61));
                            s.renew("some-operator");
                        }),
                new Case(
                        "no election, but a pod",
                        Type.MESH_REPORTING,
                        Status.TRUE,
                        "IstiodSeen",
                        "at work",
                        s -> s.cluster.delete(MeshScenario.LEASE)),
                new Case(
                        "no election, and no pod",
                        Type.MESH_REPORTING,
                        Status.UNKNOWN,
                        Readiness.NOT_SEEN,
                        "No pod of istiod",
                        s -> {
                            s.cluster.delete(MeshScenario.LEASE);
                            s.istiod("pilot:1.29.0-solo", 0);
                        }),
                new Case(
                        "no istiod at all",
                        Type.MESH_REPORTING,
                        Status.UNKNOWN,
                        Readiness.NO_ISTIOD,
                        "No istiod",
                        s -> {
                            s.cluster.delete(MeshScenario.LEASE);
                            s.cluster.delete(MeshScenario.ISTIOD);
                        }),
                new Case(
                        "Leases may not be watched",
                        Type.MESH_REPORTING,
                        Status.UNKNOWN,
                        "NotWatched",
                        "may not",
                        s -> s.cluster.refuseWatching("Lease", "may not")),
                new Case(
                        "istiod is replaced by the other flavour",
                        Type.FLAVOUR_MATCHES,
                        Status.FALSE,
                        "OtherFlavour",
                        "docker.io/istio/pilot:1.31.1",
                        s -> s.istiod("docker.io/istio/pilot:1.31.1", 1)),
                new Case(
                        "istiod does not permit the gateway other namespaces any more",
                        Type.FLAVOUR_MATCHES,
                        Status.FALSE,
                        "NotPermitted",
                        "does not permit istio-egress/egress-waypoint",
                        s -> s.istiod("pilot:1.29.0-solo", 1, "")),
                new Case(
                        "an image that does not tell",
                        Type.FLAVOUR_MATCHES,
                        Status.UNKNOWN,
                        "NotKnown",
                        "does not tell",
                        s -> s.istiod("pilot:ours", 1)),
                new Case(
                        "the gateway is gone",
                        Type.GATEWAY_READY,
                        Status.FALSE,
                        "NoGateway",
                        "There is no Gateway",
                        s -> s.cluster.delete(MeshScenario.GATEWAY)),
                new Case(
                        "the waypoint has no pod",
                        Type.GATEWAY_READY,
                        Status.FALSE,
                        "WaypointUnavailable",
                        "no call gets through",
                        s -> s.waypoint(0)),
                new Case(
                        "the waypoint's Deployment is gone",
                        Type.GATEWAY_READY,
                        Status.FALSE,
                        "NoWaypoint",
                        "There is no Deployment",
                        s -> s.cluster.delete(MeshScenario.WAYPOINT)),
                new Case(
                        "the waypoint's Deployment is gone, and so is istiod",
                        Type.GATEWAY_READY,
                        Status.UNKNOWN,
                        "NoWaypoint",
                        "There is no Deployment",
                        s -> {
                            s.cluster.delete(MeshScenario.WAYPOINT);
                            s.pass(Duration.ofSeconds(61));
                        }),
                new Case(
                        "reported as not programmed, which may be old",
                        Type.GATEWAY_READY,
                        Status.UNKNOWN,
                        "ReportedNotProgrammed",
                        "until another change",
                        s -> s.gateway("False")),
                new Case(
                        "nobody reports on the gateway",
                        Type.GATEWAY_READY,
                        Status.UNKNOWN,
                        "NotReported",
                        "Nobody has reported",
                        s -> s.gateway("Unknown")),
                new Case(
                        "programmed before istiod went",
                        Type.GATEWAY_READY,
                        Status.UNKNOWN,
                        "Old",
                        "before istiod went",
                        s -> s.pass(Duration.ofSeconds(61))),
                new Case(
                        "Deployments may not be watched",
                        Type.GATEWAY_READY,
                        Status.UNKNOWN,
                        "NotWatched",
                        "may not",
                        s -> s.cluster.refuseWatching("Deployment", "may not")),
                new Case(
                        "the EnvoyFilter is gone",
                        Type.PRINCIPAL_HEADER,
                        Status.FALSE,
                        "NotWritten",
                        "refused with 403",
                        s -> s.cluster.delete(MeshScenario.ENVOY_FILTER)),
                new Case(
                        "the EnvoyFilter leaves the header",
                        Type.PRINCIPAL_HEADER,
                        Status.TRUE,
                        "WithWarning",
                        "SPIFFE id to the partner",
                        s -> s.cluster.put(
                                "somebody", EnvoyFilters.of("GATEWAY").replace(EnvoyFilters.CLEANED, ""))),
                new Case(
                        "the host is claimed elsewhere",
                        Type.HOST_UNIQUE,
                        Status.FALSE,
                        "ClaimedElsewhere",
                        "ServiceEntry elsewhere/rival also claims",
                        s -> s.somebody(
                                ObjectKind.SERVICE_ENTRY,
                                "elsewhere",
                                "rival",
                                "{\"hosts\": [\"" + SampleIdentity.HOST + "\"]}")),
                new Case(
                        "the host is claimed by a kind that the cluster has from now on",
                        Type.HOST_UNIQUE,
                        Status.FALSE,
                        "ClaimedElsewhere",
                        "XBackend default/rival also claims",
                        s -> {
                            s.cluster.put("platform", Backends.DEFINITION);
                            s.cluster.put("somebody", Backends.claiming(SampleIdentity.HOST));
                        }),
                new Case(
                        "that kind is there, and may not be watched",
                        Type.HOST_UNIQUE,
                        Status.UNKNOWN,
                        "NotKnown",
                        "may not watch backends",
                        s -> {
                            s.cluster.refuseWatching("XBackend", "may not watch backends");
                            s.cluster.put("platform", Backends.DEFINITION);
                        }),
                new Case(
                        "whether that kind is there cannot be seen",
                        Type.HOST_UNIQUE,
                        Status.UNKNOWN,
                        "NotKnown",
                        "may not watch definitions",
                        s -> s.cluster.refuseWatching("CustomResourceDefinition", "may not watch definitions")),
                new Case(
                        "that kind is gone, and its objects with it",
                        Type.HOST_UNIQUE,
                        Status.TRUE,
                        "Holds",
                        "No other",
                        s -> {
                            s.cluster.put("platform", Backends.DEFINITION);
                            s.cluster.put("somebody", Backends.claiming(SampleIdentity.HOST));
                            s.cluster.delete(ObjectKey.of(
                                    ObjectKind.CUSTOM_RESOURCE_DEFINITION,
                                    "",
                                    "xbackends.gateway.networking.x-k8s.io"));
                        }),
                new Case(
                        "the synthetic host is claimed elsewhere",
                        Type.HOST_UNIQUE,
                        Status.FALSE,
                        "ClaimedElsewhere",
                        "stands for this app",
                        s -> s.somebody(
                                ObjectKind.SERVICE_ENTRY,
                                "elsewhere",
                                "rival",
                                "{\"hosts\": [\"" + SYNTHETIC + "\"]}")),
                new Case(
                        "the route is shadowed",
                        Type.ROUTE_UNSHADOWED,
                        Status.FALSE,
                        "Shadowed",
                        "HTTPRoute elsewhere/rival",
                        s -> s.somebody(ObjectKind.HTTP_ROUTE, "elsewhere", "rival", """
                                {"parentRefs": [{"kind": "ServiceEntry", "namespace": "istio-egress", "name": "nginx-mesh-external-se"}]}
                                """)),
                new Case(
                        "another rule names the Secret",
                        Type.CREDENTIAL_UNSHARED,
                        Status.FALSE,
                        "NamedElsewhere",
                        "DestinationRule elsewhere/rival",
                        s -> s.somebody(ObjectKind.DESTINATION_RULE, "elsewhere", "rival", """
                                {"host": "other.example", "trafficPolicy": {"tls": {"credentialName": "%s"}}}
                                """.formatted(
                                        IdentityManifests.credentialName(SampleIdentity.spec())))),
                new Case(
                        "another rule names the Secret with what istiod ignores",
                        Type.CREDENTIAL_UNSHARED,
                        Status.FALSE,
                        "NamedElsewhere",
                        "DestinationRule elsewhere/rival",
                        s -> s.somebody(ObjectKind.DESTINATION_RULE, "elsewhere", "rival", """
                                {"host": "other.example", "trafficPolicy": {"tls": {"credentialName": "kubernetes://%s/more"}}}
                                """.formatted(
                                        IdentityManifests.credentialName(SampleIdentity.spec())))),
                new Case(
                        "a rule of the gateway's namespace covers the synthetic host",
                        Type.CREDENTIAL_UNSHARED,
                        Status.FALSE,
                        "NamedElsewhere",
                        "DestinationRule istio-egress/rival",
                        s -> s.somebody(
                                ObjectKind.DESTINATION_RULE, "istio-egress", "rival", "{\"host\": \"*.invalid\"}")),
                new Case(
                        "another rule is for the synthetic host",
                        Type.CREDENTIAL_UNSHARED,
                        Status.FALSE,
                        "NamedElsewhere",
                        "DestinationRule elsewhere/rival",
                        s -> s.somebody(
                                ObjectKind.DESTINATION_RULE,
                                "elsewhere",
                                "rival",
                                "{\"host\": \"" + SYNTHETIC + "\"}")));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aChangeOfTheMeshIsSaidWithoutAnyChangeOfTheIdentitysOwnObjects(Case about) {
        MeshScenario scenario = new MeshScenario();
        assertThat(OF_THE_MESH)
                .allSatisfy(type -> assertThat(scenario.store.condition(MeshScenario.ID, type))
                        .extracting(ObservedCondition::status)
                        .as(type.value())
                        .isEqualTo(Status.TRUE));

        about.change().accept(scenario);

        ObservedCondition condition = scenario.condition(about.type());
        assertThat(condition.status()).as(condition.message()).isEqualTo(about.status());
        assertThat(condition.reason()).isEqualTo(about.reason());
        assertThat(condition.message()).contains(about.says());
    }

    @Test
    void everyConditionOfTheMeshHasACaseInWhichItIsNotTrue() {
        assertThat(cases().filter(about -> about.status() != Status.TRUE)
                        .map(Case::type)
                        .collect(Collectors.toSet()))
                .isEqualTo(OF_THE_MESH);
    }

    @Test
    void onceTheRivalIsGoneTheConditionIsTrueAgain() {
        MeshScenario scenario = new MeshScenario();
        scenario.somebody(
                ObjectKind.SERVICE_ENTRY, "elsewhere", "rival", "{\"hosts\": [\"" + SampleIdentity.HOST + "\"]}");
        assertThat(scenario.condition(Type.HOST_UNIQUE).status()).isEqualTo(Status.FALSE);

        scenario.cluster.delete(ObjectKey.of(ObjectKind.SERVICE_ENTRY, "elsewhere", "rival"));

        assertThat(scenario.condition(Type.HOST_UNIQUE).status()).isEqualTo(Status.TRUE);
    }

    @Test
    void istiodThatComesBackIsSeenAtItsNextRenewal() {
        MeshScenario scenario = new MeshScenario();
        scenario.pass(Duration.ofMinutes(10));
        assertThat(scenario.condition(Type.MESH_REPORTING).status()).isEqualTo(Status.UNKNOWN);

        scenario.renew("istio-status-leader");

        assertThat(scenario.condition(Type.MESH_REPORTING).status()).isEqualTo(Status.TRUE);
        assertThat(scenario.condition(Type.GATEWAY_READY).status()).isEqualTo(Status.TRUE);
    }

    @Test
    void clocksNeedNotAgreeOnceARenewalWasSeen() {
        MeshScenario scenario = new MeshScenario();
        scenario.pass(Duration.ofMinutes(10));

        // the same Lease, renewed by an istiod whose clock is a day behind
        scenario.cluster.put(
                "istiod", """
                {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"namespace": "istio-system", "name": "%s"},
                 "spec": {"renewTime": "%s"}}
                """.formatted(MeshScenario.ELECTION, SampleIdentity.NOW.minus(Duration.ofDays(1))));

        assertThat(scenario.condition(Type.MESH_REPORTING).status()).isEqualTo(Status.TRUE);
    }

    @Test
    void anIdentityIsEvaluatedOnceItIsReconciledAndNoMoreOnceItIsRetired() {
        MeshScenario scenario = new MeshScenario();
        IdentitySpec other = numbered(2);
        scenario.store.applied.put(2L, other);
        scenario.recorder.reconciled(other.publicId());
        scenario.evaluate();
        assertThat(scenario.store.condition(2, Type.HOST_UNIQUE).status()).isEqualTo(Status.TRUE);

        scenario.store.applied.remove(2L);
        scenario.recorder.reconciled(other.publicId());
        scenario.evaluate();
        scenario.store.conditions.clear();
        scenario.waypoint(0);
        scenario.evaluate();

        assertThat(scenario.store.conditions).containsOnlyKeys(MeshScenario.ID);
    }

    @Test
    void whatCouldNotBeRecordedIsRecordedLater() {
        MeshScenario scenario = new MeshScenario();
        scenario.store.away = Optional.of(new IllegalStateException("the database is away"));
        scenario.waypoint(0);
        scenario.evaluate();

        scenario.store.away = Optional.empty();

        assertThat(scenario.condition(Type.GATEWAY_READY).reason()).isEqualTo("WaypointUnavailable");
    }

    @Test
    void aChangeOfOneGatewayIsRecordedForAllItsIdentitiesInAFewStatementsAndWithoutACallToTheApiServer() {
        MeshScenario scenario = new MeshScenario();
        for (int number = 100; number < 10_100; number++) {
            scenario.store.applied.put((long) number, numbered(number));
            scenario.recorder.reconciled(numbered(number).publicId());
        }
        scenario.evaluate();
        scenario.store.statements = 0;
        scenario.store.rows = 0;
        scenario.cluster.beforeRead(() -> {
            throw new AssertionError("a call to the API server");
        });

        scenario.waypoint(0);
        scenario.evaluate();

        assertThat(scenario.store.condition(5_000, Type.GATEWAY_READY).status()).isEqualTo(Status.FALSE);
        assertThat(scenario.store.rows).as("one condition of each identity").isEqualTo(10_001);
        assertThat(scenario.store.statements).isLessThanOrEqualTo(3);

        scenario.evaluate();
        assertThat(scenario.store.rows).as("nothing is recorded twice").isEqualTo(10_001);
    }

    private static IdentitySpec numbered(int number) {
        IdentitySpec sample = SampleIdentity.spec(Placement.TEAM_NAMESPACE, 1);
        String name = "app-" + number;
        return new IdentitySpec(
                "idn_" + number,
                1,
                sample.cluster(),
                sample.gateway(),
                sample.destination(),
                new App(
                        number,
                        "app_" + number,
                        1,
                        "payments",
                        1,
                        "sandbox",
                        name,
                        new Principal("cluster.local", SampleIdentity.NAMESPACE, name),
                        Instant.EPOCH),
                name + "-client-mtls-secret",
                1,
                sample.certificate());
    }
}
