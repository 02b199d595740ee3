package io.waypass.applier.reconcile;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waypass.manifests.Manifest;
import io.waypass.manifests.PlanDigest;
import io.waypass.plan.PlanObject;
import io.waypass.reconcile.ReconcileStore.Target;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The approved state, parsed once: the objects that exist in it, those that do not, and whether they hash to the approved digest. */
final class ApprovedState {

    private static final Logger LOG = LoggerFactory.getLogger(ApprovedState.class);

    private final Target target;
    private final List<Manifest> wanted;
    private final List<Manifest> unwanted;
    private final boolean hashes;

    ApprovedState(Target target) {
        this.target = target;
        List<Manifest> applied = manifests(target, false);
        unwanted = manifests(target, true);
        String digest = PlanDigest.of(applied, unwanted);
        hashes = digest.equals(target.digest());
        if (!hashes) {
            LOG.error(
                    "{}: the stored manifests hash to {}, not to the approved {}",
                    target.request(),
                    digest,
                    target.digest());
        }
        wanted = applied.stream()
                .filter(manifest -> target.desired().keepsShared() || !manifest.shared())
                .map(this::withDigest)
                .toList();
    }

    private static List<Manifest> manifests(Target target, boolean removed) {
        return target.objects().stream()
                .filter(object -> (object.action() == PlanObject.Action.DELETE) == removed)
                .map(object -> Manifest.of(object.manifest()))
                .toList();
    }

    /** A resource's own objects name their plan in the cluster; shared objects belong to many plans. */
    private Manifest withDigest(Manifest manifest) {
        if (manifest.shared()) {
            return manifest;
        }
        ObjectNode object = manifest.tree();
        ((ObjectNode) object.path("metadata").path("annotations")).put("waypass.io/digest", target.digest());
        return Manifest.of(object.toString());
    }

    Target target() {
        return target;
    }

    /** Whether the stored manifests hash to the approved digest. */
    boolean hashes() {
        return hashes;
    }

    /** Manifests of the objects that exist in this state, in the order of apply. */
    List<Manifest> wanted() {
        return wanted;
    }

    /** Manifests of the objects that do not exist in this state, in the order of removal. */
    List<Manifest> unwanted() {
        return unwanted;
    }

    boolean retires() {
        return target.retires();
    }

    ResourceRules rules() {
        return ResourceRules.of(target.desired());
    }
}
