package io.waypass.destination;

import java.util.Optional;

/**
 * An external service in the catalogue.
 *
 * @param id key inside the database
 * @param slug DNS label, unique; part of object names
 * @param displayName for people
 * @param gatewayId the gateway that leads there
 * @param host the service's real host name, lower case
 * @param port the service's TLS port, usually 443
 * @param listenPort the plaintext port that apps call inside the mesh, usually 80
 * @param sharedServiceEntry name of the ServiceEntry in the gateway's namespace that all apps' calls go to
 * @param caBundlePem who signs the service's server certificate, where the catalogue knows it
 * @param approvals how many approvals a request for it takes, 1 unless somebody said more
 */
public record Destination(
        long id,
        String slug,
        String displayName,
        long gatewayId,
        String host,
        int port,
        int listenPort,
        String sharedServiceEntry,
        Optional<String> caBundlePem,
        int approvals) {}
