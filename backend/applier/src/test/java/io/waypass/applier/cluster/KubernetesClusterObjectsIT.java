package io.waypass.applier.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.waypass.testing.controlplane.ControlPlane;
import io.waypass.testing.junit.PatientWaits;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the applier relies on in a real API server, so that who has been overtaken cannot write. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KubernetesClusterObjectsIT {

    private static final String NAMESPACE = "objects-" + UUID.randomUUID();

    private KubernetesClient client;
    private ClusterObjects cluster;

    @BeforeAll
    void start() {
        client = new KubernetesClientBuilder()
                .withConfig(ControlPlane.shared().client().getConfiguration())
                .withKubernetesSerialization(MetadataOnly.serialization())
                .withHttpClientBuilderConsumer(
                        http -> http.addOrReplaceInterceptor("metadata-only", new MetadataOnly()))
                .build();
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(NAMESPACE)
                        .endMetadata()
                        .build())
                .create();
        cluster = new KubernetesClusterObjects(client, new Pace(1000, PatientWaits.PATIENCE), PatientWaits.PATIENCE);
    }

    @AfterAll
    void stop() {
        client.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Secret", "DestinationRule"})
    void anObjectThatWasNotThereIsMadeOnlyIfItIsNotThereStill(String kind) {
        ObjectKey key = key(kind, "once");
        cluster.write(key, json(key, "one"), Optional.empty(), true, true);

        assertThatExceptionOfType(ObjectChanged.class)
                .isThrownBy(() -> cluster.write(key, json(key, "two"), Optional.empty(), true, true));

        assertThat(value(key)).isEqualTo("one");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Secret", "DestinationRule"})
    void anObjectThatWasReadIsWrittenOnlyIfItIsAsItWas(String kind) {
        ObjectKey key = key(kind, "seen");
        cluster.write(key, json(key, "one"), Optional.empty(), false, true);
        Optional<LiveObject> seen = cluster.get(key);
        cluster.write(key, json(key, "two"), seen, false, true);

        assertThatExceptionOfType(ObjectChanged.class)
                .isThrownBy(() -> cluster.write(key, json(key, "three"), seen, true, true));
        assertThatExceptionOfType(ObjectChanged.class).isThrownBy(() -> cluster.remove(seen.orElseThrow(), true));

        assertThat(value(key)).isEqualTo("two");
        cluster.remove(cluster.get(key).orElseThrow(), true);
        assertThat(cluster.get(key)).isEmpty();
    }

    @Test
    void anObjectThatWasMadeAnewUnderTheSameNameIsAnother() {
        ObjectKey key = key("Secret", "anew");
        cluster.write(key, json(key, "one"), Optional.empty(), false, true);
        Optional<LiveObject> seen = cluster.get(key);
        cluster.remove(seen.orElseThrow(), true);
        cluster.write(key, json(key, "two"), Optional.empty(), false, true);

        assertThatExceptionOfType(ObjectChanged.class).isThrownBy(() -> cluster.remove(seen.orElseThrow(), true));
        assertThatExceptionOfType(ObjectChanged.class)
                .isThrownBy(() -> cluster.write(key, json(key, "three"), seen, true, true));
    }

    @Test
    void aWatchOfOurObjectsNeverHearsWhatASecretHolds() {
        List<LiveObject> heard = new CopyOnWriteArrayList<>();
        var before = client.resource(labelled("before"));
        before.create();
        try (ObjectWatch watch = cluster.watch(
                new ObjectKey("v1", "Secret", "", ""), ClusterObjects.OURS, heard::add, _ -> {}, () -> {})) {
            watch.awaitFirstLook(PatientWaits.PATIENCE);
            client.resource(labelled("after")).create();

            Awaitility.await()
                    .until(() -> heard.stream().map(LiveObject::name).toList().containsAll(List.of("before", "after")));
            assertThat(heard).allSatisfy(object -> {
                assertThat(object.at("/data").isMissingNode()).isTrue();
                assertThat(object.kind()).isEqualTo("Secret");
                assertThat(object.uid()).isNotEmpty();
                assertThat(object.labelled()).isTrue();
            });
        }
    }

    @Test
    void aWatchIsUpWhenEverythingThatIsThereWasTold() {
        List<String> names =
                IntStream.range(0, 50).mapToObj(number -> "there-" + number).toList();
        names.forEach(name -> client.resource(labelled(name)).create());
        List<String> heard = new CopyOnWriteArrayList<>();
        try (ObjectWatch watch = cluster.watch(
                new ObjectKey("v1", "Secret", NAMESPACE, ""),
                ClusterObjects.OURS,
                object -> {
                    // who listens takes a while, as on a busy machine
                    LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
                    heard.add(object.name());
                },
                _ -> {},
                () -> {})) {
            watch.awaitFirstLook(PatientWaits.PATIENCE);

            assertThat(watch.synced()).isTrue();
            assertThat(heard).containsAll(names);
        }
    }

    @Test
    void aWatchOfAKindOfWhichThereIsNothingYetWorks() {
        try (ObjectWatch watch = cluster.watch(
                new ObjectKey("rbac.authorization.k8s.io/v1", "RoleBinding", "", ""),
                ClusterObjects.OURS,
                _ -> {},
                _ -> {},
                () -> {})) {
            Awaitility.await().until(watch::synced);
            assertThat(watch.problem()).isEmpty();
        }
    }

    private io.fabric8.kubernetes.api.model.Secret labelled(String name) {
        return new SecretBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(NAMESPACE)
                .addToLabels("app.kubernetes.io/managed-by", "waypass")
                .endMetadata()
                .addToStringData("tls.key", "hush")
                .build();
    }

    private static ObjectKey key(String kind, String name) {
        return new ObjectKey(kind.equals("Secret") ? "v1" : "networking.istio.io/v1", kind, NAMESPACE, name);
    }

    private static byte[] json(ObjectKey key, String value) {
        String content = key.kind().equals("Secret")
                ? "\"stringData\":{\"value\":\"" + value + "\"}"
                : "\"spec\":{\"host\":\"" + value + "\"}";
        return ("{\"apiVersion\":\"" + key.apiVersion() + "\",\"kind\":\"" + key.kind()
                        + "\",\"metadata\":{\"name\":\"" + key.name() + "\",\"namespace\":\"" + NAMESPACE
                        + "\",\"annotations\":{\"value\":\"" + value + "\"}}," + content + "}")
                .getBytes(StandardCharsets.UTF_8);
    }

    private String value(ObjectKey key) {
        return cluster.get(key).orElseThrow().at("/metadata/annotations/value").asText();
    }
}
