package io.waypass.applier.plan;

import io.waypass.applier.cluster.ApiServerRefused;
import io.waypass.applier.cluster.ClusterObjects;
import io.waypass.applier.cluster.LiveObject;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.applier.inventory.Fact;
import io.waypass.applier.inventory.ReliedFacts;
import io.waypass.applier.mesh.FactChecks;
import io.waypass.applier.mesh.MeshChecks;
import io.waypass.identity.IdentitySpec;
import io.waypass.identity.Rival;
import io.waypass.manifests.ObjectKind;
import io.waypass.plan.CheckCode;
import io.waypass.plan.PlanCheck;
import io.waypass.reconcile.PlanJob;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What has to hold in the cluster for an identity to work, and that its destination works ({@link DestinationChecks}). Single objects
 * are read from the API server, questions about the whole mesh are put to the inventory. What cannot be seen is said to be unknown, never
 * passed.
 */
final class IdentityChecks {

    /** Where {@code default} runs, nobody can be told apart. */
    private static final String EVERYBODY = "default";

    private final ClusterObjects cluster;
    private final DestinationChecks destination;

    IdentityChecks(ClusterObjects cluster) {
        this.cluster = cluster;
        this.destination = new DestinationChecks(cluster);
    }

    List<PlanCheck> of(PlanJob.OfIdentity job, ReliedFacts reliedFacts) {
        IdentitySpec desired = job.desired();
        List<PlanCheck> found = new ArrayList<>();
        namespace(desired, reliedFacts, found);
        found.add(owner(job));
        serviceAccount(desired, reliedFacts, found);
        found.add(principal(job));
        found.addAll(destination.of(desired.cluster(), desired.gateway(), desired.destination(), reliedFacts));
        found.add(MeshChecks.syntheticHost(desired, reliedFacts));
        found.add(MeshChecks.routes(desired, reliedFacts));
        found.add(MeshChecks.credential(desired, reliedFacts));
        found.add(FactChecks.watched(reliedFacts));
        return found;
    }

    private void namespace(IdentitySpec desired, ReliedFacts reliedFacts, List<PlanCheck> found) {
        String name = desired.app().namespace();
        Optional<LiveObject> namespace;
        try {
            namespace = cluster.get(ObjectKey.of(ObjectKind.NAMESPACE, "", name));
        } catch (ApiServerRefused refusal) {
            found.add(FactChecks.unseen(CheckCode.NAMESPACE_EXISTS, "the namespace " + name, refusal.words()));
            return;
        }
        reliedFacts.read(Fact.namespace(name), namespace);
        if (namespace.isEmpty()) {
            found.add(CheckCode.NAMESPACE_EXISTS.failed(
                    "There is no namespace " + name + " in cluster "
                            + desired.cluster().name() + ".",
                    "Create it, or register the app in the one where it runs."));
            return;
        }
        found.add(CheckCode.NAMESPACE_EXISTS.passed("The namespace " + name + " exists."));
        found.add(
                namespace
                                .get()
                                .at("/metadata/labels/istio.io~1dataplane-mode")
                                .asText()
                                .equals(Fact.AMBIENT)
                        ? CheckCode.NAMESPACE_AMBIENT.passed("The namespace is in the ambient mesh.")
                        : CheckCode.NAMESPACE_AMBIENT.warning(
                                "The namespace " + name
                                        + " has no label istio.io/dataplane-mode=ambient. Unless the pods carry it themselves, the app is outside"
                                        + " the mesh, has no principal there, and its calls do not pass the gateway.",
                                "Label the namespace, or the app's pods."));
    }

    private static PlanCheck owner(PlanJob.OfIdentity job) {
        String namespace = job.desired().app().namespace();
        if (job.owner().filter(job.team()::equals).isPresent()) {
            return CheckCode.NAMESPACE_TEAM.passed(
                    "The namespace " + namespace + " belongs to team " + job.team() + ".");
        }
        return CheckCode.NAMESPACE_TEAM.failed(
                "The namespace " + namespace + " belongs to "
                        + job.owner().map(team -> "team " + team).orElse("no team") + ", not to team " + job.team()
                        + ", which asks.",
                "Have a platform admin give the namespace to the team, or ask from the team that has it.");
    }

    private void serviceAccount(IdentitySpec desired, ReliedFacts reliedFacts, List<PlanCheck> found) {
        String name = desired.app().serviceAccount();
        String namespace = desired.app().namespace();
        found.add(
                name.equals(EVERYBODY)
                        ? CheckCode.SERVICE_ACCOUNT_OWN.failed(
                                "The app runs as the service account default, as every pod of the namespace does that names none.",
                                "Give the app a service account of its own, and register it with that.")
                        : CheckCode.SERVICE_ACCOUNT_OWN.passed("The service account " + name + " is not default."));
        try {
            Optional<LiveObject> account = cluster.get(ObjectKey.of(ObjectKind.SERVICE_ACCOUNT, namespace, name));
            reliedFacts.read(Fact.serviceAccount(namespace, name), account);
            found.add(
                    account.isPresent()
                            ? CheckCode.SERVICE_ACCOUNT_EXISTS.passed("The service account " + name
                                    + " exists; the mesh will know the app as "
                                    + desired.app().principal().spiffeId() + ".")
                            : CheckCode.SERVICE_ACCOUNT_EXISTS.failed(
                                    "There is no service account " + name + " in " + namespace + ".",
                                    "Create it and let the app's pods run as it, or register the app under another name with the one that they run as."));
        } catch (ApiServerRefused refusal) {
            found.add(FactChecks.unseen(
                    CheckCode.SERVICE_ACCOUNT_EXISTS, "the service account " + name, refusal.words()));
        }
    }

    /** Two gateways may lead to one host; then which certificate is presented would be left to chance. */
    private static PlanCheck principal(PlanJob.OfIdentity job) {
        String principal = job.desired().app().principal().spiffeId();
        String host = job.desired().destination().host();
        List<Rival> here = job.rivals().stream()
                .filter(rival -> rival.cluster().equals(job.desired().cluster().name()))
                .toList();
        if (!here.isEmpty()) {
            return CheckCode.PRINCIPAL_UNIQUE.failed(
                    "The identity " + here.getFirst().identity() + " at the destination "
                            + here.getFirst().destination() + " is for " + principal + " at " + host + " already.",
                    "Ask for a rotation of that identity, or choose another destination.");
        }
        if (!job.rivals().isEmpty()) {
            Rival rival = job.rivals().getFirst();
            return CheckCode.PRINCIPAL_UNIQUE.warning(
                    "In cluster " + rival.cluster() + ", which has the same trust domain, the identity "
                            + rival.identity() + " is for " + principal + " at " + host + ".",
                    "If both clusters are one mesh, make sure that both shall present the same subject.");
        }
        return CheckCode.PRINCIPAL_UNIQUE.passed("No other identity is for " + principal + " at " + host + ".");
    }
}
