package io.waypass.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.waypass.mesh.HboneCaller;
import io.waypass.testing.Requirement;
import io.waypass.testing.junit.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Apps call all the time while identities come and go, certificates rotate, objects drift, the applier is killed and
 * istiod goes away, under the chart's guard rails. How many calls failed, and for how long, goes to {@code
 * target/prober.md}.
 */
@Needs({Requirement.MESH, Requirement.NGINX})
@ExtendWith(SharedMeshSandbox.class)
class ProberIT {

    private static final String APP = "probe1";

    /**
     * What somebody does to an object of the first app's identity, or to one that identities share.
     *
     * @param name of the object; empty for the first app's
     * @param patch JSON merge patch; empty to delete it
     */
    private record Drift(String what, String kind, String name, String patch) {}

    private static final List<Drift> DRIFTS = List.of(
            new Drift("Secret deleted", "Secret", "", ""),
            new Drift("DestinationRule deleted", "DestinationRule", "", ""),
            new Drift(
                    "DestinationRule with another sni",
                    "DestinationRule",
                    "",
                    "{\"spec\":{\"trafficPolicy\":{\"tls\":{\"sni\":\"elsewhere.example\"}}}}"),
            new Drift("synthetic ServiceEntry deleted", "ServiceEntry", "", ""),
            new Drift("HTTPRoute deleted", "HTTPRoute", "", ""),
            new Drift("the identity's policy deleted", "AuthorizationPolicy", "", ""),
            new Drift("deny-all policy deleted", "AuthorizationPolicy", "nginx-deny-without-identity", ""),
            new Drift("catch-all rule deleted", "DestinationRule", "egress-waypoint-waypass-catch-all", ""),
            new Drift("Role on Secrets deleted", "Role", "egress-waypoint-waypass-secrets", ""),
            new Drift("RoleBinding deleted", "RoleBinding", "egress-waypoint-waypass-secrets", ""));

    private MeshJourney journey;
    private String identity;
    private String app = APP;
    private GuardRails guardRails;

    @BeforeEach
    void begin(RunningSandbox sandbox) {
        journey = new MeshJourney(sandbox);
        guardRails = GuardRails.install(sandbox);
    }

    @AfterEach
    void end() {
        guardRails.close();
        journey.close();
    }

    @Test
    void nothingElseThanTheAppsOwnCertificateIsEverSeen() throws Exception {
        identity = journey.identity(APP);
        journey.identity("probe2");
        awaitServed(APP);
        awaitServed("probe2");

        try (Prober prober = new Prober(journey, List.of(APP, "probe2"), List.of("probe3"))) {
            try {
                prober.phase("nothing");
                awaitCalls(prober, "nothing", 100);
                for (int round = 0; round < Integer.getInteger("waypass.prober.creations", 2); round++) {
                    prober.phase("other identities are created and retired");
                    journey.identity("bystander" + round);
                    journey.finish(journey.submitRetirement("bystander" + round));
                }
                for (int round = 0; round < Integer.getInteger("waypass.prober.rotations", 2); round++) {
                    prober.phase("the certificate is rotated");
                    journey.finish(journey.submitRotation(APP));
                }
                for (int round = 0; round < Integer.getInteger("waypass.prober.drifts", 1); round++) {
                    drifts(prober, round);
                }
                for (int round = 0; round < Integer.getInteger("waypass.prober.outages", 1); round++) {
                    if (round > 0) {
                        another(prober, "probe-of-outage-" + round);
                    }
                    istiodAway(prober);
                }
                for (int kill = 0; kill < Integer.getInteger("waypass.prober.kills", 1); kill++) {
                    applierKilled(prober, Journey.KINDS.get(kill));
                }
            } finally {
                prober.end();
                Files.writeString(Path.of("target", "prober.md"), prober.table());
                System.out.println(prober.table());
            }
            assertThat(prober.violations()).isEmpty();
        }
    }

    /** An object that is restored five times waits longer each further time: after two rounds another app's drift. */
    private void drifts(Prober prober, int round) throws IOException {
        if (round > 0 && round % 2 == 0) {
            another(prober, "probe-of-round-" + round);
        }
        for (Drift drift : DRIFTS) {
            if (drift.name().isEmpty() || round < 4) {
                stopped(prober, drift);
                restored(prober, drift);
            }
        }
    }

    /** From now on another app's objects are changed; it calls as well. */
    private void another(Prober prober, String name) {
        app = name;
        identity = journey.identity(app);
        awaitServed(app);
        prober.admit(app);
    }

    /** A tenant who may write everything there by RBAC, and is no exempt client of the guard rails. */
    private void stopped(Prober prober, Drift drift) {
        prober.phase("a tenant tries: " + drift.what());
        // the guard rails leave a gateway's Roles to RBAC
        if (!drift.kind().startsWith("Role")) {
            Resource<GenericKubernetesResource> object = object(drift);
            assertThat(guardRails.refuses(tenant -> MeshJourney.change(tenant.resource(object.get()), drift.patch())))
                    .as(drift.what())
                    .isTrue();
        }
        awaitCalls(prober, "a tenant tries: " + drift.what(), 10);
    }

    /** Somebody whom the guard rails exempt. */
    private void restored(Prober prober, Drift drift) throws IOException {
        prober.phase(drift.what());
        Resource<GenericKubernetesResource> object = object(drift);
        String before = object.get().getMetadata().getResourceVersion();
        MeshJourney.change(object, drift.patch());
        Awaitility.await("restored: " + drift.what()).until(() -> {
            GenericKubernetesResource now = object.get();
            return now != null
                    && !now.getMetadata().getResourceVersion().equals(before)
                    && now.getMetadata().getManagedFields().stream()
                            .noneMatch(field -> Objects.equals(field.getManager(), "somebody"));
        });
        awaitServed(app);
    }

    private Resource<GenericKubernetesResource> object(Drift drift) {
        return drift.name().isEmpty() ? journey.object(drift.kind(), APP) : journey.named(drift.kind(), drift.name());
    }

    private void istiodAway(Prober prober) throws IOException {
        prober.phase("istiod stopped");
        Resource<GenericKubernetesResource> rule = journey.object("DestinationRule", app);
        Resource<GenericKubernetesResource> policy = journey.object("AuthorizationPolicy", app);
        journey.mesh.mesh().stopIstiod();
        int changes;
        try {
            awaitCalls(prober, "istiod stopped", 100);
            prober.phase("DestinationRule deleted while istiod is away");
            rule.delete();
            // its webhook does not answer, so that nothing can be restored; deletions pass
            Awaitility.await("the door is closed").until(() -> policy.get() == null);
            Awaitility.await("the page says what is not so")
                    .until(() -> journey.condition(identity, "InSync"), "False NotRestored"::equals);
            awaitCalls(prober, "DestinationRule deleted while istiod is away", 200);
            prober.phase("istiod started again");
            changes = journey.mesh.waypoint().changes().size();
        } finally {
            journey.mesh.mesh().startIstiod();
        }
        Awaitility.await("the gateway follows istiod again")
                .until(() -> journey.mesh.waypoint().changes().size() > changes);
        Awaitility.await("everything is restored").until(() -> rule.get() != null && policy.get() != null);
        Awaitility.await("the page says so")
                .until(() -> journey.condition(identity, "InSync"), status -> status.startsWith("True"));
        awaitServed(app);
    }

    /** Killed when it has sent the write of the next kind, which the API server holds. */
    private void applierKilled(Prober prober, String kind) throws Exception {
        prober.phase("applier killed in a creation");
        String request = journey.submitIdentity("killed-" + kind.toLowerCase(Locale.ROOT));
        journey.journey.await(request, "pending");
        try (HoldingWebhook holding = HoldingWebhook.start(kind);
                Closing _ = holding.gate(journey.journey.cluster)) {
            journey.journey.approve(request);
            holding.awaitHeld();
            journey.sandbox.killApplier();
        } finally {
            journey.sandbox.startApplier();
        }
        journey.journey.await(request, "applied");
        awaitServed(APP);
    }

    private void awaitServed(String app) {
        try (HboneCaller caller = journey.caller(app)) {
            journey.awaitServed(caller, app);
        }
    }

    private static void awaitCalls(Prober prober, String phase, int number) {
        Awaitility.await(number + " calls").until(() -> prober.calls(phase).size() >= number);
    }
}
