package io.waypass.sandbox;

import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import io.fabric8.kubernetes.api.model.rbac.SubjectBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.waypass.cluster.Flavour;
import io.waypass.testing.controlplane.ControlPlane;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;

/** Creates the applier's user in the cluster, with exactly the rights that the chart grants. */
final class ApplierAccess {

    private static final String NAME = "waypass-applier";
    private static final String NAMESPACE = "istio-egress";
    private static final String ISTIO_NAMESPACE = "istio-system";

    private final KubernetesClient client;
    private final GuideObjects objects;
    private final Flavour flavour;
    private final Path kubeconfig;

    ApplierAccess(KubernetesClient client, GuideObjects objects, Flavour flavour, Path kubeconfig) {
        this.client = client;
        this.objects = objects;
        this.flavour = flavour;
        this.kubeconfig = kubeconfig;
    }

    /** On the sandbox's own control plane: a client certificate. */
    Path onOwn(ControlPlane plane) {
        objects.apply("applier-role.yaml", true);
        Subject user = new SubjectBuilder()
                .withApiGroup("rbac.authorization.k8s.io")
                .withKind("User")
                .withName(NAME)
                .build();
        objects.apply(binding(user), true);
        bindRoles(user, true);
        plane.kubeconfig(NAME, kubeconfig);
        return kubeconfig;
    }

    /** On the user's own cluster: a token of a service account, requested for a day. */
    Path onForeign(StateDirectory state) {
        objects.apply("applier-role.yaml", false);
        objects.apply(
                new ServiceAccountBuilder()
                        .withNewMetadata()
                        .withName(NAME)
                        .withNamespace(NAMESPACE)
                        .endMetadata()
                        .build(),
                false);
        Subject account = new SubjectBuilder()
                .withKind("ServiceAccount")
                .withName(NAME)
                .withNamespace(NAMESPACE)
                .build();
        objects.apply(binding(account), false);
        bindRoles(account, false);
        TokenRequest token = client.serviceAccounts()
                .inNamespace(NAMESPACE)
                .withName(NAME)
                .tokenRequest(new TokenRequestBuilder()
                        .withNewSpec()
                        .withExpirationSeconds(Duration.ofDays(1).toSeconds())
                        .endSpec()
                        .build());
        Config config = client.getConfiguration();
        state.writePrivately(kubeconfig, """
                apiVersion: v1
                kind: Config
                current-context: waypass
                clusters:
                - name: waypass
                  cluster:
                    server: %s
                %susers:
                - name: waypass
                  user:
                    token: %s
                contexts:
                - name: waypass
                  context:
                    cluster: waypass
                    user: waypass
                """.formatted(
                config.getMasterUrl(), authority(config), token.getStatus().getToken()));
        return kubeconfig;
    }

    private static String authority(Config config) {
        try {
            String data = config.getCaCertData();
            if (data == null && config.getCaCertFile() != null) {
                data = Files.readString(Path.of(config.getCaCertFile()));
            }
            if (data == null) {
                return "";
            }
            String base64 = data.startsWith("-----")
                    ? Base64.getEncoder().encodeToString(data.getBytes(StandardCharsets.UTF_8))
                    : data;
            return "    certificate-authority-data: " + base64 + "\n";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Upstream Istio's waypoint reads Secrets beside it only if it may, and the applier writes that Role. */
    private void bindRoles(Subject applier, boolean force) {
        bind("istiod-role.yaml", ISTIO_NAMESPACE, applier, force);
        if (flavour == Flavour.UPSTREAM) {
            bind("gateway-role.yaml", NAMESPACE, applier, force);
        }
    }

    /** Applies a bundled Role and binds it. */
    private void bind(String role, String namespace, Subject applier, boolean force) {
        objects.apply(role, force);
        objects.apply(
                new RoleBindingBuilder()
                        .withNewMetadata()
                        .withName(NAME)
                        .withNamespace(namespace)
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "Role", NAME)
                        .withSubjects(applier)
                        .build(),
                force);
    }

    private static ClusterRoleBinding binding(Subject applier) {
        return new ClusterRoleBindingBuilder()
                .withNewMetadata()
                .withName(NAME)
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", NAME)
                .withSubjects(applier)
                .build();
    }
}
