package io.waypass.applier.reconcile;

import io.waypass.applier.cluster.ClusterObjects;
import io.waypass.reconcile.DesiredState;
import io.waypass.resource.Observation.ObservedCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What reconciling has to know of a kind of resource; the rest is the same for all kinds. */
sealed interface ResourceRules permits IdentityRules {

    static ResourceRules of(DesiredState desired) {
        return switch (desired) {
            case DesiredState.OfIdentity identity -> new IdentityRules(identity);
        };
    }

    /** The team's namespace that the resource's objects are written to, which may be another team's by now. */
    Optional<String> namespace();

    /**
     * Reads objects that the resource relies on and no plan contains.
     *
     * @return what is not there any more, for people; empty if all is
     */
    Optional<String> missing(ClusterObjects cluster);

    /** The conditions of this kind, beside those that every resource has. */
    List<ObservedCondition> conditions(List<ObjectComparison> found, LiveStateReader live, Instant now);

    /** How long until one of these conditions changes by the time alone, which no watch tells; empty if none does. */
    Optional<Duration> untilNextChange(Instant now);
}
