package io.waypass.destination;

import java.util.Optional;

/**
 * An external service in the catalogue.
 *
 * @param id key inside the database
 * @param slug DNS label, unique; part of object names
 * @param displayName for people
 * @param host the service's real host name, lower case
 * @param port the service's TLS port, usually 443
 * @param listenPort the plaintext port that apps call inside the mesh, usually 80
 * @param sharedServiceEntry name of the ServiceEntry in the gateway's namespace that the calls of all apps use
 * @param caBundlePem authorities that signed the service's server certificate, if the catalogue has them
 * @param approvals number of approvals that a request for it needs, 1 by default
 */
public record Destination(
        long id,
        String slug,
        String displayName,
        String host,
        int port,
        int listenPort,
        String sharedServiceEntry,
        Optional<String> caBundlePem,
        int approvals) {}
