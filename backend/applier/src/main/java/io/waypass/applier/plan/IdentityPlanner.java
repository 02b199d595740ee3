package io.waypass.applier.plan;

import io.waypass.applier.cluster.ClusterObjects;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.applier.inventory.Inventory;
import io.waypass.applier.inventory.ReliedFacts;
import io.waypass.certificate.CertificateIntake;
import io.waypass.identity.IdentitySpec;
import io.waypass.manifests.IdentityManifests;
import io.waypass.manifests.Manifest;
import io.waypass.plan.CheckCode;
import io.waypass.plan.NewPlan;
import io.waypass.plan.PlanCheck;
import io.waypass.plan.PlanObject;
import io.waypass.plan.PlanObject.Action;
import io.waypass.reconcile.PlanJob;
import io.waypass.request.RequestKind;
import io.waypass.resource.ObjectPlace;
import io.waypass.resource.ResourceKind;
import io.waypass.sealing.SealingKeyset;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Works out what a request about an identity would do: renders it, checks what an identity needs, and plans each object. Nothing is
 * written to the cluster; the private key is opened only to see that it opens and belongs to the certificate, and never leaves the
 * applier's memory.
 */
final class IdentityPlanner {

    private final CredentialChecks credential;
    private final IdentityChecks checks;
    private final ObjectPlanner planner;
    private final Clock clock;

    IdentityPlanner(
            ClusterObjects cluster, Inventory inventory, SealingKeyset keyset, CertificateIntake intake, Clock clock) {
        this.credential = new CredentialChecks(keyset, intake, clock);
        this.checks = new IdentityChecks(cluster);
        this.planner = new ObjectPlanner(cluster, inventory, ResourceKind.IDENTITY, clock);
        this.clock = clock;
    }

    /**
     * Plans a request.
     *
     * @throws io.waypass.applier.cluster.ApiServerAway if the API server did not answer
     */
    NewPlan plan(PlanJob.OfIdentity job) {
        Instant begin = clock.instant();
        IdentitySpec desired = job.desired();
        boolean retirement = job.kind() == RequestKind.RETIRE_IDENTITY;
        List<Manifest> manifests = Stream.concat(
                        IdentityManifests.renderShared(desired).stream(),
                        retirement ? Stream.empty() : IdentityManifests.render(desired).stream())
                .toList();
        List<Manifest> leftovers = leftovers(job, manifests);
        ReliedFacts reliedFacts = planner.reliedFacts(manifests, leftovers);
        List<PlanCheck> found = new ArrayList<>();
        job.credential().ifPresent(presented -> found.addAll(credential.of(presented)));
        if (!retirement) {
            // a retirement needs none of the facts that an app needs
            found.addAll(checks.of(job, reliedFacts));
            found.addAll(
                    ManifestChecks.of(manifests.stream().map(Manifest::tree).toList()));
        }
        boolean namespaceMissing =
                found.stream().anyMatch(check -> check.is(CheckCode.NAMESPACE_EXISTS, PlanCheck.Level.FAILED));
        List<PlanObject> objects = new ArrayList<>();
        for (Manifest manifest : manifests) {
            boolean nowhereToTry = namespaceMissing
                    && manifest.namespace().equals(desired.app().namespace());
            objects.add(planner.plan(manifest, nowhereToTry, reliedFacts, found));
        }
        Set<ObjectPlace> removedBefore = job.written().stream()
                .filter(object -> object.action() == Action.DELETE)
                .map(object -> ObjectKey.of(Manifest.of(object.manifest())).place())
                .collect(Collectors.toSet());
        for (Manifest manifest : leftovers) {
            boolean before = removedBefore.contains(ObjectKey.of(manifest).place());
            planner.planRemoval(manifest, before, job.known(), reliedFacts, found)
                    .ifPresent(objects::add);
        }
        ObjectPlanner.passWhatDidNotFail(
                found,
                namespaceMissing
                        ? "What could be tried without the namespace, the API server would accept."
                        : "The API server would accept all " + manifests.size() + " objects.");
        return new NewPlan(
                ObjectPlanner.digest(objects),
                found,
                objects,
                reliedFacts.relied(),
                Duration.between(begin, clock.instant()));
    }

    /** What earlier plans wrote and this one does not, in the order of removal. */
    private static List<Manifest> leftovers(PlanJob.OfIdentity job, List<Manifest> manifests) {
        Set<ObjectPlace> places = manifests.stream()
                .map(manifest -> ObjectKey.of(manifest).place())
                .collect(Collectors.toSet());
        return Manifest.inOrderOfRemoval(job.written().stream()
                .map(object -> Manifest.of(object.manifest()))
                .filter(manifest -> !places.contains(ObjectKey.of(manifest).place()))
                .toList());
    }
}
