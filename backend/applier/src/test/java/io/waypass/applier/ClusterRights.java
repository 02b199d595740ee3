package io.waypass.applier;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.waypass.testing.controlplane.ControlPlane;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Users of the cluster with the rights that the chart gives to the applier, or others. */
final class ClusterRights {

    private final ControlPlane plane;
    private final KubernetesClient cluster;

    ClusterRights(ControlPlane plane, KubernetesClient cluster) {
        this.plane = plane;
        this.cluster = cluster;
    }

    /** What the chart lets the applier do; nothing else is allowed in these tests. */
    static List<PolicyRule> chartRules() throws IOException {
        String template = Files.readString(Path.of("../../helm/waypass/templates/applier/clusterrole.yaml"));
        String rules = template.substring(template.indexOf("rules:"), template.lastIndexOf("{{- end }}"));
        return Serialization.unmarshal(
                        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\n" + rules, ClusterRole.class)
                .getRules();
    }

    /** What the chart lets the applier do where objects live beside the waypoint. */
    static List<PolicyRule> gatewayRules() throws IOException {
        String template = Files.readString(Path.of("../../helm/waypass/templates/applier/gateway-role.yaml"));
        String rules = template.substring(template.indexOf("rules:"), template.lastIndexOf("---"));
        return Serialization.unmarshal("apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\n" + rules, Role.class)
                .getRules();
    }

    /** What the chart lets the applier do with the ConfigMap of the guard rails. */
    static List<PolicyRule> catalogueRules() throws IOException {
        String template = Files.readString(Path.of("../../helm/waypass/templates/applier/guard-rails-role.yaml"));
        String rules = template.substring(template.indexOf("rules:"), template.lastIndexOf("---"))
                .replaceAll("\\{\\{.*}}", "waypass-guard-rails");
        return Serialization.unmarshal("apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\n" + rules, Role.class)
                .getRules();
    }

    /** Grants a user further rights in one namespace. */
    void letGrantIn(String namespace, String user, List<PolicyRule> rules) {
        cluster.resource(new RoleBuilder()
                        .withNewMetadata()
                        .withName(user)
                        .withNamespace(namespace)
                        .endMetadata()
                        .withRules(rules)
                        .build())
                .serverSideApply();
        cluster.resource(new RoleBindingBuilder()
                        .withNewMetadata()
                        .withName(user)
                        .withNamespace(namespace)
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "Role", user)
                        .addNewSubject("rbac.authorization.k8s.io", "User", user, null)
                        .build())
                .serverSideApply();
    }

    /** Adds a user of the cluster with these rights alone, and gives the kubeconfig. */
    Path kubeconfig(Path directory, String user, List<PolicyRule> rules) {
        Path file = directory.resolve(user + ".kubeconfig");
        plane.kubeconfig(user, file);
        cluster.resource(new ClusterRoleBuilder()
                        .withNewMetadata()
                        .withName(user)
                        .endMetadata()
                        .withRules(rules)
                        .build())
                .serverSideApply();
        cluster.resource(new ClusterRoleBindingBuilder()
                        .withNewMetadata()
                        .withName(user)
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", user)
                        .addNewSubject("rbac.authorization.k8s.io", "User", user, null)
                        .build())
                .serverSideApply();
        return file;
    }

    /** What the chart lets the applier do in istiod's namespace. */
    static List<PolicyRule> istiodRules() throws IOException {
        String template = Files.readString(Path.of("../../helm/waypass/templates/applier/istiod-role.yaml"));
        String rules = template.substring(template.indexOf("rules:"), template.indexOf("---"));
        return Serialization.unmarshal("apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\n" + rules, Role.class)
                .getRules();
    }

    /** Installs the definition of XBackend, and waits until the API server serves it. */
    void haveBackends() {
        cluster.resource(backends()).serverSideApply();
        cluster.resource(backends())
                .waitUntilCondition(
                        definition -> definition != null
                                && definition.getStatus() != null
                                && definition.getStatus().getConditions().stream()
                                        .anyMatch(
                                                condition -> condition.getType().equals("Established")
                                                        && condition.getStatus().equals("True")),
                        5,
                        TimeUnit.MINUTES);
    }

    void haveNoBackends() {
        cluster.resource(backends()).delete();
    }

    private static CustomResourceDefinition backends() {
        return Serialization.unmarshal(Backends.DEFINITION, CustomResourceDefinition.class);
    }

    /** Binds the chart's Role beside istiod to the applier's user. */
    void letSeeIstiod() throws IOException {
        cluster.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName("istio-system")
                        .endMetadata()
                        .build())
                .serverSideApply();
        letGrantIn("istio-system", "waypass-applier", istiodRules());
    }

    /** Applies what the applier reads of istiod: image and variables of its Deployment. No istiod runs here. */
    void istiod(String variables) {
        istiod("registry.example/istio/pilot:1.29.0-solo", variables);
    }

    void istiod(String image, String variables) {
        cluster.resource(Serialization.unmarshal("""
                        apiVersion: apps/v1
                        kind: Deployment
                        metadata: {name: istiod, namespace: istio-system, labels: {app: istiod}}
                        spec:
                          selector: {matchLabels: {app: istiod}}
                          template:
                            metadata: {labels: {app: istiod}}
                            spec:
                              containers:
                              - name: discovery
                                image: IMAGE
                                env:
                        """.replace("IMAGE", image) + variables.indent(16), Deployment.class))
                .forceConflicts()
                .serverSideApply();
    }
}
