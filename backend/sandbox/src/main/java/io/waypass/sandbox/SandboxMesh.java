package io.waypass.sandbox;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.waypass.mesh.HboneCaller;
import io.waypass.mesh.Mesh;
import io.waypass.mesh.Partner;
import io.waypass.mesh.Waypoint;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The sandbox's mesh: istiod, the guide's egress waypoint, and the sample partner. */
public final class SandboxMesh implements AutoCloseable {

    /** The sample partner's name. */
    public static final String HOST = "my-nginx.foo.bar";

    private static final String EGRESS = "istio-egress";

    private final Path directory;
    private final Mesh mesh;
    private final KubernetesClient cluster;
    private Optional<Waypoint> waypoint = Optional.empty();

    /**
     * @param directory of the mesh's files
     * @param mesh without a waypoint
     * @param cluster of an administrator; this closes it
     */
    SandboxMesh(Path directory, Mesh mesh, KubernetesClient cluster) {
        this.directory = directory;
        this.mesh = mesh;
        this.cluster = cluster;
    }

    /** Runs the waypoint of the guide's Gateway, which exists. */
    synchronized void startWaypoint() {
        waypoint = Optional.of(mesh.waypoint(EGRESS, "egress-waypoint"));
    }

    /** Ends Envoy and starts it again, as if the waypoint's Pod had been replaced. */
    public synchronized void restartWaypoint() {
        waypoint().close();
        startWaypoint();
    }

    public Mesh mesh() {
        return mesh;
    }

    public synchronized Waypoint waypoint() {
        return waypoint.orElseThrow();
    }

    public Partner partner() {
        return mesh.partner();
    }

    /** {@return a workload's caller of the partner's name} */
    public HboneCaller caller(String namespace, String serviceAccount) {
        return waypoint().caller(namespace, serviceAccount, service(cluster));
    }

    /** {@return address and port that istiod gave the partner's name in the mesh} */
    public String service() {
        return service(cluster);
    }

    /**
     * Reads the address that istiod allocated for the partner's shared ServiceEntry.
     *
     * @throws SandboxFailed if there is none
     */
    static String service(KubernetesClient cluster) {
        GenericKubernetesResource entry = cluster.genericKubernetesResources("networking.istio.io/v1", "ServiceEntry")
                .inNamespace(EGRESS)
                .withName("nginx-mesh-external-se")
                .get();
        List<Map<String, String>> addresses = entry == null ? null : entry.get("status", "addresses");
        if (addresses == null || addresses.isEmpty()) {
            throw new SandboxFailed("istiod has given " + HOST + " no address in the mesh yet; try again in a moment.");
        }
        return addresses.getFirst().get("value") + ":80";
    }

    /** What {@link TryCall} needs, for {@code sandbox.json}. */
    Map<String, Object> json() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("directory", directory.toString());
        values.put("waypointPort", waypoint().port());
        values.put("partnerLog", partner().log().toString());
        return values;
    }

    @Override
    public void close() {
        waypoint.ifPresent(Waypoint::close);
        mesh.close();
        cluster.close();
    }
}
