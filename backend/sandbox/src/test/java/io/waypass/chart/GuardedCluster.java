package io.waypass.chart;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.InstallCommand;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.waypass.testing.controlplane.ControlPlane;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A control plane with the people of a platform: a tenant with rights in the own namespace, the team whose app has an identity, admins of
 * single namespaces, istiod, and a GitOps controller. None of them is a cluster administrator.
 */
final class GuardedCluster implements AutoCloseable {

    static final String RELEASE = "waypass-system";
    static final String GATEWAY = "istio-egress";
    static final String APPLIER = "system:serviceaccount:waypass-system:waypass-applier";
    static final String GITOPS = "system:serviceaccount:argocd:argocd-application-controller";
    static final String ISTIOD = "system:serviceaccount:istio-system:istiod";
    static final String NAMESPACE_CONTROLLER = "system:serviceaccount:kube-system:namespace-controller";

    private static final List<String> MESH = List.of(
            "networking.istio.io",
            "security.istio.io",
            "telemetry.istio.io",
            "extensions.istio.io",
            "gateway.networking.k8s.io",
            "gateway.networking.x-k8s.io");

    private static final Map<String, String> ADMINS = Map.of(
            "tenant",
            "rivals",
            "app-team",
            "team-namespace",
            "egress-admin",
            GATEWAY,
            "waypass-namespace-admin",
            RELEASE,
            "root-admin",
            "istio-system");

    final KubernetesClient admin;
    private final ControlPlane plane;
    private final Map<String, KubernetesClient> clients = new HashMap<>();

    GuardedCluster(Path directory) {
        plane = ControlPlane.start(directory, false, System.out::println);
        admin = plane.client();
        for (String namespace : List.of("rivals", "team-namespace", GATEWAY, RELEASE, "istio-system", "argocd")) {
            admin.resource(new NamespaceBuilder()
                            .withNewMetadata()
                            .withName(namespace)
                            .endMetadata()
                            .build())
                    .create();
        }
        role("edit-mesh", edit());
        ADMINS.forEach((user, namespace) -> bind(user, namespace, "edit-mesh"));
        role("make-namespaces", List.of(rule(List.of(""), List.of("namespaces"))));
        bindEverywhere("namespace-maker", "make-namespaces");
        bindEverywhere(GITOPS, "edit-mesh");
        bindEverywhere(GITOPS, "make-namespaces");
        role(
                "istiod",
                List.of(
                        rule(List.of(""), List.of("services", "serviceaccounts")),
                        rule(List.of("apps"), List.of("deployments")),
                        rule(MESH, List.of("*/status"))));
        bindEverywhere(ISTIOD, "istiod");
    }

    /** The rights of a tenant in a namespace: more than the usual role "edit" with what Istio adds to it. */
    private static List<PolicyRule> edit() {
        return List.of(
                rule(List.of(""), List.of("secrets", "services", "configmaps", "serviceaccounts")),
                rule(MESH, List.of("*")),
                rule(List.of("rbac.authorization.k8s.io"), List.of("roles", "rolebindings")));
    }

    private static PolicyRule rule(List<String> groups, List<String> resources) {
        return new PolicyRuleBuilder()
                .withApiGroups(groups)
                .withResources(resources)
                .withVerbs("*")
                .build();
    }

    private void role(String name, List<PolicyRule> rules) {
        admin.resource(new ClusterRoleBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .withRules(rules)
                        .build())
                .create();
    }

    private void bind(String user, String namespace, String role) {
        admin.resource(new RoleBindingBuilder()
                        .withNewMetadata()
                        .withName(user)
                        .withNamespace(namespace)
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", role)
                        .addNewSubject("rbac.authorization.k8s.io", "User", user, null)
                        .build())
                .create();
    }

    private void bindEverywhere(String user, String role) {
        admin.resource(new ClusterRoleBindingBuilder()
                        .withNewMetadata()
                        .withGenerateName("of-a-client-")
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", role)
                        .addNewSubject("rbac.authorization.k8s.io", "User", user, null)
                        .build())
                .create();
    }

    /** Installs the chart with its defaults: Helm asks the API server whether it has policies. No controller starts any pod here. */
    String install() {
        InstallCommand install = new Helm(ChartRendering.CHART)
                .install()
                .withName("waypass")
                .withNamespace(RELEASE)
                .withKubeConfig(plane.kubeconfig())
                // a hook that Helm would wait for
                .set("migration.enabled", false)
                .set("applier.gatewayNamespaces[0]", GATEWAY)
                .set("guardRails.exempt.serviceAccounts[0]", "argocd/argocd-application-controller");
        ChartRendering.REQUIRED.forEach(install::set);
        return install.call().getOutput();
    }

    /** The client of a user or service account, in the groups that the API server would put it in. */
    KubernetesClient as(String user) {
        return clients.computeIfAbsent(user, _ -> {
            ConfigBuilder config = new ConfigBuilder(
                    new ConfigBuilder(Config.fromKubeconfig(plane.kubeconfig().toFile())).build());
            config.withImpersonateUsername(user);
            if (user.startsWith("system:serviceaccount:")) {
                config.withImpersonateGroups(
                        "system:authenticated",
                        "system:serviceaccounts",
                        "system:serviceaccounts:" + user.split(":")[2]);
            } else {
                config.withImpersonateGroups("system:authenticated");
            }
            return new KubernetesClientBuilder().withConfig(config.build()).build();
        });
    }

    /** Tries a call; gives the API server's refusal. */
    static Optional<KubernetesClientException> refusal(Runnable call) {
        try {
            call.run();
            return Optional.empty();
        } catch (KubernetesClientException refused) {
            return Optional.of(refused);
        }
    }

    /** Tries to create an object, without creating it. That one exists already is no refusal: admission comes before. */
    Optional<KubernetesClientException> tryOut(Attempt attempt, String user) {
        return refusal(() -> as(user).resource(attempt.object()).dryRun().create())
                .filter(refused -> refused.getCode() != 409);
    }

    @Override
    public void close() {
        clients.values().forEach(KubernetesClient::close);
        admin.close();
        plane.close();
    }
}
