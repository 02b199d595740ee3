package io.waypass.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicy;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicyBinding;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.waypass.chart.ChartRendering;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Portal and applier at work on a cluster with the chart's guard rails; the applier's user is the one that they exempt. */
@ExtendWith(SharedSandbox.class)
class GuardedJourneyIT {

    private final List<HasMetadata> policies = ChartRendering.render(ChartRendering.complete()
                    .set("guardRails.enabled", true)
                    .set("guardRails.exempt.users[0]", "waypass-applier"))
            .stream()
            .filter(object ->
                    object instanceof ValidatingAdmissionPolicy || object instanceof ValidatingAdmissionPolicyBinding)
            .toList();

    private Journey journey;
    private KubernetesClient tenant;

    @BeforeEach
    void begin(RunningSandbox sandbox) {
        journey = new Journey(sandbox);
        tenant = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(
                                Config.fromKubeconfig(sandbox.kubeconfig().toFile()))
                        .withImpersonateUsername("somebody")
                        .withImpersonateGroups("system:authenticated")
                        .build())
                .build();
        journey.cluster
                .resource(new ClusterRoleBindingBuilder()
                        .withNewMetadata()
                        .withName("somebody")
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", "waypass-applier")
                        .addNewSubject("rbac.authorization.k8s.io", "User", "somebody", null)
                        .build())
                .serverSideApply();
        policies.forEach(policy -> journey.cluster.resource(policy).serverSideApply());
        Awaitility.await("policies are in force")
                .until(() -> isRefused(() -> tenant.resource(new SecretBuilder()
                                .withNewMetadata()
                                .withName("probe-client-mtls-secret")
                                .withNamespace("team-namespace")
                                .endMetadata()
                                .build())
                        .dryRun()
                        .create()));
    }

    @AfterEach
    void end() {
        policies.reversed().forEach(policy -> journey.cluster.resource(policy).delete());
        journey.cluster.rbac().clusterRoleBindings().withName("somebody").delete();
        tenant.close();
        journey.close();
    }

    @Test
    void anIdentityIsCreatedKeptRotatedAndRetiredAndATenantWithTheSameRightsIsRefused() {
        String app = journey.app("guarded");
        finish(journey.submit(app, journey.certificate("guarded")));
        assertThat(journey.existing("guarded")).isEqualTo(Journey.KINDS);
        for (String kind : Journey.KINDS) {
            HasMetadata object = journey.object(kind, "guarded").orElseThrow();
            assertThat(isRefused(() -> tenant.resource(object).delete()))
                    .as(kind)
                    .isTrue();
        }

        journey.cluster
                .resource(journey.object("DestinationRule", "guarded").orElseThrow())
                .delete();
        Awaitility.await("restored")
                .until(() -> journey.object("DestinationRule", "guarded").isPresent());

        Map<String, Object> rotation = new HashMap<>(journey.body(app, journey.certificate("guarded")));
        rotation.put("kind", "rotate-certificate");
        finish(Journey.submitted(journey.member.post("/requests", rotation)));

        finish(Journey.submitted(journey.member.post(
                "/requests",
                Map.of(
                        "kind", "retire-identity",
                        "app", app,
                        "destination", "nginx",
                        "reason", "It does not call any more"))));
        assertThat(journey.existing("guarded")).isEmpty();
    }

    private void finish(String request) {
        journey.approve(request);
        journey.await(request, "applied");
    }

    /** Whether a policy refuses a call; a right that is missing is not what is tested. */
    private static boolean isRefused(Runnable call) {
        try {
            call.run();
            return false;
        } catch (KubernetesClientException refused) {
            return refused.getMessage().contains("ValidatingAdmissionPolicy 'waypass-");
        }
    }
}
