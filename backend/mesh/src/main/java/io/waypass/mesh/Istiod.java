package io.waypass.mesh;

import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.waypass.testing.LocalProcess;
import io.waypass.testing.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * An unmodified istiod outside the cluster, with the rights and the webhook of its own Helm chart. It can be stopped and
 * started again at the same ports, as a Deployment's Pod would come back at the same Service.
 */
final class Istiod implements AutoCloseable {

    static final String NAMESPACE = "istio-system";

    private static final Duration START = Duration.ofMinutes(2);

    private final Path executable;
    private final Path directory;
    private final Path kubeconfig;
    private final Path authority;
    private final Map<String, String> environment = new TreeMap<>();
    private final int secureGrpc;
    private final int http;
    private final int https;
    private final List<Integer> others;
    private final IstiodObjects objects;
    private LocalProcess process;

    /**
     * Installs what istiod needs in the cluster, and starts it.
     *
     * @param executable {@code pilot-discovery}
     * @param charts of the same version
     * @param kubeconfig of istiod's own service account
     * @param admin installs its objects
     * @param authority directory of the mesh's certificate authority
     * @param directory for files and logs
     */
    Istiod(Path executable, Path charts, Path kubeconfig, KubernetesClient admin, Path authority, Path directory) {
        this.executable = executable;
        this.directory = directory;
        this.kubeconfig = kubeconfig;
        this.authority = authority;
        List<Integer> ports = Ports.free(6);
        this.secureGrpc = ports.get(0);
        this.http = ports.get(1);
        this.https = ports.get(2);
        this.others = ports.subList(3, 6);
        this.objects = IstiodObjects.render(charts, NAMESPACE, https);
        install(admin);
        prepare();
        this.process = launch();
        try {
            awaitReady();
        } catch (RuntimeException e) {
            process.close();
            throw e;
        }
    }

    /** Port of the discovery service with mutual TLS. */
    int discoveryPort() {
        return secureGrpc;
    }

    /** Ends the process; its webhook no longer answers, and proxies keep what they have. */
    void stop() {
        process.close();
    }

    /** Starts it again, and returns when it is ready. */
    void start() {
        if (!process.isAlive()) {
            process = launch();
        }
        awaitReady();
    }

    @Override
    public void close() {
        process.close();
    }

    /** Its Deployment, which nobody runs. */
    Deployment deployment() {
        return objects.deployment();
    }

    private void install(KubernetesClient admin) {
        apply(
                admin,
                new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(NAMESPACE)
                        .endMetadata()
                        .build());
        objects.all().forEach(object -> apply(admin, object));
    }

    private static void apply(KubernetesClient admin, HasMetadata object) {
        admin.resource(object)
                .patch(new PatchContext.Builder()
                        .withPatchType(PatchType.SERVER_SIDE_APPLY)
                        .withFieldManager("helm")
                        .withForce(true)
                        .build());
    }

    private void prepare() {
        try {
            Files.writeString(directory.resolve("mesh.yaml"), objects.meshConfiguration());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (EnvVar variable : objects.deployment()
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .getFirst()
                .getEnv()) {
            if (variable.getValue() != null && !variable.getName().equals("KUBECONFIG")) {
                environment.put(variable.getName(), variable.getValue());
            }
        }
        environment.put("POD_NAME", "istiod-0");
        environment.put("POD_NAMESPACE", NAMESPACE);
        environment.put("SERVICE_ACCOUNT", "istiod");
        environment.put("ROOT_CA_DIR", authority.toString());
        environment.put("ISTIOD_CUSTOM_HOST", "localhost");
    }

    private LocalProcess launch() {
        try {
            return LocalProcess.start(
                    "istiod",
                    List.of(
                            executable.toString(),
                            "discovery",
                            "--kubeconfig",
                            kubeconfig.toString(),
                            "--meshConfig",
                            directory.resolve("mesh.yaml").toString(),
                            "--clusterID",
                            "Kubernetes",
                            "--namespace",
                            NAMESPACE,
                            "--secureGRPCAddr=127.0.0.1:" + secureGrpc,
                            "--httpAddr=127.0.0.1:" + http,
                            "--httpsAddr=127.0.0.1:" + https,
                            "--grpcAddr=127.0.0.1:" + others.get(0),
                            "--monitoringAddr=127.0.0.1:" + others.get(1),
                            "--ctrlz_address=127.0.0.1",
                            "--ctrlz_port=" + others.get(2),
                            "--shutdownDuration=1s"),
                    environment,
                    directory.resolve("istiod.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitReady() {
        Conditions.await("istiod is ready; see " + directory.resolve("istiod.log"), START, () -> {
            if (!process.isAlive()) {
                throw new IllegalStateException("istiod ended while starting; see " + directory.resolve("istiod.log"));
            }
            try (HttpClient client = HttpClient.newHttpClient()) {
                return client.send(
                                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + http + "/ready"))
                                                .timeout(Duration.ofSeconds(5))
                                                .build(),
                                        HttpResponse.BodyHandlers.discarding())
                                .statusCode()
                        == 200;
            } catch (IOException _) {
                return false;
            }
        });
    }
}
