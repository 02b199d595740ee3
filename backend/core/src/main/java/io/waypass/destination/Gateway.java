package io.waypass.destination;

/**
 * The egress waypoint: a shared proxy that presents each app's own client certificate.
 *
 * @param id key inside the database
 * @param clusterId the cluster it runs in
 * @param name of the Gateway object
 * @param namespace of the Gateway object
 * @param serviceAccount that its pods run as
 * @param placement where the objects of each identity live
 */
public record Gateway(
        long id, long clusterId, String name, String namespace, String serviceAccount, Placement placement) {}
