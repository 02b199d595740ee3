package io.waypass.cluster;

/**
 * A Kubernetes cluster with an ambient mesh; it has its own applier.
 *
 * @param id key inside the database
 * @param name DNS label, unique
 * @param trustDomain the mesh's SPIFFE trust domain, such as {@code cluster.local}
 * @param flavour distribution of Istio
 * @param drift what the applier does about drift
 */
public record Cluster(long id, String name, String trustDomain, Flavour flavour, DriftPolicy drift) {}
