package io.waypass.mesh;

import io.waypass.testing.TestCertificateAuthority;
import io.waypass.testing.TestCertificateAuthority.Issued;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A running egress waypoint: a stock Envoy that follows istiod. */
public final class Waypoint implements AutoCloseable {

    private final MeshCertificates certificates;
    private final int port;
    private final WorkloadSecrets secrets;
    private final DiscoveryRelay relay;
    private final Envoy envoy;

    Waypoint(
            Path executable,
            ProxyNode node,
            MeshCertificates certificates,
            int discoveryPort,
            ResourceRewriter rewriter,
            int port,
            Path directory) {
        this.certificates = certificates;
        this.port = port;
        Issued own = certificates.workload(Mesh.TRUST_DOMAIN, node.namespace(), node.serviceAccount());
        this.secrets = new WorkloadSecrets(own, certificates.rootPem());
        this.relay = new DiscoveryRelay(discoveryPort, own, certificates.rootPem(), rewriter);
        this.envoy = new Envoy(executable, node, relay.port(), secrets.port(), directory);
        try {
            envoy.awaitReady();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** {@return port on the loopback interface in place of 15008} */
    public int port() {
        return port;
    }

    /**
     * {@return a caller with a workload's certificate}
     *
     * @param authority address and port of the service, such as {@code 240.240.0.1:80}
     */
    public HboneCaller caller(String namespace, String serviceAccount, String authority) {
        return caller(certificates.workload(Mesh.TRUST_DOMAIN, namespace, serviceAccount), authority, Map.of());
    }

    /** {@return a caller with a certificate of the mesh for another trust domain} */
    public HboneCaller foreignCaller(String trustDomain, String namespace, String serviceAccount, String authority) {
        return caller(certificates.workload(trustDomain, namespace, serviceAccount), authority, Map.of());
    }

    /** {@return a caller with a certificate of an authority that the mesh does not know} */
    public HboneCaller rogueCaller(String namespace, String serviceAccount, String authority) {
        return caller(
                certificates.workload(
                        TestCertificateAuthority.root("O=rogue"), Mesh.TRUST_DOMAIN, namespace, serviceAccount),
                authority,
                Map.of());
    }

    /** {@return a caller without a certificate} */
    public HboneCaller anonymousCaller(String authority) {
        return caller(null, authority, Map.of());
    }

    /** {@return a caller who adds headers to its CONNECT} */
    public HboneCaller caller(
            String namespace, String serviceAccount, String authority, Map<String, String> connectHeaders) {
        return caller(certificates.workload(Mesh.TRUST_DOMAIN, namespace, serviceAccount), authority, connectHeaders);
    }

    private HboneCaller caller(@Nullable Issued own, String authority, Map<String, String> connectHeaders) {
        return new HboneCaller(port, authority, connectHeaders, own, certificates.rootPem());
    }

    /** {@return what istiod sent so far, oldest first} */
    public List<ConfigurationChange> changes() {
        return relay.changes();
    }

    /** {@return what Envoy refused so far, and why} */
    public List<String> refusals() {
        return relay.refusals();
    }

    @Override
    public void close() {
        envoy.close();
        relay.close();
        secrets.close();
    }
}
