package io.waypass.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.codec.http.HttpMethod;
import io.waypass.mesh.HboneCaller;
import io.waypass.mesh.HboneCaller.Answer;
import io.waypass.mesh.Partner.Seen;
import io.waypass.mesh.Waypoint;
import io.waypass.testing.Requirement;
import io.waypass.testing.junit.Needs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The guide's end on a real mesh (upstream Istio): each app's calls carry its own certificate, and no other calls leave. */
@Needs({Requirement.MESH, Requirement.NGINX})
@ExtendWith(SharedMeshSandbox.class)
class IdentityOnMeshIT {

    private static final String PRINCIPAL_HEADER = "%%source.principal%%";

    private MeshJourney journey;

    @BeforeEach
    void begin(RunningSandbox sandbox) {
        journey = new MeshJourney(sandbox);
    }

    @AfterEach
    void end() {
        journey.close();
    }

    @Test
    void eachAppsCallsCarryItsOwnCertificateToTheWantedServer() throws IOException {
        journey.identity("own1");
        journey.identity("own2");
        try (HboneCaller own1 = journey.caller("own1");
                HboneCaller own2 = journey.caller("own2")) {
            journey.awaitServed(own1, "own1");
            journey.awaitServed(own2, "own2");

            for (int round = 0; round < 5; round++) {
                assertOwn(journey.seen(own1), "own1");
                assertOwn(journey.seen(own2), "own2");
            }
        }
    }

    private void assertOwn(Seen seen, String app) {
        assertThat(seen.subject()).isEqualTo(MeshJourney.subject(app));
        assertThat(seen.serial()).isEqualTo(journey.serial(app));
        assertThat(seen.serverName()).isEqualTo(SandboxMesh.HOST);
        assertThat(seen.host()).isEqualTo(SandboxMesh.HOST);
        assertThat(seen.port()).isEqualTo(443);
    }

    @Test
    void whateverHostTheAppSendsThePartnerGetsItsOwnNameInSniAndHost() throws IOException {
        journey.identity("hosts");
        try (HboneCaller caller = journey.caller("hosts")) {
            journey.awaitServed(caller, "hosts");
            // with the first call over a connection the SNI is chosen
            caller.disconnect();

            assertThat(caller.get("/subject", "elsewhere.example", List.of(Map.entry("x-call", "other-host")))
                            .status())
                    .isEqualTo(200);
        }

        assertThat(calls("other-host")).singleElement().satisfies(seen -> assertOwn(seen, "hosts"));
    }

    @Test
    void ofTheInsideThePartnerSeesOnlyTheHeadersListedHere() throws IOException {
        journey.identity("headers");
        try (HboneCaller caller = journey.caller("headers")) {
            journey.awaitServed(caller, "headers");

            JsonNode headers = JsonMapper.shared()
                    .readTree(
                            caller.get("/headers", SandboxMesh.HOST, List.of()).body());

            // "connection" is of nginx itself; the original host is what the app has sent, the id is Envoy's
            assertThat(headers.propertyNames())
                    .containsExactlyInAnyOrder(
                            "connection", "host", "x-envoy-original-host", "x-forwarded-proto", "x-request-id");
            assertThat(headers.toString()).doesNotContain("spiffe", "team-namespace", "cluster.local", "egress");
        }
    }

    @Test
    void anAppWithoutIdentityIsRefused() throws IOException {
        journey.identity("admitted");
        try (HboneCaller admitted = journey.caller("admitted");
                HboneCaller stranger = journey.caller("stranger")) {
            journey.awaitServed(admitted, "admitted");

            assertThat(MeshJourney.get(stranger, "stranger").status()).isEqualTo(403);
        }
        assertThat(calls("stranger")).isEmpty();
    }

    @Test
    void aForgedIdentityOpensNothing() throws IOException {
        journey.identity("victim");
        journey.identity("other");
        String spiffe = "spiffe://cluster.local/ns/team-namespace/sa/victim";
        String xfcc = "By=spiffe://cluster.local/ns/istio-egress/sa/egress-waypoint;URI=" + spiffe;
        Waypoint waypoint = journey.mesh.waypoint();
        try (HboneCaller victim = journey.caller("victim");
                HboneCaller other = journey.caller("other");
                HboneCaller stranger = journey.caller("forger");
                HboneCaller connect = waypoint.caller(
                        "team-namespace",
                        "forger",
                        journey.mesh.service(),
                        Map.of(PRINCIPAL_HEADER, spiffe, "x-forwarded-client-cert", xfcc))) {
            journey.awaitServed(victim, "victim");
            journey.awaitServed(other, "other");

            assertThat(forged(stranger, PRINCIPAL_HEADER, spiffe).status()).isEqualTo(403);
            assertThat(forged(stranger, PRINCIPAL_HEADER, spiffe, spiffe).status())
                    .isEqualTo(403);
            assertThat(forged(stranger, "x-forwarded-client-cert", xfcc).status())
                    .isEqualTo(403);
            assertThat(forged(connect, PRINCIPAL_HEADER, spiffe).status()).isEqualTo(403);
            // an admitted app remains itself
            assertThat(forged(other, PRINCIPAL_HEADER, spiffe).status()).isEqualTo(200);
            assertThat(forged(other, PRINCIPAL_HEADER, spiffe, spiffe).status()).isEqualTo(200);
            assertThat(forged(other, "x-forwarded-client-cert", xfcc).status()).isEqualTo(200);
        }
        assertThat(calls("forged")).extracting(Seen::subject).containsOnly(MeshJourney.subject("other"));
    }

    private static Answer forged(HboneCaller caller, String header, String... values) throws IOException {
        List<Map.Entry<String, String>> headers = new ArrayList<>();
        headers.add(Map.entry("x-call", "forged"));
        for (String value : values) {
            headers.add(Map.entry(header, value));
        }
        return caller.get("/subject", SandboxMesh.HOST, headers);
    }

    @Test
    void aCallerWhomTheMeshDoesNotKnowGetsNoConnection() {
        journey.identity("known");
        Waypoint waypoint = journey.mesh.waypoint();
        String service = journey.mesh.service();
        try (HboneCaller known = journey.caller("known");
                HboneCaller rogue = waypoint.rogueCaller("team-namespace", "known", service);
                HboneCaller foreign = waypoint.foreignCaller("other.domain", "team-namespace", "known", service);
                HboneCaller anonymous = waypoint.anonymousCaller(service)) {
            // the same calls by the app itself get through
            journey.awaitServed(known, "known");

            for (HboneCaller each : List.of(rogue, foreign, anonymous)) {
                assertThatThrownBy(() -> MeshJourney.get(each, "unknown")).isInstanceOf(IOException.class);
            }
        }
        assertThat(calls("unknown")).isEmpty();
    }

    @Test
    void aRotationReachesConnectionsThatAreOpenAndLosesNoRequestInFlight() throws Exception {
        journey.identity("rotated");
        String old = journey.serial("rotated");
        try (HboneCaller kept = journey.caller("rotated");
                HboneCaller held = journey.caller("rotated")) {
            journey.awaitServed(kept, "rotated");
            String request = journey.submitRotation("rotated");
            journey.journey.await(request, "pending");
            CompletableFuture<Answer> inFlight = CompletableFuture.supplyAsync(() -> post(held, "/held", "in-flight"));
            journey.mesh.partner().awaitHeld();
            AtomicBoolean over = new AtomicBoolean();
            // the partner keeps connections for ten minutes: only a change in the gateway ends them
            CompletableFuture<Void> calls = CompletableFuture.runAsync(() -> callUntil(kept, over));

            Instant approved = Instant.now();
            journey.finish(request);
            Awaitility.await("an open connection carries the new certificate")
                    .until(() -> calls("kept").stream()
                            .anyMatch(seen -> journey.serial("rotated").equals(seen.serial())));
            over.set(true);
            calls.get();
            journey.mesh.partner().release();

            assertThat(inFlight.get().status()).isEqualTo(200);
            Awaitility.await("the partner's log has the call")
                    .until(() -> !calls("in-flight").isEmpty());
            assertThat(calls("in-flight"))
                    .as("a request that is not idempotent ends on the connection on which it began, and is sent once")
                    .singleElement()
                    .satisfies(seen -> assertThat(seen.serial()).isEqualTo(old));
            Seen last = calls("kept").stream()
                    .filter(seen -> old.equals(seen.serial()))
                    .reduce((_, later) -> later)
                    .orElseThrow();
            System.out.printf(
                    Locale.ROOT,
                    "The last call with the old certificate was %.2f s after the approval of the rotation.%n",
                    last.at() - approved.toEpochMilli() / 1000.0);
        }
    }

    private static void callUntil(HboneCaller caller, AtomicBoolean over) {
        try {
            while (!over.get()) {
                assertThat(MeshJourney.get(caller, "kept").status()).isEqualTo(200);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Answer post(HboneCaller caller, String path, String id) {
        try {
            return caller.send(HttpMethod.POST, path, SandboxMesh.HOST, List.of(Map.entry("x-call", id)), "{}");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aRetiredAppIsRefused() throws IOException {
        journey.identity("leaving");
        try (HboneCaller caller = journey.caller("leaving")) {
            journey.awaitServed(caller, "leaving");

            journey.finish(journey.submitRetirement("leaving"));

            Awaitility.await("the gateway refuses the app")
                    .until(() -> MeshJourney.get(caller, "retired").status() == 403);
            assertThat(calls("retired"))
                    .allSatisfy(seen -> assertThat(seen.subject()).isEqualTo(MeshJourney.subject("leaving")));
        }
    }

    @Test
    void readyIsTrueWhenCallsGetThrough() {
        String identity = journey.identity("ready");
        try (HboneCaller caller = journey.caller("ready")) {
            journey.awaitServed(caller, "ready");
        }

        Awaitility.await("Ready").until(() -> journey.condition(identity, "Ready"), ready -> ready.startsWith("True"));
    }

    @Test
    void readyIsUnknownWhileIstiodIsAwayAndCallsStillGetThrough() throws IOException {
        String identity = journey.identity("blind");
        try (HboneCaller caller = journey.caller("blind")) {
            journey.awaitServed(caller, "blind");
            journey.mesh.mesh().stopIstiod();
            try {
                Awaitility.await("Ready is Unknown")
                        .until(() -> journey.condition(identity, "Ready"), ready -> ready.startsWith("Unknown"));
                assertThat(MeshJourney.get(caller, "blind").status()).isEqualTo(200);
            } finally {
                journey.mesh.mesh().startIstiod();
            }
            Awaitility.await("Ready is True again")
                    .until(() -> journey.condition(identity, "Ready"), ready -> ready.startsWith("True"));
        }
    }

    @Test
    void istiodAndEnvoyRefuseNothingThatWaypassWrites() {
        // another suite in this JVM may have broken objects on purpose
        int before = journey.mesh.waypoint().refusals().size();
        journey.identity("clean");
        try (HboneCaller clean = journey.caller("clean")) {
            journey.awaitServed(clean, "clean");
        }

        assertThat(journey.mesh.waypoint().refusals()).hasSize(before);
    }

    private List<Seen> calls(String id) {
        return journey.mesh.partner().seen().stream()
                .filter(seen -> id.equals(seen.id()))
                .toList();
    }
}
