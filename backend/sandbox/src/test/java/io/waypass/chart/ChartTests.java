package io.waypass.chart;

import static io.waypass.chart.ChartRendering.CHART;
import static io.waypass.chart.ChartRendering.complete;
import static io.waypass.chart.ChartRendering.render;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import com.marcnuri.helm.TemplateCommand;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicy;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicyBinding;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChartTests {

    private final List<HasMetadata> rendered = render(complete());

    /** Lint reads values.yaml alone, which is incomplete on purpose: it gets a copy in which everything is given. */
    @Test
    void lintFindsNothingEvenWhenStrict(@TempDir Path directory) throws IOException {
        Path copy = copy(directory);
        String values = Files.readString(CHART.resolve("values.yaml"))
                .replace("url: \"\"", "url: jdbc:postgresql://db:5432/waypass")
                .replace("existingSecret: \"\"", "existingSecret: given")
                .replace("publicUrl: \"\"", "publicUrl: https://waypass.example.com")
                .replace("issuer: \"\"", "issuer: https://login.example.com")
                .replace("cluster: \"\"", "cluster: prod-eu1");
        Files.writeString(copy.resolve("values.yaml"), values);

        LintResult result = new Helm(copy).lint().strict().call();

        assertThat(result.isFailed())
                .as(String.join("\n", result.getMessages()))
                .isFalse();
    }

    @Test
    void noTokenReachesThePortalAndNoRoleIsBoundToIt() {
        PodSpec portal = pod("waypass-portal");
        ServiceAccount account = named(ServiceAccount.class, "waypass-portal");

        assertThat(portal.getAutomountServiceAccountToken()).isFalse();
        assertThat(account.getAutomountServiceAccountToken()).isFalse();
        assertThat(portal.getVolumes()).extracting(Volume::getProjected).containsOnlyNulls();
        assertThat(rendered.stream()
                        .filter(ClusterRoleBinding.class::isInstance)
                        .map(ClusterRoleBinding.class::cast)
                        .flatMap(binding -> binding.getSubjects().stream()))
                .extracting(subject -> subject.getName())
                .containsExactly("waypass-applier");
        assertThat(rendered.stream()
                        .filter(RoleBinding.class::isInstance)
                        .map(RoleBinding.class::cast)
                        .flatMap(binding -> binding.getSubjects().stream()))
                .extracting(subject -> subject.getName())
                .containsExactly("waypass-applier");
    }

    @Test
    void besideIstiodTheApplierSeesLeasesAndNothingElseAndNothingIfItShallNot() {
        Role role = named(Role.class, "waypass-applier");
        assertThat(role.getMetadata().getNamespace()).isEqualTo("istio-system");
        assertThat(role.getRules()).singleElement().satisfies(rule -> {
            assertThat(rule.getResources()).containsExactly("leases");
            assertThat(rule.getVerbs()).containsExactly("list", "watch");
        });
        assertThat(render(complete().set("applier.istioNamespace", ""))).noneMatch(Role.class::isInstance);
    }

    @Test
    void theApplierMayDoWhatItDoesAndNothingMore() {
        List<String> rights = named(ClusterRole.class, "waypass-applier").getRules().stream()
                .flatMap(rule -> rule.getResources().stream()
                        .flatMap(resource -> rule.getVerbs().stream()
                                .map(verb -> rule.getApiGroups().getFirst() + "/" + resource + ":" + verb)))
                .toList();

        assertThat(rights)
                .containsExactlyInAnyOrderElementsOf(sandboxRights())
                .noneMatch(right -> right.contains("*") || right.endsWith(":update") || right.endsWith("collection"))
                .noneMatch(right -> right.startsWith("rbac.") && !right.matches(".*:(get|list|watch)"));
    }

    @Test
    void itGrantsRolesOnlyWhereAGatewayKeepsItsObjects() {
        assertThat(rendered).filteredOn(Role.class::isInstance).hasSize(1);

        List<HasMetadata> two = render(complete()
                .set("applier.gatewayNamespaces[0]", "egress-one")
                .set("applier.gatewayNamespaces[1]", "egress-two"));

        List<Role> roles = two.stream()
                .filter(Role.class::isInstance)
                .map(Role.class::cast)
                .filter(role -> role.getMetadata().getNamespace().startsWith("egress"))
                .toList();
        assertThat(roles)
                .extracting(role -> role.getMetadata().getNamespace())
                .containsExactly("egress-one", "egress-two");
        assertThat(roles)
                .allSatisfy(role -> assertThat(role.getRules()).singleElement().satisfies(rule -> {
                    assertThat(rule.getApiGroups()).containsExactly("rbac.authorization.k8s.io");
                    assertThat(rule.getResources()).containsExactly("roles", "rolebindings");
                    assertThat(rule.getVerbs())
                            .as("neither bind nor escalate: it grants only what it has itself")
                            .containsExactly("create", "patch", "delete");
                }));
        assertThat(two.stream()
                        .filter(RoleBinding.class::isInstance)
                        .map(RoleBinding.class::cast)
                        .filter(binding -> binding.getMetadata().getNamespace().startsWith("egress")))
                .hasSize(2)
                .allSatisfy(binding -> {
                    assertThat(binding.getRoleRef().getName()).isEqualTo("waypass-applier");
                    assertThat(binding.getSubjects())
                            .extracting(subject -> subject.getName())
                            .containsExactly("waypass-applier");
                });
    }

    @Test
    void howManyCallsTheApplierMakesASecondCanBeBounded() {
        assertThat(callsPerSecond(rendered)).isEqualTo("1000");
        assertThat(callsPerSecond(render(complete().set("applier.callsPerSecond", 50))))
                .isEqualTo("50");
    }

    private static String callsPerSecond(List<HasMetadata> objects) {
        return objects.stream()
                .filter(Deployment.class::isInstance)
                .filter(object -> object.getMetadata().getName().equals("waypass-applier"))
                .flatMap(object -> ((Deployment) object).getSpec().getTemplate().getSpec().getContainers().stream())
                .flatMap(container -> container.getEnv().stream())
                .filter(variable -> variable.getName().equals("WAYPASS_CALLS_PER_SECOND"))
                .map(EnvVar::getValue)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theSealingKeysetIsMountedInTheApplierAlone() {
        assertThat(pod("waypass-applier").getVolumes())
                .extracting(Volume::getSecret)
                .filteredOn(secret -> secret != null)
                .extracting(secret -> secret.getSecretName())
                .containsExactly("keyset");
        assertThat(pod("waypass-portal").getVolumes())
                .extracting(Volume::getSecret)
                .containsOnlyNulls();
    }

    /** The library renders no hooks, so the migration is checked in a copy in which it is none. */
    @Test
    void eachRoleGetsItsOwnPasswordAndTheOwnersReachesTheMigrationAlone(@TempDir Path directory) throws IOException {
        Path copy = copy(directory);
        Path file = copy.resolve("templates/database/migration.yaml");
        String text = Files.readString(file);
        assertThat(text).contains("helm.sh/hook: pre-install,pre-upgrade");
        Files.writeString(file, text.replaceAll("(?m)^ +(annotations:|helm.sh/hook.*)$", ""));

        Job migration = render(complete(copy)).stream()
                .filter(Job.class::isInstance)
                .map(Job.class::cast)
                .findFirst()
                .orElseThrow();

        assertThat(secrets(migration.getSpec().getTemplate().getSpec()))
                .containsExactly("owner-password", "portal-password", "applier-password");
        assertThat(migration.getSpec().getTemplate().getSpec().getAutomountServiceAccountToken())
                .isFalse();
        assertUnprivileged(migration.getSpec().getTemplate().getSpec());
        assertThat(secrets(pod("waypass-portal"))).containsExactlyInAnyOrder("portal-password", "oidc");
        assertThat(secrets(pod("waypass-applier"))).containsExactly("applier-password");
    }

    @ParameterizedTest
    @ValueSource(strings = {"waypass-portal", "waypass-applier"})
    void podsRunWithoutPrivileges(String name) {
        PodSpec pod = pod(name);
        Container container = pod.getContainers().getFirst();

        assertUnprivileged(pod);
        assertThat(container.getLivenessProbe()).isNotNull();
        assertThat(container.getReadinessProbe()).isNotNull();
    }

    @Test
    void imagesCanComeFromARegistryThatAsksForALogin() {
        TemplateCommand command = complete()
                .set("image.registry", "images.example.com/platform")
                .set("image.tag", "1.2.3")
                .set("image.pullSecrets[0]", "login");

        assertThat(render(command).stream()
                        .filter(Deployment.class::isInstance)
                        .map(object ->
                                ((Deployment) object).getSpec().getTemplate().getSpec()))
                .hasSize(2)
                .allSatisfy(pod -> {
                    assertThat(pod.getContainers().getFirst().getImage())
                            .matches("images\\.example\\.com/platform/waypass-(portal|applier):1\\.2\\.3");
                    assertThat(pod.getImagePullSecrets())
                            .extracting(secret -> secret.getName())
                            .containsExactly("login");
                });
    }

    /** What Kubernetes calls "restricted", and no variables from the namespace's other Services. */
    private static void assertUnprivileged(PodSpec pod) {
        Container container = pod.getContainers().getFirst();
        assertThat(pod.getContainers()).hasSize(1);
        assertThat(pod.getEnableServiceLinks()).isFalse();
        assertThat(container.getResources().getRequests()).containsKeys("cpu", "memory");
        assertThat(container.getResources().getLimits()).containsKey("memory");
        assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
        assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
        assertThat(container.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
        assertThat(container.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
        assertThat(container.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "database.url=postgresql://db/waypass",
                "portal.publicUrl=waypass.example.com",
                "portal.oidc.issuer=",
                "portal.oidc.existingSecret=",
                "applier.cluster=Not_A_Label",
                "applier.sealingKeyset.existingSecret=",
                "applier.replicas=-1",
                "applier.callsPerSecond=0",
                "applier.gatewayNamespaces[0]=Not_A_Namespace",
                "applier.clusterName=misspelt",
                "guardRails.enabled=perhaps",
                "guardRails.mode=audit",
                "guardRails.exempt.groups[0]=system:authenticated",
                "guardRails.exempt.serviceAccounts[0]=no-namespace"
            })
    void theSchemaRefusesWhatCannotWork(String wrong) {
        String[] setting = wrong.split("=", 2);

        assertThatThrownBy(() -> render(complete().set(setting[0], setting[1])))
                .hasMessageContaining("values don't meet the specifications of the schema");
    }

    @Test
    void aMissingPasswordIsSaidInWords() {
        assertThatThrownBy(() -> render(complete().set("database.applier.existingSecret", "")))
                .hasMessageContaining("applier");
    }

    @Test
    void eitherRoleCanBeInstalledAlone() {
        assertThat(render(complete().set("portal.enabled", false)))
                .extracting(object -> object.getMetadata().getName())
                .contains("waypass-applier")
                .doesNotContain("waypass-portal");
        assertThat(render(complete().set("applier.enabled", false)))
                .extracting(object -> object.getMetadata().getName())
                .contains("waypass-portal")
                .doesNotContain("waypass-applier");
    }

    @Test
    void guardRailsAreThereWhereTheApiServerHasPoliciesOrTheValuesSaySo() {
        assertThat(policies(render(complete())))
                .as("no API server is asked here, so none is known to have them")
                .isEmpty();
        assertThat(policies(render(complete().set("guardRails.enabled", false))))
                .isEmpty();
        assertThat(policies(render(complete().set("guardRails.enabled", true).set("applier.enabled", false))))
                .isEmpty();
        assertThat(policies(render(complete().set("guardRails.enabled", true)))).hasSize(10);
    }

    @Test
    void theApplierWritesTheConfigMapThatPoliciesReadAndNoOther() {
        List<HasMetadata> guarded = render(complete().withNamespace("here").set("guardRails.enabled", true));

        Role role = named(Role.class, "waypass-guard-rails", guarded);
        assertThat(role.getMetadata().getNamespace()).isEqualTo("here");
        assertThat(role.getRules()).singleElement().satisfies(rule -> {
            assertThat(rule.getResources()).containsExactly("configmaps");
            assertThat(rule.getResourceNames()).containsExactly("waypass-guard-rails");
            assertThat(rule.getVerbs()).containsExactly("get", "create", "patch");
        });
        assertThat(named(Deployment.class, "waypass-applier", guarded)
                        .getSpec()
                        .getTemplate()
                        .getSpec()
                        .getContainers()
                        .getFirst()
                        .getEnv())
                .filteredOn(variable -> variable.getName().startsWith("WAYPASS_GUARDRAILS_"))
                .extracting(EnvVar::getName, EnvVar::getValue)
                .containsExactly(
                        tuple("WAYPASS_GUARDRAILS_NAMESPACE", "here"),
                        tuple("WAYPASS_GUARDRAILS_NAME", "waypass-guard-rails"));
        assertThat(bindings(guarded))
                .filteredOn(binding -> binding.getSpec().getParamRef() != null)
                .hasSize(4)
                .allSatisfy(binding -> {
                    assertThat(binding.getSpec().getParamRef().getName()).isEqualTo("waypass-guard-rails");
                    assertThat(binding.getSpec().getParamRef().getNamespace()).isEqualTo("here");
                    assertThat(binding.getSpec().getParamRef().getParameterNotFoundAction())
                            .isEqualTo("Allow");
                });
    }

    @Test
    void whoIsExemptIsTheApplierAndWhomTheValuesName() {
        assertThat(policies(render(complete()
                        .withNamespace("here")
                        .set("guardRails.enabled", true)
                        .set("guardRails.exempt.users[0]", "root \"the first\"")
                        .set("guardRails.exempt.groups[0]", "break-glass")
                        .set("guardRails.exempt.serviceAccounts[0]", "argocd/argocd-application-controller"))))
                .allSatisfy(policy -> assertThat(policy.getSpec().getMatchConditions())
                        .filteredOn(condition -> condition.getName().equals("client-not-exempt"))
                        .singleElement()
                        .satisfies(condition -> assertThat(condition.getExpression())
                                .isEqualTo(
                                        "!(request.userInfo.username in [\"system:serviceaccount:here:waypass-applier\","
                                                + "\"root \\\"the first\\\"\",\"system:serviceaccount:argocd:argocd-application-controller\"])"
                                                + " && !(has(request.userInfo.groups) && request.userInfo.groups.exists(group, group in"
                                                + " [\"break-glass\"]))")));
    }

    @Test
    void policiesCanWarnBeforeTheyRefuse() {
        assertThat(bindings(render(complete().set("guardRails.enabled", true))))
                .hasSize(10)
                .allSatisfy(binding ->
                        assertThat(binding.getSpec().getValidationActions()).containsExactly("Deny"));
        assertThat(bindings(render(complete().set("guardRails.enabled", true).set("guardRails.mode", "warn"))))
                .hasSize(10)
                .allSatisfy(binding ->
                        assertThat(binding.getSpec().getValidationActions()).containsExactly("Warn", "Audit"));
    }

    private static List<ValidatingAdmissionPolicy> policies(List<HasMetadata> objects) {
        return objects.stream()
                .filter(ValidatingAdmissionPolicy.class::isInstance)
                .map(ValidatingAdmissionPolicy.class::cast)
                .toList();
    }

    private static List<ValidatingAdmissionPolicyBinding> bindings(List<HasMetadata> objects) {
        return objects.stream()
                .filter(ValidatingAdmissionPolicyBinding.class::isInstance)
                .map(ValidatingAdmissionPolicyBinding.class::cast)
                .toList();
    }

    /** The sandbox's applier works with these rights all day: they are enough. */
    private static List<String> sandboxRights() {
        try (InputStream role = ChartTests.class.getResourceAsStream("/sandbox/applier-role.yaml")) {
            ClusterRole parsed = new KubernetesSerialization().unmarshal(role, ClusterRole.class);
            return parsed.getRules().stream()
                    .flatMap(rule -> rule.getResources().stream()
                            .flatMap(resource -> rule.getVerbs().stream()
                                    .map(verb -> rule.getApiGroups().getFirst() + "/" + resource + ":" + verb)))
                    .toList();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Path copy(Path directory) throws IOException {
        Path copy = directory.resolve("waypass");
        try (Stream<Path> files = Files.walk(CHART)) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(CHART.relativize(file).toString()));
            }
        }
        return copy;
    }

    private PodSpec pod(String deployment) {
        return named(Deployment.class, deployment).getSpec().getTemplate().getSpec();
    }

    private <T extends HasMetadata> T named(Class<T> type, String name) {
        return named(type, name, rendered);
    }

    private static <T extends HasMetadata> T named(Class<T> type, String name, List<HasMetadata> objects) {
        return objects.stream()
                .filter(type::isInstance)
                .map(type::cast)
                .filter(object -> object.getMetadata().getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> secrets(PodSpec pod) {
        return pod.getContainers().stream()
                .flatMap(container -> container.getEnv().stream())
                .map(EnvVar::getValueFrom)
                .flatMap(source -> source == null
                        ? Stream.empty()
                        : Stream.of(source.getSecretKeyRef().getName()))
                .toList();
    }
}
