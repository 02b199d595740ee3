package io.waypass.applier.mesh;

import io.waypass.applier.cluster.ObjectKey;
import io.waypass.applier.inventory.Inventory;
import io.waypass.applier.inventory.IstiodSighting;
import io.waypass.applier.inventory.ReliedFacts;
import io.waypass.identity.IdentitySpec;
import io.waypass.manifests.IdentityManifests;
import io.waypass.resource.Condition;
import io.waypass.resource.Observation.ObservedCondition;
import io.waypass.resource.Observations.ResourceCondition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The applied identities of the cluster in memory, by the facts that their conditions rely on: a change of the mesh costs
 * nothing but the evaluation of those that it concerns. Not thread-safe.
 */
final class FollowedIdentities {

    private static final class Followed {
        private final long resourceId;
        private final IdentitySpec spec;
        private final Set<String> own;
        private final Map<Condition.Type, ObservedCondition> recorded = new EnumMap<>(Condition.Type.class);
        private Set<String> facts = Set.of();

        private Followed(long resourceId, IdentitySpec spec) {
            this.resourceId = resourceId;
            this.spec = spec;
            this.own = IdentityManifests.render(spec).stream()
                    .map(manifest -> ObjectKey.of(manifest).toString())
                    .collect(Collectors.toUnmodifiableSet());
        }
    }

    private final Inventory inventory;
    private final Map<String, Followed> identities = new HashMap<>();
    private final Map<String, Set<String>> byFact = new HashMap<>();

    FollowedIdentities(Inventory inventory) {
        this.inventory = inventory;
    }

    /** {@return the revision that is followed; empty if the identity is not} */
    Optional<Integer> revision(String identity) {
        return Optional.ofNullable(identities.get(identity)).map(followed -> followed.spec.revision());
    }

    void follow(long resourceId, IdentitySpec spec) {
        identities.put(spec.publicId(), new Followed(resourceId, spec));
    }

    /** Stops following all but some. */
    void retainOnly(Set<String> kept) {
        List.copyOf(identities.keySet()).stream()
                .filter(identity -> !kept.contains(identity))
                .forEach(this::forget);
    }

    void forget(String identity) {
        Followed followed = identities.remove(identity);
        if (followed != null) {
            followed.facts.forEach(fact -> unlink(fact, identity));
        }
    }

    private void unlink(String fact, String identity) {
        byFact.computeIfPresent(fact, (_, those) -> {
            those.remove(identity);
            return those.isEmpty() ? null : those;
        });
    }

    Set<String> all() {
        return Set.copyOf(identities.keySet());
    }

    /** {@return the identities whose conditions rely on one of these facts} */
    Set<String> relyingOn(Collection<String> facts) {
        Set<String> found = new HashSet<>();
        facts.forEach(fact -> found.addAll(byFact.getOrDefault(fact, Set.of())));
        return found;
    }

    /**
     * Evaluates the conditions of some identities.
     *
     * @return those that differ from what was recorded last
     */
    List<ResourceCondition> evaluate(Collection<String> which) {
        List<ResourceCondition> changed = new ArrayList<>();
        IstiodSighting istiod = inventory.istiod();
        for (String identity : which) {
            Followed followed = identities.get(identity);
            if (followed == null) {
                continue;
            }
            ReliedFacts facts = inventory.reliedFacts(followed.own);
            for (ObservedCondition condition : MeshConditions.of(followed.spec, facts, istiod)) {
                if (!condition.equals(followed.recorded.get(condition.type()))) {
                    changed.add(new ResourceCondition(followed.resourceId, condition));
                }
            }
            link(identity, followed, Set.copyOf(facts.relied().keySet()));
        }
        return changed;
    }

    private void link(String identity, Followed followed, Set<String> facts) {
        if (!facts.equals(followed.facts)) {
            followed.facts.forEach(fact -> unlink(fact, identity));
            facts.forEach(
                    fact -> byFact.computeIfAbsent(fact, _ -> new HashSet<>()).add(identity));
            followed.facts = facts;
        }
    }

    /** Remembers what was recorded, so that it is not recorded again. */
    void recorded(Collection<ResourceCondition> conditions) {
        Map<Long, Followed> byId = identities.values().stream()
                .collect(Collectors.toMap(followed -> followed.resourceId, followed -> followed));
        conditions.forEach(recorded -> Optional.ofNullable(byId.get(recorded.resourceId()))
                .ifPresent(
                        followed -> followed.recorded.put(recorded.condition().type(), recorded.condition())));
    }
}
