package io.waypass.reconcile;

import io.waypass.certificate.StoredCertificate;
import io.waypass.cluster.OrphanRemovals;
import io.waypass.identity.Credential;
import io.waypass.identity.IdentityRevisions;
import io.waypass.plan.Plans;
import io.waypass.request.Attempts;
import io.waypass.request.Request;
import io.waypass.resource.Observations;
import io.waypass.team.Teams;
import java.time.Instant;
import java.util.Optional;

/** Loads the revision that a request proposes for the applier of one cluster, by its kind: to plan it, and to apply it. */
final class RevisionLoader {

    private final IdentityRevisions identities;
    private final OrphanRemovals removals;
    private final Teams teams;
    private final Plans plans;
    private final Attempts attempts;
    private final Observations observations;
    private final String cluster;

    RevisionLoader(
            IdentityRevisions identities,
            OrphanRemovals removals,
            Teams teams,
            Plans plans,
            Attempts attempts,
            Observations observations,
            String cluster) {
        this.identities = identities;
        this.removals = removals;
        this.teams = teams;
        this.plans = plans;
        this.attempts = attempts;
        this.observations = observations;
        this.cluster = cluster;
    }

    /** Loads what a request is planned from. */
    PlanJob planJob(Request request, String basis) {
        return switch (request.kind()) {
            case CREATE_IDENTITY, ROTATE_CERTIFICATE, RETIRE_IDENTITY, REFRESH -> identityJob(request, basis);
            case REMOVE_ORPHANS ->
                new PlanJob.OfOrphans(
                        request.id(),
                        request.publicId(),
                        basis,
                        request.statusMessage(),
                        removals.objects(request.resourceId(), request.revision()));
        };
    }

    private PlanJob identityJob(Request request, String basis) {
        DesiredState.OfIdentity revision = identity(request);
        return new PlanJob.OfIdentity(
                request.id(),
                request.publicId(),
                request.team().orElseThrow(),
                basis,
                request.statusMessage(),
                teams.ownerOf(
                        revision.spec().app().clusterId(), revision.spec().app().namespace()),
                identities.rivals(request.resourceId(), revision.spec()),
                revision.spec(),
                request.kind(),
                revision.credential(),
                observations.known(request.resourceId()),
                plans.written(
                        request.resourceId(), attempts.lastAppliedBefore(request.resourceId(), request.revision())));
    }

    /** Loads the desired state that an approved request proposes. */
    DesiredState load(Request request) {
        return switch (request.kind()) {
            case CREATE_IDENTITY, ROTATE_CERTIFICATE, RETIRE_IDENTITY, REFRESH -> identity(request);
            case REMOVE_ORPHANS -> throw new IllegalArgumentException("a removal of orphans leaves no state");
        };
    }

    private DesiredState.OfIdentity identity(Request request) {
        IdentityRevisions.Loaded revision = identities.load(request.resourceId(), request.revision(), cluster);
        return new DesiredState.OfIdentity(revision.spec(), revision.credential(), revision.destinationKept());
    }

    /** Records on the resource what was applied; nothing remains of a retired one. */
    void applied(long resourceId, DesiredState applied) {
        switch (applied) {
            case DesiredState.OfIdentity identity -> identities.inUseUntil(resourceId, validUntil(identity));
        }
    }

    private static Optional<Instant> validUntil(DesiredState.OfIdentity identity) {
        return identity.credential()
                .map(Credential::certificate)
                .map(StoredCertificate::facts)
                .map(facts -> facts.notAfter());
    }
}
