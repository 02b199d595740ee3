package io.waypass.sandbox;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.waypass.testing.controlplane.ControlPlane;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import tools.jackson.databind.json.JsonMapper;

/**
 * A sandbox that is ready.
 *
 * @see Sandbox#start
 */
public final class RunningSandbox implements AutoCloseable {

    /**
     * Credentials of a person.
     *
     * @param password for the login form
     * @param token for the API
     */
    public record Login(String password, String token) {
        @Override
        public String toString() {
            return "Login[…]";
        }
    }

    private final URI address;
    private final URI issuer;
    private final Path kubeconfig;
    private final Path certificates;
    private final Path logs;
    private final Map<SandboxPerson, Login> logins;
    private final Optional<ControlPlane> controlPlane;
    private final Optional<SandboxMesh> mesh;
    private final DataSource owner;
    private final JavaProcess applier;
    private final Closing closing;

    RunningSandbox(
            URI address,
            URI issuer,
            Path kubeconfig,
            Path certificates,
            Path logs,
            Map<SandboxPerson, Login> logins,
            Optional<ControlPlane> controlPlane,
            Optional<SandboxMesh> mesh,
            DataSource owner,
            JavaProcess applier,
            Closing closing) {
        this.address = address;
        this.issuer = issuer;
        this.kubeconfig = kubeconfig;
        this.certificates = certificates;
        this.logs = logs;
        this.logins = new EnumMap<>(logins);
        this.controlPlane = controlPlane;
        this.mesh = mesh;
        this.owner = owner;
        this.applier = applier;
        this.closing = closing;
    }

    /** {@return the portal's address} */
    public URI address() {
        return address;
    }

    public Login login(SandboxPerson person) {
        return logins.get(person);
    }

    /** {@return kubeconfig of a cluster administrator} */
    public Path kubeconfig() {
        return kubeconfig;
    }

    /** {@return folder with sample client certificates} */
    public Path certificates() {
        return certificates;
    }

    /** {@return folder with the output of every process} */
    public Path logs() {
        return logs;
    }

    /** {@return connects to the database as its owner} */
    public DataSource owner() {
        return owner;
    }

    /** {@return the local control plane} */
    public ControlPlane controlPlane() {
        return controlPlane.orElseThrow(() -> new IllegalStateException("the sandbox runs on somebody's own cluster"));
    }

    public SandboxMesh mesh() {
        return mesh.orElseThrow(() -> new IllegalStateException("the sandbox was started without a mesh"));
    }

    /** {@return a new client of a cluster administrator; the caller closes it} */
    public KubernetesClient kubernetes() {
        return ControlPlane.client(kubeconfig);
    }

    /** Ends the applier at once, like a crash. */
    public void killApplier() {
        applier.kill();
    }

    /** Starts the applier again and waits until it is ready. */
    public void startApplier() {
        applier.launch();
        applier.awaitReady();
    }

    /** The content of {@link #summary} for scripts. */
    String json() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("address", address.toString());
        values.put("api", address + "/api/v1");
        values.put("issuer", issuer.toString());
        values.put("cluster", DirectorySeed.CLUSTER);
        values.put("kubeconfig", kubeconfig.toString());
        controlPlane.ifPresent(plane -> values.put("kubectl", plane.kubectl().toString()));
        mesh.ifPresent(running -> values.put("mesh", running.json()));
        values.put("certificates", certificates.toString());
        values.put("logs", logs.toString());
        values.put("processId", ProcessHandle.current().pid());
        values.put(
                "people",
                logins.entrySet().stream()
                        .map(entry -> {
                            Map<String, Object> person = new LinkedHashMap<>();
                            person.put("username", entry.getKey().username());
                            person.put("displayName", entry.getKey().displayName());
                            person.put("groups", entry.getKey().groups());
                            person.put("password", entry.getValue().password());
                            person.put("token", entry.getValue().token());
                            return person;
                        })
                        .toList());
        return JsonMapper.builder().build().writerWithDefaultPrettyPrinter().writeValueAsString(values) + "\n";
    }

    /** The text for a person. */
    List<String> summary(Path file) {
        List<String> lines = new ArrayList<>();
        lines.add("");
        lines.add("  Address        " + address);
        lines.add("  REST API       " + address + "/api/v1");
        lines.add("");
        lines.add("  Login          Password              API token");
        logins.forEach((person, login) ->
                lines.add("  %-14s %-21s %s".formatted(person.username(), login.password(), login.token())));
        lines.add("");
        lines.add("  Certificates   " + certificates);
        lines.add("  Kubeconfig     " + kubeconfig);
        controlPlane.ifPresent(plane -> lines.add("  kubectl        " + plane.kubectl()));
        lines.add("  Logs           " + logs);
        lines.add("  For scripts    " + file);
        lines.add("");
        return lines;
    }

    /** First steps for a person: the README explains them in detail. */
    List<String> firstSteps() {
        List<String> lines = new ArrayList<>(
                List.of(
                        "  What to do first",
                        "  1. Open " + address + " and log in as member, password "
                                + login(SandboxPerson.MEMBER).password() + ".",
                        "  2. Apps → Register an app: namespace team-namespace, name app1.",
                        "  3. Request an identity: app1, destination nginx, certificate "
                                + certificates.resolve("app1.crt.pem")
                                + ", key " + certificates.resolve("app1.key.pem") + ", CA "
                                + certificates.resolve("partner-ca.pem") + ", and a reason.",
                        "  4. Sign out, log in as admin, password "
                                + login(SandboxPerson.ADMIN).password()
                                + ". Queue: read the plan and approve it with a reason; the identity's page shows what is applied.",
                        "  5. Delete one of the applied objects with kubectl; Waypass restores it, and the identity's page says so."));
        if (mesh.isPresent()) {
            Path directory = logs.getParent();
            lines.add("  6. Call the partner as the app: mvn -q -Ptry -Dapp=team-namespace/app1"
                    + (directory.endsWith(".waypass") ? "" : " -Dsandbox.dir=" + directory));
        }
        lines.add("");
        return lines;
    }

    @Override
    public void close() {
        closing.close();
    }
}
