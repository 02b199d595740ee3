package io.waypass.testing.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.waypass.testing.junit.FullOnly;
import io.waypass.testing.junit.PatientWaits;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FaultProxyIT {

    private static final AtomicInteger NAMESPACES = new AtomicInteger();

    @TempDir
    Path directory;

    private final ControlPlane plane = ControlPlane.shared();
    private final KubernetesClient direct = plane.client();
    private final String namespace = "fault-proxy-" + NAMESPACES.incrementAndGet();
    private FaultProxy proxy;
    private KubernetesClient client;

    @BeforeEach
    void start() {
        proxy = FaultProxy.start(plane.kubeconfig(), directory);
        client = ControlPlane.client(proxy.kubeconfig());
        client.getConfiguration().setRequestRetryBackoffLimit(0);
        client.getConfiguration().setWatchReconnectInterval(100);
        direct.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(namespace)
                        .endMetadata()
                        .build())
                .create();
    }

    @AfterEach
    void end() {
        client.close();
        proxy.close();
        direct.close();
    }

    @Test
    void carriesWhatAClientAsksForAndRecordsIt() {
        client.resource(map("one")).create();
        client.resource(map("one")).get();
        client.resource(map("one"))
                .patch(new PatchContext.Builder()
                        .withPatchType(PatchType.SERVER_SIDE_APPLY)
                        .withFieldManager("waypass-applier")
                        .withForce(true)
                        .build());
        client.resource(map("one"))
                .patch(new PatchContext.Builder()
                        .withPatchType(PatchType.SERVER_SIDE_APPLY)
                        .withFieldManager("waypass-applier")
                        .withDryRun(List.of("All"))
                        .build());
        client.resource(new SelfSubjectAccessReviewBuilder()
                        .withNewSpec()
                        .withNewResourceAttributes()
                        .withVerb("get")
                        .withResource("configmaps")
                        .endResourceAttributes()
                        .endSpec()
                        .build())
                .create();
        client.resource(map("one")).delete();

        assertThat(proxy.calls())
                .extracting(Call::method, Call::plural, Call::namespace, Call::name, Call::status)
                .containsExactly(
                        tuple("POST", "configmaps", namespace, "one", 201),
                        tuple("GET", "configmaps", namespace, "one", 200),
                        tuple("PATCH", "configmaps", namespace, "one", 200),
                        tuple("PATCH", "configmaps", namespace, "one", 200),
                        tuple("POST", "selfsubjectaccessreviews", "", "", 201),
                        tuple("DELETE", "configmaps", namespace, "one", 200));
        assertThat(proxy.calls()).extracting(Call::number).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
        assertThat(proxy.calls()).allMatch(Call::forwarded);
        assertThat(proxy.writes()).extracting(Call::method).containsExactly("POST", "PATCH", "DELETE");
        Call applied = proxy.writes().get(1);
        assertThat(applied.fieldManager()).isEqualTo("waypass-applier");
        assertThat(applied.force()).isTrue();
        assertThat(applied.body().path("data").path("key").asText()).isEqualTo("value");

        proxy.clear();
        assertThat(proxy.calls()).isEmpty();
    }

    @Test
    void isSeenByTheApiServerAsTheUserItWasStartedFor() throws IOException {
        Path stranger = directory.resolve("stranger.kubeconfig");
        plane.kubeconfig("stranger", stranger);
        try (FaultProxy strangersProxy = FaultProxy.start(stranger, directory.resolve("stranger"));
                KubernetesClient strangers = ControlPlane.client(strangersProxy.kubeconfig())) {
            assertThatThrownBy(() -> strangers.secrets().inNamespace(namespace).list())
                    .hasMessageContaining("User \"stranger\" cannot list resource \"secrets\"");
            assertThat(strangersProxy.calls()).extracting(Call::status).containsExactly(403);
        }
    }

    @Test
    void recordsNoSecretValues() {
        Secret secret = new SecretBuilder()
                .withNewMetadata()
                .withName("key")
                .withNamespace(namespace)
                .addToAnnotations("kubectl.kubernetes.io/last-applied-configuration", "aHVudGVyMg==")
                .endMetadata()
                .addToData("tls.key", "aHVudGVyMg==")
                .addToStringData("pass", "hunter2")
                .build();
        client.resource(secret)
                .patch(new PatchContext.Builder()
                        .withPatchType(PatchType.SERVER_SIDE_APPLY)
                        .withFieldManager("test")
                        .build());
        client.resource(secret)
                .patch(
                        PatchContext.of(PatchType.JSON),
                        "[{\"op\":\"replace\",\"path\":\"/data/tls.key\",\"value\":\"aHVudGVyMg==\"}]");
        client.resource(secret).patch(PatchContext.of(PatchType.JSON_MERGE), "{\"data\":{\"more\":\"aHVudGVyMg==\"}}");

        assertThat(direct.resource(secret).get().getData().get("more")).isEqualTo("aHVudGVyMg==");
        assertThat(proxy.writes()).extracting(Call::status).containsExactly(201, 200, 200);
        assertThat(proxy.calls().toString()).doesNotContain("aHVudGVyMg==", "hunter2");
        assertThat(proxy.writes().getFirst().body().path("data").has("tls.key")).isTrue();
    }

    @Test
    void carriesAWatchWhoseEventsComeWhileItLasts() throws Exception {
        Map<String, CountDownLatch> seen = new ConcurrentHashMap<>();
        try (SharedIndexInformer<ConfigMap> informer = informer(seen)) {
            await().until(informer::isWatching);
            for (String name : List.of("one", "two", "three")) {
                seen.put(name, new CountDownLatch(1));
                direct.resource(map(name)).create();
                assertThat(seen.get(name).await(5, TimeUnit.MINUTES)).isTrue();
            }
        }
        assertThat(proxy.calls())
                .filteredOn(Call::watch)
                .singleElement()
                .satisfies(watch -> assertThat(watch.status()).isEqualTo(101));
    }

    @Test
    void carriesAWatchThatIsNoWebSocket() throws Exception {
        // upon which the client asks again without an upgrade
        proxy.on(Call::watch, Fault.answer(503, Map.of(), "").times(1));
        Map<String, CountDownLatch> seen = new ConcurrentHashMap<>();
        try (SharedIndexInformer<ConfigMap> informer = informer(seen)) {
            assertThat(informer.isRunning()).isTrue();
            await().until(() -> proxy.calls().getLast().status() == 200);
            assertThat(proxy.calls().getLast().watch()).isTrue();
            for (String name : List.of("one", "two", "three")) {
                seen.put(name, new CountDownLatch(1));
                direct.resource(map(name)).create();
                assertThat(seen.get(name).await(5, TimeUnit.MINUTES)).isTrue();
            }
        }
    }

    @Test
    void turnsCallsAwayAsAnApiServerUnderLoadDoes() {
        FaultProxy.Rule rule = proxy.on(
                call -> call.plural().equals("configmaps"),
                Fault.tooManyRequests(1).times(2));

        assertThatThrownBy(() -> client.resource(map("one")).create())
                .satisfies(failure -> assertThat(code(failure)).isEqualTo(429));
        assertThat(proxy.calls()).singleElement().satisfies(call -> {
            assertThat(call.forwarded()).isFalse();
            assertThat(call.status()).isEqualTo(429);
        });
        assertThatThrownBy(() -> client.resource(map("one")).create()).isInstanceOf(KubernetesClientException.class);

        client.resource(map("one")).create();
        assertThat(rule.struck()).isEqualTo(2);
    }

    @Test
    void failsAsAnApiServerFailsEvenAfterTheWrite() {
        proxy.on(
                Call::isWrite,
                Fault.failure(500, "InternalError", "etcd is on holiday").beforeAnswer());

        assertThatThrownBy(() -> client.resource(map("one")).create())
                .hasMessageContaining("etcd is on holiday")
                .satisfies(failure -> assertThat(code(failure)).isEqualTo(500));

        assertThat(direct.resource(map("one")).get()).isNotNull();
        assertThat(proxy.writes()).extracting(Call::status).containsExactly(201);
        proxy.clearFaults();
        client.resource(map("two")).create();
    }

    @Test
    void makesTheSameDrawsWithTheSameSeed() {
        Fault fault = Fault.tooManyRequests(0).withProbability(0.5, 42);
        List<Integer> first = statusesUnder(fault);
        List<Integer> second = statusesUnder(fault);

        assertThat(first).isEqualTo(second).contains(429, 404);
    }

    @Test
    void holdsACallBeforeItIsForwarded() throws Exception {
        Hold hold = new Hold();
        proxy.on(Call::isWrite, Fault.hold(hold));
        CompletableFuture<ConfigMap> created =
                CompletableFuture.supplyAsync(() -> client.resource(map("one")).create());
        Call held = hold.awaitReached(PatientWaits.PATIENCE);
        assertThat(held.name()).isEqualTo("one");
        assertThat(direct.resource(map("one")).get()).isNull();

        hold.release();
        assertThat(created.get(5, TimeUnit.MINUTES).getMetadata().getUid()).isNotNull();
    }

    @Test
    void holdsAnAnswerBeforeItIsPassedOn() throws Exception {
        Hold hold = new Hold();
        proxy.on(Call::isWrite, Fault.hold(hold).beforeAnswer());
        CompletableFuture<ConfigMap> created =
                CompletableFuture.supplyAsync(() -> client.resource(map("one")).create());
        assertThat(hold.awaitReached(PatientWaits.PATIENCE).status()).isEqualTo(201);
        assertThat(direct.resource(map("one")).get()).isNotNull();
        assertThat(created).isNotDone();

        hold.release();
        assertThat(created.get(5, TimeUnit.MINUTES).getMetadata().getUid()).isNotNull();
    }

    @Test
    void stillForwardsWhatItHeldWhenItsClientIsGone() {
        Hold hold = new Hold();
        proxy.on(Call::isWrite, Fault.hold(hold));
        try (KubernetesClient leaving = ControlPlane.client(proxy.kubeconfig())) {
            CompletableFuture.runAsync(() -> leaving.resource(map("late")).create());
            hold.awaitReached(PatientWaits.PATIENCE);
        }
        hold.release();

        await().untilAsserted(
                        () -> assertThat(direct.resource(map("late")).get()).isNotNull());
    }

    @Test
    void runsWhatATestWantsBeforeForwardingAndBeforeTheAnswer() {
        Set<String> notes = ConcurrentHashMap.newKeySet();
        proxy.on(Call::isWrite, Fault.run(call -> notes.add("before " + exists(call.name()) + " " + call.status())));
        proxy.on(
                Call::isWrite,
                Fault.run(call -> notes.add("after " + exists(call.name()) + " " + call.status()))
                        .beforeAnswer());

        client.resource(map("one")).create();

        assertThat(notes).containsExactlyInAnyOrder("before false 0", "after true 201");
    }

    @Test
    void cutsBeforeForwardingSoThatNothingIsWritten() {
        proxy.on(Call::isWrite, Fault.cut());

        assertThatThrownBy(() -> client.resource(map("one")).create())
                .isInstanceOf(KubernetesClientException.class)
                .hasRootCauseInstanceOf(IOException.class);

        assertThat(direct.resource(map("one")).get()).isNull();
        assertThat(proxy.writes()).allMatch(call -> !call.forwarded() && call.status() == 0);
    }

    @Test
    void cutsAfterForwardingSoThatTheObjectIsWrittenWhileTheClientFails() {
        proxy.on(Call::isWrite, Fault.cut().beforeAnswer());

        assertThatThrownBy(() -> client.resource(map("one")).create())
                .isInstanceOf(KubernetesClientException.class)
                .hasRootCauseInstanceOf(IOException.class);

        assertThat(direct.resource(map("one")).get()).isNotNull();
        assertThat(proxy.writes()).extracting(Call::status).containsExactly(201);
    }

    @Test
    void delaysCallsAndNoOthers() {
        FaultProxy.Rule rule = proxy.on(call -> call.name().equals("slow"), Fault.delay(Duration.ofMillis(500)));

        client.resource(map("quick")).create();
        assertThat(rule.struck()).isZero();
        long begin = System.nanoTime();
        client.resource(map("slow")).create();
        // a lower bound: a slow machine only takes longer
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(Duration.ofMillis(500));
        assertThat(rule.struck()).isEqualTo(1);
    }

    @Test
    @FullOnly
    void letsAnInformerRecoverWhenAllConnectionsWereCut() throws Exception {
        Map<String, CountDownLatch> seen = new ConcurrentHashMap<>();
        try (SharedIndexInformer<ConfigMap> informer = informer(seen)) {
            proxy.refuse(true);
            proxy.cutAll();
            assertThatThrownBy(() -> client.resource(map("none")).get()).isInstanceOf(KubernetesClientException.class);
            seen.put("missed", new CountDownLatch(1));
            direct.resource(map("missed")).create();
            assertThat(informer.isRunning()).isTrue();
            assertThat(seen.get("missed").getCount()).isEqualTo(1);

            proxy.refuse(false);
            assertThat(seen.get("missed").await(5, TimeUnit.MINUTES)).isTrue();
        }
    }

    @Test
    @FullOnly
    void sharesTheFateOfAnApiServerThatGoesAwayAndComesBackAndStillDeliversWhatItHeld() throws Exception {
        try (ControlPlane own = ControlPlane.start(directory.resolve("own"), false, System.out::println);
                FaultProxy before = FaultProxy.start(own.kubeconfig(), directory.resolve("before"));
                KubernetesClient through = ControlPlane.client(before.kubeconfig())) {
            through.getConfiguration().setRequestRetryBackoffLimit(0);
            assertThat(through.namespaces().withName("default").get()).isNotNull();

            own.stopApiServer();
            assertThatThrownBy(() -> through.namespaces().withName("default").get())
                    .isInstanceOf(KubernetesClientException.class)
                    .hasRootCauseInstanceOf(IOException.class);

            own.startApiServer();
            assertThat(through.namespaces().withName("default").get()).isNotNull();

            // what is held is in the network, which the API server's end of a connection is not
            Hold hold = new Hold();
            before.on(
                    call -> call.plural().equals("configmaps") && call.isWrite(),
                    Fault.hold(hold).times(1));
            CompletableFuture<ConfigMap> late = CompletableFuture.supplyAsync(
                    () -> through.resource(map("late", "default")).create());
            hold.awaitReached(PatientWaits.PATIENCE);
            own.stopApiServer();
            own.startApiServer();
            hold.release();
            assertThat(late.get(5, TimeUnit.MINUTES).getMetadata().getUid()).isNotEmpty();
        }
    }

    private SharedIndexInformer<ConfigMap> informer(Map<String, CountDownLatch> seen) {
        return client.configMaps().inNamespace(namespace).inform(new ResourceEventHandler<>() {
            @Override
            public void onAdd(ConfigMap map) {
                CountDownLatch latch = seen.get(map.getMetadata().getName());
                if (latch != null) {
                    latch.countDown();
                }
            }

            @Override
            public void onUpdate(ConfigMap before, ConfigMap after) {
                // not asked for here
            }

            @Override
            public void onDelete(ConfigMap map, boolean finalStateUnknown) {
                // not asked for here
            }
        });
    }

    private List<Integer> statusesUnder(Fault fault) {
        proxy.clear();
        proxy.clearFaults();
        proxy.on(call -> call.plural().equals("configmaps"), fault);
        for (int i = 0; i < 20; i++) {
            try {
                client.resource(map("none")).get();
            } catch (KubernetesClientException _) {
                // one of the draws
            }
        }
        return proxy.calls().stream().map(Call::status).toList();
    }

    private boolean exists(String name) {
        return direct.resource(map(name)).get() != null;
    }

    private static int code(Throwable failure) {
        return ((KubernetesClientException) failure).getCode();
    }

    private ConfigMap map(String name) {
        return map(name, namespace);
    }

    private static ConfigMap map(String name, String namespace) {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(namespace)
                .endMetadata()
                .addToData("key", "value")
                .build();
    }
}
