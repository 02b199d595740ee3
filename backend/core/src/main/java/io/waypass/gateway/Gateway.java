package io.waypass.gateway;

/**
 * The egress waypoint: a shared proxy that presents each app's own client certificate.
 *
 * @param id key inside the database
 * @param clusterId the cluster it runs in
 * @param name of the Gateway object
 * @param namespace of the Gateway object
 * @param serviceAccount that its pods run as
 * @param placement where the objects of each identity are
 * @param denyByDefault whether apps without an identity are refused at its destinations
 */
public record Gateway(
        long id,
        long clusterId,
        String name,
        String namespace,
        String serviceAccount,
        Placement placement,
        boolean denyByDefault) {

    /** Creates a gateway that refuses apps without an identity. */
    public Gateway(long id, long clusterId, String name, String namespace, String serviceAccount, Placement placement) {
        this(id, clusterId, name, namespace, serviceAccount, placement, true);
    }
}
