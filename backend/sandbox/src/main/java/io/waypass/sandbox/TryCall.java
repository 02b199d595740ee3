package io.waypass.sandbox;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.waypass.mesh.HboneCaller;
import io.waypass.mesh.HboneCaller.Answer;
import io.waypass.mesh.Mesh;
import io.waypass.mesh.Partner;
import io.waypass.mesh.Partner.Seen;
import io.waypass.testing.controlplane.ControlPlane;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Calls the partner as an app of the mesh, while a sandbox with a mesh runs: with the certificate that a workload of that
 * namespace and service account has, through the waypoint. Prints what the app got, and what the partner saw.
 */
public final class TryCall {

    private static final Pattern APP = Pattern.compile("([a-z0-9-]+)/([a-z0-9.-]+)");

    private TryCall() {}

    /** Reads the system properties {@code sandbox.dir} and {@code app}, a namespace and a service account. */
    public static void main(String[] args) {
        try {
            call(Path.of(System.getProperty("sandbox.dir", ".waypass")), System.getProperty("app", ""))
                    .forEach(System.out::println);
        } catch (SandboxFailed e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }

    /**
     * Makes one call.
     *
     * @param directory state of a sandbox that runs
     * @param app {@code namespace/service-account}
     * @return lines for a person
     * @throws SandboxFailed if there is no such sandbox, or the app is misspelt
     */
    static List<String> call(Path directory, String app) {
        Matcher name = APP.matcher(app);
        if (!name.matches()) {
            throw new SandboxFailed("-Dapp=" + app
                    + " is no namespace and service account; for example: mvn -q -Ptry -Dapp=team-namespace/app1");
        }
        JsonNode sandbox = sandbox(directory.resolve("sandbox.json"));
        JsonNode mesh = sandbox.path("mesh");
        String id = UUID.randomUUID().toString();
        List<String> lines = new ArrayList<>();
        lines.add("The app " + app + " calls http://" + SandboxMesh.HOST + "/subject in the mesh.");
        try (KubernetesClient cluster =
                        ControlPlane.client(Path.of(sandbox.path("kubeconfig").asString()));
                HboneCaller caller = Mesh.caller(
                        Path.of(mesh.path("directory").asString()),
                        mesh.path("waypointPort").asInt(),
                        name.group(1),
                        name.group(2),
                        SandboxMesh.service(cluster))) {
            Answer answer = caller.get("/subject", SandboxMesh.HOST, List.of(Map.entry("x-call", id)));
            lines.add("The app got %d: %s".formatted(answer.status(), said(answer)));
        } catch (IOException e) {
            lines.add("The app got no answer: " + e.getMessage() + ".");
        }
        lines.add(partner(Path.of(mesh.path("partnerLog").asString()), id));
        return lines;
    }

    private static String said(Answer answer) {
        return answer.body().isBlank() ? "(no text)" : answer.body().strip();
    }

    private static JsonNode sandbox(Path file) {
        try {
            JsonNode sandbox = JsonMapper.shared().readTree(Files.readString(file));
            if (sandbox.path("mesh").isMissingNode()
                    || ProcessHandle.of(sandbox.path("processId").asLong()).isEmpty()) {
                throw new SandboxFailed("No sandbox with a mesh runs. Start one in another terminal: mvn -Psandbox"
                        + " -Dsandbox.mesh=true");
            }
            return sandbox;
        } catch (NoSuchFileException e) {
            throw new SandboxFailed(
                    "There is no " + file + ". Start a sandbox in another terminal: mvn -Psandbox -Dsandbox.mesh=true",
                    e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** nginx writes its log line after the answer: a call that reached it is there within a moment. */
    private static String partner(Path log, String id) {
        long deadline = System.nanoTime() + Duration.ofSeconds(1).toNanos();
        while (true) {
            for (Seen seen : Partner.seen(log)) {
                if (id.equals(seen.id())) {
                    return seen.tls() == null
                            ? "The partner saw a call in PLAINTEXT."
                            : "The partner saw the client certificate of %s, serial number %s, and the host %s."
                                    .formatted(seen.subject(), seen.serial(), seen.host());
                }
            }
            if (System.nanoTime() > deadline) {
                return "The partner saw nothing.";
            }
            try {
                TimeUnit.MILLISECONDS.sleep(50);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return "The partner's log was not read to its end.";
            }
        }
    }
}
