package io.waypass.mesh;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.waypass.bootstrap.MeshBinaries;
import io.waypass.testing.Ports;
import io.waypass.testing.TestCertificateAuthority;
import io.waypass.testing.controlplane.ControlPlane;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * istiod and one partner beside a control plane that runs already, and the egress waypoints that follow istiod. Everything
 * listens on the loopback interface only.
 */
public final class Mesh implements AutoCloseable {

    /** The trust domain of Istio's own default. */
    public static final String TRUST_DOMAIN = "cluster.local";

    private final MeshBinaries binaries;
    private final Path directory;
    private final MeshCertificates certificates;
    private final KubernetesClient admin;
    private final PlayedNodes nodes;
    private final Partner partner;
    private final Istiod istiod;
    private final AtomicInteger waypoints = new AtomicInteger();

    private Mesh(MeshBinaries binaries, Path directory, KubernetesClient admin, Partner partner, Path kubeconfig) {
        this.binaries = binaries;
        this.directory = directory;
        this.certificates = MeshCertificates.in(authority(directory));
        this.admin = admin;
        this.nodes = new PlayedNodes(admin);
        this.partner = partner;
        this.istiod = new Istiod(
                binaries.pilotDiscovery(), binaries.charts(), kubeconfig, admin, authority(directory), directory);
        nodes.status(istiod.deployment(), true);
    }

    /**
     * Starts istiod and the partner.
     *
     * @param partnerHost the partner's name; what waypoints send to its ports 443 and 80 arrives at the partner
     * @param partnerAuthority signed the certificates of the partner and of its clients
     * @param directory for files and logs; the mesh's certificate authority stays there
     * @return the mesh, ready, without a waypoint
     * @throws IllegalStateException if something does not start
     */
    public static Mesh start(
            MeshBinaries binaries,
            ControlPlane plane,
            String partnerHost,
            TestCertificateAuthority partnerAuthority,
            Path directory) {
        Path absolute = directory.toAbsolutePath();
        Partner partner = new Partner(partnerHost, partnerAuthority, absolute.resolve("partner"));
        KubernetesClient admin = plane.client();
        try {
            Path kubeconfig = absolute.resolve("istiod.kubeconfig");
            plane.kubeconfig("system:serviceaccount:" + Istiod.NAMESPACE + ":istiod", kubeconfig);
            return new Mesh(binaries, absolute, admin, partner, kubeconfig);
        } catch (RuntimeException e) {
            admin.close();
            partner.close();
            throw e;
        }
    }

    private static Path authority(Path directory) {
        return directory.resolve("ca");
    }

    /**
     * {@return a workload's caller of a waypoint that another process runs}
     *
     * @param directory of that process's mesh
     * @param waypointPort see {@link Waypoint#port}
     * @param service address and port that the app calls, such as {@code 240.240.0.1:80}
     */
    public static HboneCaller caller(
            Path directory, int waypointPort, String namespace, String serviceAccount, String service) {
        MeshCertificates certificates = MeshCertificates.in(authority(directory));
        return new HboneCaller(
                waypointPort,
                service,
                Map.of(),
                certificates.workload(TRUST_DOMAIN, namespace, serviceAccount),
                certificates.rootPem());
    }

    public Partner partner() {
        return partner;
    }

    /**
     * Runs the waypoint of a Gateway that exists: waits until istiod deployed it, plays its Pod, and starts Envoy.
     *
     * @return the waypoint, ready; the caller closes it
     * @throws IllegalStateException if it does not become ready
     */
    public Waypoint waypoint(String namespace, String gateway) {
        int number = waypoints.incrementAndGet();
        ProxyNode node = nodes.run(namespace, gateway, "10.244.0." + (10 + number));
        int port = Ports.free(1).getFirst();
        Map<String, InetSocketAddress> endpoints =
                Map.of(partner.host() + ":443", partner.tls(), partner.host() + ":80", partner.plain());
        return new Waypoint(
                binaries.envoy(),
                node,
                certificates,
                istiod.discoveryPort(),
                new ResourceRewriter(endpoints, _ -> port),
                port,
                directory.resolve("waypoint-" + number));
    }

    /**
     * Ends istiod, as a crash of its only replica would: its webhook does not answer, proxies keep what they have, and its
     * Deployment is said to be unavailable.
     */
    public void stopIstiod() {
        istiod.stop();
        nodes.status(istiod.deployment(), false);
    }

    /** Starts istiod again, and returns when it is ready. */
    public void startIstiod() {
        istiod.start();
        nodes.status(istiod.deployment(), true);
    }

    @Override
    public void close() {
        istiod.close();
        partner.close();
        admin.close();
    }
}
