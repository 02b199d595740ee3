package io.waypass.request;

import io.waypass.access.Person;
import io.waypass.app.Apps;
import io.waypass.certificate.Certificates;
import io.waypass.cluster.Clusters;
import io.waypass.cluster.OrphanRemovals;
import io.waypass.destination.Destinations;
import io.waypass.identity.CertificateInspection;
import io.waypass.identity.IdentityRevisions;
import io.waypass.resource.Resources;
import io.waypass.sealing.SealingKeysets;
import java.util.Collection;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What core needs to know of a kind of resource: how a new request is validated, and how requests are described. Everything else about
 * requests is the same for all kinds.
 *
 * <p>{@link io.waypass.reconcile.DesiredState} is what the applier needs of a revision, {@code io.waypass.decision.PolicyCases} how
 * policies see a request. {@link Registry} has the switches over kinds, so that a new kind does not compile until it has a type.
 *
 * @param <N> new requests of the kind
 */
public sealed interface ResourceType<N extends NewRequest> permits IdentityType, ClusterType {

    /**
     * The revision that a request proposes.
     *
     * @param requestId key of the request
     * @param resourceId key of the resource
     * @param revision number of the revision
     */
    record Proposed(long requestId, RequestKind kind, long resourceId, int revision) {}

    /**
     * Validates a new request, without storing anything.
     *
     * @throws io.waypass.refusal.Refusal with every problem
     */
    Proposal propose(Person person, N request);

    /** {@return the subjects of requests of this kind, by key of the request} */
    Map<Long, RequestSubject> subjects(Collection<Proposed> requests);

    /** {@return the content of a request of this kind} */
    RequestContent content(Proposed request);

    /** The kinds of resources that requests are about. */
    final class Registry {

        private final IdentityType identity;
        private final ClusterType cluster;

        public Registry(
                JdbcClient jdbc,
                Apps apps,
                Destinations destinations,
                Clusters clusters,
                SealingKeysets sealing,
                CertificateInspection inspection,
                Certificates certificates,
                IdentityRevisions identities,
                OrphanRemovals removals,
                Resources resources,
                RequestTransitions transitions) {
            IdentityProposals proposals = new IdentityProposals(
                    jdbc, apps, destinations, clusters, sealing, inspection, certificates, identities, transitions);
            identity = new IdentityType(jdbc, destinations, certificates, proposals);
            cluster = new ClusterType(clusters, removals, resources);
        }

        /** {@return the type of resource that requests of a kind are about} */
        ResourceType<?> of(RequestKind kind) {
            return switch (kind) {
                case CREATE_IDENTITY, ROTATE_CERTIFICATE, RETIRE_IDENTITY, REFRESH -> identity;
                case REMOVE_ORPHANS -> cluster;
            };
        }

        /** Validates a new request by its type. */
        Proposal propose(Person person, NewRequest request) {
            return switch (request) {
                case NewRequest.OfIdentity wanted -> identity.propose(person, wanted);
                case NewRequest.OfOrphans wanted -> cluster.propose(person, wanted);
            };
        }
    }
}
