package io.waypass.applier.reconcile;

import io.waypass.applier.cluster.ClusterObjects;
import io.waypass.reconcile.DesiredState;
import io.waypass.resource.Observation.ObservedCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What reconciling needs to know of a kind of resource; the rest is the same for all kinds. */
sealed interface ResourceRules permits IdentityRules {

    static ResourceRules of(DesiredState desired) {
        return switch (desired) {
            case DesiredState.OfIdentity identity -> new IdentityRules(identity);
        };
    }

    /** The team's namespace to which the resource's objects are written; another team may own it by now. */
    Optional<String> namespace();

    /**
     * Reads objects that the resource relies on and no plan contains.
     *
     * @return what is missing, for people; empty if nothing is
     */
    Optional<String> missing(ClusterObjects cluster);

    /** The conditions of this kind, in addition to those of every resource. */
    List<ObservedCondition> conditions(List<ObjectComparison> found, LiveStateReader live, Instant now);

    /** The delay until one of these conditions changes by time alone, which no watch reports; empty if none does. */
    Optional<Duration> untilNextChange(Instant now);
}
