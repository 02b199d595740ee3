package io.waypass.applier;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.waypass.request.Attempt;
import io.waypass.request.RequestDetail;
import io.waypass.request.RequestStatus;
import io.waypass.testing.junit.FullOnly;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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
import org.springframework.context.ConfigurableApplicationContext;

/** An identity that the API server refuses, again and again, is nobody else's trouble. */
@FullOnly
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PoisonIT {

    private static final String WORDS = "the word poison is not spoken in this cluster";

    private Fixtures fixtures;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        fixtures = new Fixtures(directory);
    }

    @AfterAll
    void stop() {
        fixtures.close();
    }

    @Test
    void anIdentityThatTheApiServerAlwaysRefusesKeepsNobodyWaitingAndSaysWhyItFailed() {
        try (ConfigurableApplicationContext _ = fixtures.applier()) {
            List<Duration> usual = applied("before");
            String poison = fixtures.submit(fixtures.app("poison"), fixtures.certificate("poison"));
            fixtures.await(poison, RequestStatus.PENDING);
            List<HasMetadata> policy = refuse();
            fixtures.approve(poison);
            RequestDetail failed = fixtures.await(poison, RequestStatus.FAILED);
            assertThat(failed.summary().statusMessage().orElseThrow())
                    .contains("The API server refused", "poison-nginx-mesh-external-dr", WORDS);

            List<Duration> beside = applied("beside");

            Awaitility.await("it was tried several times")
                    .until(() -> failures(poison).size() >= 6);
            List<Attempt> attempts = failures(poison);
            assertThat(attempts)
                    .allSatisfy(attempt ->
                            assertThat(attempt.message().orElseThrow()).contains(WORDS));
            List<Long> pauses = pauses(attempts);
            // half of what it is drawn from, which doubles from 500 ms to 30 s; a busy machine makes it only longer
            assertThat(pauses.getLast())
                    .as("pauses between attempts, in ms: %s", pauses)
                    .isGreaterThanOrEqualTo(Math.min(15_000, 250L << pauses.size() - 1));
            assertThat(status(poison)).isEqualTo(RequestStatus.FAILED);
            System.out.printf(
                    "Poison: 20 others approved and applied in %s; before it was there %s; its own attempts %s ms apart%n",
                    summary(beside), summary(usual), pauses);

            policy.forEach(object -> fixtures.cluster.resource(object).delete());
            Awaitility.await("it is applied once it is let in").until(() -> status(poison) == RequestStatus.APPLIED);
        }
    }

    /** Twenty identities; how long each took from its approval on. */
    private List<Duration> applied(String prefix) {
        List<String> requests = IntStream.range(0, 20)
                .mapToObj(i -> fixtures.submit(fixtures.app(prefix + i), fixtures.certificate(prefix + i)))
                .toList();
        requests.forEach(request -> fixtures.await(request, RequestStatus.PENDING));
        List<Duration> times = new ArrayList<>();
        for (String request : requests) {
            Instant approved = Instant.now();
            fixtures.approve(request);
            fixtures.await(request, RequestStatus.APPLIED);
            times.add(Duration.between(approved, Instant.now()));
        }
        return times.stream().sorted().toList();
    }

    /** A policy of the cluster's own, in force once a dry run is refused. */
    private List<HasMetadata> refuse() {
        List<HasMetadata> objects = Stream.of("""
                apiVersion: admissionregistration.k8s.io/v1
                kind: ValidatingAdmissionPolicy
                metadata: {name: no-poison}
                spec:
                  failurePolicy: Fail
                  matchConstraints:
                    resourceRules:
                    - apiGroups: [networking.istio.io]
                      apiVersions: [v1]
                      operations: [CREATE, UPDATE]
                      resources: [destinationrules]
                  validations:
                  - expression: "!object.metadata.name.startsWith('poison')"
                    message: %s
                """.formatted(WORDS), """
                apiVersion: admissionregistration.k8s.io/v1
                kind: ValidatingAdmissionPolicyBinding
                metadata: {name: no-poison}
                spec: {policyName: no-poison, validationActions: [Deny]}
                """)
                .map(yaml -> (HasMetadata) Serialization.unmarshal(yaml, GenericKubernetesResource.class))
                .toList();
        objects.forEach(object -> fixtures.cluster.resource(object).serverSideApply());
        GenericKubernetesResource rule = new GenericKubernetesResource();
        rule.setApiVersion("networking.istio.io/v1");
        rule.setKind("DestinationRule");
        rule.setMetadata(new ObjectMetaBuilder()
                .withName("poisonous")
                .withNamespace("team-namespace")
                .build());
        rule.setAdditionalProperty("spec", Map.of("host", "poisonous.test"));
        Awaitility.await("the policy is in force").until(() -> {
            try {
                fixtures.cluster.resource(rule).dryRun().create();
                return false;
            } catch (KubernetesClientException refused) {
                return refused.getMessage().contains(WORDS);
            }
        });
        return objects;
    }

    private List<Attempt> failures(String request) {
        return fixtures.requests.find(Fixtures.ADMIN, request).attempts().stream()
                .filter(attempt -> attempt.outcome().equals(Optional.of("failed")))
                .toList()
                .reversed();
    }

    private static List<Long> pauses(List<Attempt> attempts) {
        return IntStream.range(1, attempts.size())
                .mapToObj(i -> Duration.between(
                                attempts.get(i - 1).startedAt(), attempts.get(i).startedAt())
                        .toMillis())
                .toList();
    }

    private RequestStatus status(String request) {
        return fixtures.requests.find(Fixtures.ADMIN, request).summary().status();
    }

    private static Duration median(List<Duration> sorted) {
        return sorted.get(sorted.size() / 2);
    }

    private static String summary(List<Duration> sorted) {
        return "%d ms at the median (slowest %d ms)"
                .formatted(median(sorted).toMillis(), sorted.getLast().toMillis());
    }
}
