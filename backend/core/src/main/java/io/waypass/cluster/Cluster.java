package io.waypass.cluster;

/**
 * A Kubernetes cluster with an ambient mesh; it has its own applier.
 *
 * @param id key inside the database
 * @param name DNS label, unique
 * @param trustDomain the mesh's SPIFFE trust domain, such as {@code cluster.local}
 * @param flavour whose Istio it runs
 * @param drift what is done where it no longer holds what was approved
 */
public record Cluster(long id, String name, String trustDomain, Flavour flavour, DriftPolicy drift) {

    /**
     * A cluster in which drift is put right.
     *
     * @param id key inside the database
     * @param name DNS label, unique
     * @param trustDomain the mesh's SPIFFE trust domain
     * @param flavour whose Istio it runs
     */
    public Cluster(long id, String name, String trustDomain, Flavour flavour) {
        this(id, name, trustDomain, flavour, DriftPolicy.RESTORE);
    }
}
