package io.waypass.chart;

import static io.waypass.chart.GuardedCluster.APPLIER;
import static io.waypass.chart.GuardedCluster.GATEWAY;
import static io.waypass.chart.GuardedCluster.GITOPS;
import static io.waypass.chart.GuardedCluster.ISTIOD;
import static io.waypass.chart.GuardedCluster.NAMESPACE_CONTROLLER;
import static io.waypass.chart.GuardedCluster.RELEASE;
import static io.waypass.chart.GuardedCluster.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.DeleteOptions;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicy;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The chart's admission policies on a real API server. Each attempt is made without them first, so that a refusal is theirs. There is no
 * istiod here; its webhook accepts such spellings (measured).
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GuardRailsIT {

    private static final List<Attempt> ATTEMPTS = Attempt.read("attempts.yaml");
    private static final PatchContext APPLY = new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager("waypass")
            .withForce(true)
            .build();
    private static final String FINALIZER = "{\"metadata\": {\"finalizers\": [\"example.com/hold\"]}}";

    /** The garbage collector deletes what only such owners have. */
    private static final String OWNER_THAT_IS_NOT_THERE =
            "{\"metadata\": {\"ownerReferences\": [{\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"name\": \"gone\","
                    + " \"uid\": \"00000000-0000-0000-0000-000000000000\"}]}}";

    private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

    private final Map<Attempt, Optional<KubernetesClientException>> unguarded = new HashMap<>();
    private GuardedCluster cluster;
    private String notes = "";

    @BeforeAll
    void start(@TempDir Path directory) {
        cluster = new GuardedCluster(directory);
        List<Attempt> withoutXBackend = ATTEMPTS.stream()
                .filter(attempt -> !attempt.object().getKind().equals("XBackend"))
                .toList();
        withoutXBackend.forEach(attempt -> unguarded.put(attempt, cluster.tryOut(attempt, attempt.by())));
        // kinds that are not installed do no harm: XBackend is defined later
        notes = cluster.install();
        publishCatalogue();
        withoutXBackend.forEach(this::awaitRefusal);
        try (InputStream definition = getClass().getResourceAsStream("/guard-rails/xbackend-definition.yaml")) {
            cluster.admin
                    .load(definition)
                    .items()
                    .forEach(item -> cluster.admin.resource(item).create());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ATTEMPTS.stream().filter(attempt -> !withoutXBackend.contains(attempt)).forEach(attempt -> {
            Awaitility.await("definition of XBackend")
                    .until(() -> cluster.tryOut(attempt, GITOPS).isEmpty());
            awaitRefusal(attempt);
        });
    }

    private void publishCatalogue() {
        ConfigMap catalogue =
                Serialization.unmarshal(getClass().getResourceAsStream("/guard-rails/catalogue.yaml"), ConfigMap.class);
        cluster.as(APPLIER).resource(catalogue).patch(APPLY);
    }

    private void awaitRefusal(Attempt attempt) {
        Awaitility.await(attempt.toString())
                .until(() -> cluster.tryOut(attempt, attempt.by()).isPresent());
    }

    @AfterAll
    void stop() {
        cluster.close();
    }

    static Stream<Attempt> attempts() {
        return ATTEMPTS.stream();
    }

    @ParameterizedTest
    @MethodSource("attempts")
    void anAttemptIsRefusedWithASentenceThatHelps(Attempt attempt) {
        KubernetesClientException refused =
                cluster.tryOut(attempt, attempt.by()).orElseThrow(() -> new AssertionError("not refused"));

        String message = refused.getStatus().getMessage();

        assertThat(refused.getCode()).isEqualTo(403);
        assertThat(attempt.refusedBy())
                .anySatisfy(
                        policy -> assertThat(message).contains("ValidatingAdmissionPolicy 'waypass-" + policy + "'"));
        assertThat(message)
                .contains(
                        attempt.object().getKind() + " ",
                        attempt.object().getMetadata().getName() + " ")
                .contains("is refused: ", "Waypass portal (https://waypass.example.com)", "guardRails.exempt")
                .doesNotContain("failed expression", "no such key", "error");
    }

    @ParameterizedTest
    @MethodSource("attempts")
    void withoutGuardRailsItSucceeds(Attempt attempt) {
        if (attempt.object().getKind().equals("XBackend")) {
            // defined after the policies: who is exempt may write it
            assertThat(cluster.tryOut(attempt, GITOPS)).isEmpty();
        } else {
            assertThat(unguarded.get(attempt)).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("attempts")
    void anExemptClientIsNotRefused(Attempt attempt) {
        assertThat(cluster.tryOut(attempt, GITOPS)).isEmpty();
    }

    static Stream<Attempt> allowed() {
        return Attempt.read("allowed.yaml").stream();
    }

    @ParameterizedTest
    @MethodSource("allowed")
    void whatTenantsDoEveryDayIsNotRefused(Attempt attempt) {
        assertThat(cluster.tryOut(attempt, attempt.by())).isEmpty();
    }

    @Test
    void noPolicyIsWithoutAnAttempt() {
        assertThat(ATTEMPTS.stream()
                        .flatMap(attempt -> attempt.refusedBy().stream())
                        .distinct())
                .containsExactlyInAnyOrderElementsOf(
                        cluster.admin.resources(ValidatingAdmissionPolicy.class).list().getItems().stream()
                                .map(policy -> policy.getMetadata().getName())
                                .filter(name -> name.startsWith("waypass-"))
                                .map(name -> name.substring("waypass-".length()))
                                .toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"team-namespace", "gateway-namespace"})
    void waypassWritesAndRemovesEachObjectAndNobodyElseDoes(String placement) {
        KubernetesClient waypass = cluster.as(APPLIER);
        List<HasMetadata> objects = rendered(placement);
        objects.forEach(object -> waypass.resource(object).patch(APPLY));

        for (HasMetadata object : objects) {
            String owner = switch (object.getMetadata().getNamespace()) {
                case GATEWAY -> "egress-admin";
                case "istio-system" -> "root-admin";
                default -> "app-team";
            };
            var theirs = cluster.as(owner).resource(object);
            for (String change : List.of(
                    "{\"metadata\": {\"labels\": {\"app.kubernetes.io/managed-by\": null}}}",
                    "{\"metadata\": {\"annotations\": {\"waypass.io/identity\": \"another\"}}}",
                    OWNER_THAT_IS_NOT_THERE,
                    FINALIZER,
                    content(object))) {
                assertRefused(object, refusal(() -> theirs.patch(MERGE, change)));
            }
            assertRefused(object, refusal(theirs::delete));
            if (!object.getKind().startsWith("Role")) {
                // with all others of its kind, which for roles are the client's own rights
                assertThat(refusal(() -> cluster.as(owner).raw(path(object), "DELETE", new DeleteOptions())))
                        .hasValueSatisfying(refused ->
                                assertThat(refused.getMessage()).contains("ValidatingAdmissionPolicy 'waypass-"));
            }
            // whoever set a finalizer before the guard rails can remove it
            cluster.as(GITOPS).resource(object).patch(MERGE, FINALIZER);
            theirs.patch(MERGE, "{\"metadata\": {\"finalizers\": null}}");
            waypass.resource(object)
                    .patch(MERGE, "{\"metadata\": {\"annotations\": {\"waypass.io/revision\": \"2\"}}}");
        }
        for (HasMetadata object : objects.reversed()) {
            waypass.resource(object).delete();
            assertThat(cluster.admin.resource(object).get()).isNull();
        }
    }

    private static void assertRefused(HasMetadata object, Optional<KubernetesClientException> refusal) {
        assertThat(refusal)
                .as(object.getKind())
                .hasValueSatisfying(refused -> assertThat(refused.getMessage())
                        .contains("ValidatingAdmissionPolicy 'waypass-")
                        .contains(object.getMetadata().getName()));
    }

    /** All of the kind in the namespace: a deletion of many. */
    private static String path(HasMetadata object) {
        String group = object.getApiVersion().contains("/") ? "/apis/" : "/api/";
        String plural = object.getKind().toLowerCase(Locale.ROOT).replaceAll("y$", "ie") + "s";
        return group + object.getApiVersion() + "/namespaces/"
                + object.getMetadata().getNamespace() + "/" + plural;
    }

    private static String content(HasMetadata object) {
        return switch (object.getKind()) {
            case "Secret" -> "{\"data\": {\"cert\": \"Zm9yZWlnbg==\"}}";
            case "Role" -> "{\"rules\": []}";
            case "RoleBinding" -> "{\"subjects\": []}";
            case "DestinationRule" -> "{\"spec\": {\"host\": \"own.example.com\", \"trafficPolicy\": null}}";
            case "ServiceEntry" -> "{\"spec\": {\"hosts\": [\"own.example.com\"]}}";
            case "HTTPRoute" -> "{\"spec\": {\"parentRefs\": null, \"rules\": null}}";
            default -> "{\"spec\": {\"rules\": [{}]}}";
        };
    }

    private static List<HasMetadata> rendered(String placement) {
        List<HasMetadata> objects = new ArrayList<>();
        for (String file : List.of("shared-" + placement + ".yaml", placement + ".yaml")) {
            try (InputStream stream = GuardRailsIT.class.getResourceAsStream("/golden/" + file)) {
                String text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
                for (String document : text.split("(?m)^---$")) {
                    objects.add(Serialization.unmarshal(document, GenericKubernetesResource.class));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        objects.stream()
                .filter(object -> object.getKind().equals("Secret"))
                .map(GenericKubernetesResource.class::cast)
                .forEach(secret -> secret.setAdditionalProperty(
                        "data", Map.of("tls.crt", "bm9uZQ==", "tls.key", "bm9uZQ==", "ca.crt", "bm9uZQ==")));
        return objects;
    }

    @Test
    void theControlPlaneCleansUpANamespaceThatIsDeleted() {
        List<HasMetadata> objects = rendered("team-namespace");
        objects.forEach(object -> cluster.as(APPLIER).resource(object).patch(APPLY));

        List<HasMetadata> own = objects.stream()
                .filter(object -> object.getMetadata().getNamespace().equals("team-namespace"))
                .toList();
        own.forEach(object -> cluster.as(NAMESPACE_CONTROLLER).raw(path(object), "DELETE", new DeleteOptions()));

        assertThat(own)
                .isNotEmpty()
                .allSatisfy(object ->
                        assertThat(cluster.admin.resource(object).get()).isNull());
        objects.reversed()
                .forEach(object -> cluster.as(APPLIER).resource(object).delete());
    }

    @Test
    void whatWasThereBeforeTheGuardRailsCanBeReleasedAndDeletedAndNotMadeWorse() {
        for (Attempt attempt : ATTEMPTS) {
            if (!attempt.by().equals("tenant") || attempt.refusedBy().contains("managed-objects")) {
                continue;
            }
            GenericKubernetesResource object = attempt.object();
            cluster.as(GITOPS).resource(object).create();
            var theirs = cluster.as("tenant").resource(object);

            theirs.patch(MERGE, "{\"metadata\": {\"finalizers\": [\"example.com/hold\"]}}");
            if (!attempt.refusedBy().contains("waypoint-use")) {
                assertThat(refusal(() -> theirs.patch(MERGE, "{\"metadata\": {\"labels\": {\"another\": \"one\"}}}")))
                        .as(attempt.toString())
                        .isPresent();
            }
            theirs.delete();
            theirs.patch(MERGE, "{\"metadata\": {\"finalizers\": null}}");

            assertThat(cluster.admin.resource(object).get())
                    .as(attempt.toString())
                    .isNull();
        }
    }

    @Test
    void anObjectThatWasHarmlessIsNotChangedIntoOneThatIsNot() {
        GenericKubernetesResource rule = Attempt.read("allowed.yaml").stream()
                .filter(attempt -> attempt.name().equals("a DestinationRule with an own credential"))
                .findFirst()
                .orElseThrow()
                .object();
        var theirs = cluster.as("tenant").resource(rule);
        theirs.create();

        assertThat(
                        refusal(
                                () -> theirs.patch(
                                        MERGE,
                                        "{\"spec\": {\"trafficPolicy\": {\"tls\": {\"credentialName\": \"app1-client-mtls-secret\"}}}}")))
                .isPresent();
        theirs.patch(MERGE, "{\"spec\": {\"trafficPolicy\": {\"tls\": {\"credentialName\": \"own-2\"}}}}");
        theirs.delete();
    }

    @Test
    void statusIsReportedByIstiodAndNotJudged() {
        List<HasMetadata> objects = rendered("gateway-namespace");
        objects.forEach(object -> cluster.as(APPLIER).resource(object).patch(APPLY));

        for (HasMetadata object : objects) {
            if (List.of("ServiceEntry", "HTTPRoute", "AuthorizationPolicy").contains(object.getKind())) {
                String status = object.getKind().equals("HTTPRoute")
                        ? "{\"status\": {\"parents\": []}}"
                        : "{\"status\": {\"conditions\": []}}";
                assertThat(refusal(() -> cluster.as(ISTIOD)
                                .resource(object)
                                .subresource("status")
                                .patch(MERGE, status)))
                        .as(object.getKind())
                        .isEmpty();
            }
        }
        objects.reversed()
                .forEach(object -> cluster.as(APPLIER).resource(object).delete());
    }

    @Test
    void withoutTheConfigMapNothingIsBlockedAndWhatNeedsNoCatalogueIsStillRefused() {
        GenericKubernetesResource entry = ATTEMPTS.stream()
                .filter(attempt -> attempt.name().equals("a ServiceEntry repeats a catalogued host"))
                .findFirst()
                .orElseThrow()
                .object();
        cluster.as(GITOPS).resource(entry).create();
        cluster.as("tenant").resource(entry).patch(MERGE, "{\"metadata\": {\"finalizers\": [\"example.com/hold\"]}}");
        var catalogue = cluster.admin.configMaps().inNamespace(RELEASE).withName("waypass-guard-rails");
        assertThat(refusal(() -> cluster.as("waypass-namespace-admin")
                        .raw("/api/v1/namespaces/" + RELEASE + "/configmaps", "DELETE", new DeleteOptions())))
                .hasValueSatisfying(refused -> assertThat(refused.getMessage()).contains("waypass-catalogue"));

        for (String change : List.of(OWNER_THAT_IS_NOT_THERE, FINALIZER, "{\"immutable\": true}")) {
            assertThat(refusal(() -> cluster.as("waypass-namespace-admin")
                            .resource(catalogue.get())
                            .patch(MERGE, change)))
                    .as(change)
                    .isPresent();
        }

        catalogue.delete();
        try {
            Awaitility.await().until(() -> judgedBy("catalogued-hosts").isEmpty());
            for (String policy : List.of("route-parents", "waypoint-use", "gateway-namespaces")) {
                assertThat(judgedBy(policy)).as(policy).isEmpty();
            }
            for (String policy :
                    List.of("credentials", "synthetic-hosts", "route-backends", "secret-names", "managed-objects")) {
                assertThat(judgedBy(policy)).as(policy).isPresent();
            }
            Attempt.read("allowed.yaml")
                    .forEach(attempt ->
                            assertThat(cluster.tryOut(attempt, attempt.by())).isEmpty());
            var theirs = cluster.as("tenant").resource(entry);
            theirs.delete();
            theirs.patch(MERGE, "{\"metadata\": {\"finalizers\": null}}");
            assertThat(cluster.admin.resource(entry).get()).isNull();
        } finally {
            publishCatalogue();
        }
        ATTEMPTS.forEach(this::awaitRefusal);
    }

    private Optional<KubernetesClientException> judgedBy(String policy) {
        Attempt first = ATTEMPTS.stream()
                .filter(attempt -> attempt.refusedBy().equals(List.of(policy)))
                .findFirst()
                .orElseThrow();
        return cluster.tryOut(first, first.by());
    }

    /** A policy's expressions have a limited cost; one that is exceeded refuses the object. */
    @Test
    void aLargeObjectIsJudgedWithinTheCostThatTheApiServerAllowsWhereTheCatalogueIsLarge() {
        Map<String, String> hosts = new HashMap<>();
        IntStream.range(0, 3_000)
                .forEach(number -> hosts.put("api" + number + ".partner-" + number + ".example.com", "p"));
        ConfigMap large =
                Serialization.unmarshal(getClass().getResourceAsStream("/guard-rails/catalogue.yaml"), ConfigMap.class);
        large.getData().putAll(hosts);
        large.getData().putAll(Map.of(".example.com", "", ".com", "", "last.example.com", ""));
        cluster.as(APPLIER).resource(large).patch(APPLY);
        try {
            Attempt probe = LargeObjects.serviceEntry(List.of("last.example.com"));
            Awaitility.await().until(() -> cluster.tryOut(probe, "tenant").isPresent());

            assertThat(LargeObjects.all())
                    .isNotEmpty()
                    .allSatisfy(attempt ->
                            assertThat(cluster.tryOut(attempt, "tenant")).isEmpty());
        } finally {
            publishCatalogue();
        }
    }

    @Test
    void helmInstallsThemWhereTheApiServerHasPoliciesAndSaysSo() {
        var bindings = cluster.admin
                .admissionRegistration()
                .v1()
                .validatingAdmissionPolicyBindings()
                .withLabel("app.kubernetes.io/component", "guard-rails")
                .list()
                .getItems();

        assertThat(notes).contains("Guard rails are installed (enforce)");
        assertThat(bindings)
                .hasSize(10)
                .allSatisfy(binding ->
                        assertThat(binding.getSpec().getValidationActions()).containsExactly("Deny"));
    }
}
