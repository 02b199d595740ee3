package io.waypass.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.waypass.mesh.HboneCaller;
import io.waypass.testing.Requirement;
import io.waypass.testing.junit.Form;
import io.waypass.testing.junit.LongForm;
import io.waypass.testing.junit.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Apps call all the time while identities come and go, certificates rotate, objects drift, and parts go away. The number
 * of calls that failed, and for how long, goes to {@code target/prober.md}.
 */
@LongForm
@Needs({Requirement.MESH, Requirement.NGINX})
@ExtendWith(SharedMeshSandbox.class)
class ProberIT {

    /** An object of an identity, and how somebody with rights in the gateway's namespace deletes or weakens it. */
    private static final List<Map.Entry<String, String>> DRIFTS = List.of(
            Map.entry("Secret", "delete"),
            Map.entry("DestinationRule", "delete"),
            Map.entry("DestinationRule", "{\"spec\":{\"trafficPolicy\":{\"tls\":{\"sni\":\"elsewhere.example\"}}}}"),
            Map.entry("ServiceEntry", "delete"),
            Map.entry("HTTPRoute", "delete"),
            Map.entry("AuthorizationPolicy", "delete"));

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
    void nothingElseThanTheAppsOwnCertificateIsEverSeen() throws IOException {
        journey.identity("probe1");
        journey.identity("probe2");
        for (String app : List.of("probe1", "probe2")) {
            try (HboneCaller caller = journey.caller(app)) {
                journey.awaitServed(caller, app);
            }
        }

        String table;
        List<String> violations;
        try (Prober prober = new Prober(journey, List.of("probe1", "probe2"), List.of("probe3"))) {
            prober.phase("nothing");
            awaitCalls(prober, "nothing", 100);
            for (int round = 0; round < Form.size("waypass.prober.creations", 3, 50); round++) {
                prober.phase("another identity is created and retired");
                journey.identity("bystander" + round);
                journey.finish(journey.submitRetirement("bystander" + round));
            }
            for (int round = 0; round < Form.size("waypass.prober.rotations", 3, 50); round++) {
                prober.phase("the certificate is rotated");
                journey.finish(journey.submitRotation("probe1"));
            }
            for (int round = 0; round < Form.size("waypass.prober.drifts", 1, 30); round++) {
                for (Map.Entry<String, String> drift : DRIFTS) {
                    drift(prober, drift.getKey(), drift.getValue());
                }
            }
            istiodAway(prober);
            prober.end();
            table = prober.table();
            violations = prober.violations();
        }
        Files.writeString(Path.of("target", "prober.md"), table);
        System.out.println(table);

        assertThat(violations).isEmpty();
    }

    private void drift(Prober prober, String kind, String how) {
        prober.phase(kind + (how.equals("delete") ? " deleted" : " weakened"));
        var object = journey.object(kind, "probe1");
        String before = object.get().getMetadata().getResourceVersion();
        if (how.equals("delete")) {
            object.delete();
        } else {
            object.patch(
                    new PatchContext.Builder()
                            .withPatchType(PatchType.JSON_MERGE)
                            .withFieldManager("somebody")
                            .build(),
                    how);
        }
        Awaitility.await(kind + " is restored").until(() -> {
            var now = object.get();
            return now != null
                    && !now.getMetadata().getResourceVersion().equals(before)
                    && now.getMetadata().getManagedFields().stream()
                            .noneMatch(field -> field.getManager().equals("somebody"));
        });
        awaitServed();
    }

    private void istiodAway(Prober prober) throws IOException {
        prober.phase("istiod stopped");
        journey.mesh.mesh().stopIstiod();
        try {
            awaitCalls(prober, "istiod stopped", 100);
            prober.phase("istiod stopped, then DestinationRule deleted");
            journey.object("DestinationRule", "probe1").delete();
            awaitCalls(prober, "istiod stopped, then DestinationRule deleted", 200);
            prober.phase("istiod started again");
        } finally {
            journey.mesh.mesh().startIstiod();
        }
        Awaitility.await("the DestinationRule is restored").until(() -> exists("DestinationRule"));
        awaitServed();
    }

    private boolean exists(String kind) {
        return journey
                .journey
                .cluster
                .genericKubernetesResources("networking.istio.io/v1", kind)
                .inNamespace(Journey.EGRESS)
                .list()
                .getItems()
                .stream()
                .anyMatch(each -> each.getMetadata().getName().startsWith("team-namespace.probe1-"));
    }

    private void awaitServed() {
        try (HboneCaller caller = journey.caller("probe1")) {
            journey.awaitServed(caller, "probe1");
        }
    }

    private static void awaitCalls(Prober prober, String phase, int number) {
        Awaitility.await(number + " calls").until(() -> prober.calls(phase).size() >= number);
    }
}
