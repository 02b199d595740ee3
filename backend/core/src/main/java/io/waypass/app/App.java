package io.waypass.app;

import java.time.Instant;

/**
 * A workload that a team registered.
 *
 * @param id key inside the database
 * @param publicId {@code app_…}
 * @param teamId the team that owns it
 * @param team slug of that team
 * @param clusterId the cluster it runs in
 * @param cluster name of that cluster
 * @param name DNS label, unique in its namespace
 * @param principal its identity in the mesh
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

    public String namespace() {
        return principal.namespace();
    }

    public String serviceAccount() {
        return principal.serviceAccount();
    }
}
