package io.waypass.app;

import java.time.Instant;

/**
 * A workload that a team registered.
 *
 * @param id key inside the database
 * @param publicId {@code app_…}
 * @param teamId the team that owns it
 * @param team that team's slug
 * @param clusterId the cluster it runs in
 * @param cluster that cluster's name
 * @param name DNS label, unique in its namespace
 * @param principal who it is inside the mesh
 * @param registeredAt when it was registered
 */
public record App(
        long id,
        String publicId,
        long teamId,
        String team,
        long clusterId,
        String cluster,
        String name,
        Principal principal,
        Instant registeredAt) {

    /** {@return the Kubernetes namespace it runs in} */
    public String namespace() {
        return principal.namespace();
    }

    /** {@return the Kubernetes service account it runs as} */
    public String serviceAccount() {
        return principal.serviceAccount();
    }
}
