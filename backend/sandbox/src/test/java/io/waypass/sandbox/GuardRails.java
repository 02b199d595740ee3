package io.waypass.sandbox;

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
import java.util.List;
import java.util.function.Consumer;
import org.awaitility.Awaitility;

/** The chart's guard rails on a sandbox's cluster, and somebody who has the applier's rights and is no exempt client. */
final class GuardRails implements AutoCloseable {

    private final KubernetesClient cluster;
    private final KubernetesClient tenant;
    private final List<HasMetadata> policies = ChartRendering.render(ChartRendering.complete()
                    .set("guardRails.enabled", true)
                    .set("guardRails.exempt.users[0]", "waypass-applier"))
            .stream()
            .filter(object ->
                    object instanceof ValidatingAdmissionPolicy || object instanceof ValidatingAdmissionPolicyBinding)
            .toList();

    private GuardRails(RunningSandbox sandbox) {
        cluster = sandbox.kubernetes();
        tenant = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(
                                Config.fromKubeconfig(sandbox.kubeconfig().toFile()))
                        .withImpersonateUsername("somebody")
                        .withImpersonateGroups("system:authenticated")
                        .build())
                .build();
    }

    /** Returns when they are in force. */
    static GuardRails install(RunningSandbox sandbox) {
        GuardRails rails = new GuardRails(sandbox);
        rails.cluster
                .resource(new ClusterRoleBindingBuilder()
                        .withNewMetadata()
                        .withName("somebody")
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", "waypass-applier")
                        .addNewSubject("rbac.authorization.k8s.io", "User", "somebody", null)
                        .build())
                .serverSideApply();
        rails.policies.forEach(policy -> rails.cluster.resource(policy).serverSideApply());
        Awaitility.await("policies are in force")
                .until(() -> rails.refuses(somebody -> somebody.resource(new SecretBuilder()
                                .withNewMetadata()
                                .withName("probe-client-mtls-secret")
                                .withNamespace("team-namespace")
                                .endMetadata()
                                .build())
                        .dryRun()
                        .create()));
        return rails;
    }

    /** Whether a policy refuses somebody's call; a right that is missing is not what is tested. */
    boolean refuses(Consumer<KubernetesClient> call) {
        try {
            call.accept(tenant);
            return false;
        } catch (KubernetesClientException refused) {
            return String.valueOf(refused.getMessage()).contains("ValidatingAdmissionPolicy 'waypass-");
        }
    }

    @Override
    public void close() {
        policies.reversed().forEach(policy -> cluster.resource(policy).delete());
        cluster.rbac().clusterRoleBindings().withName("somebody").delete();
        tenant.close();
        cluster.close();
    }
}
