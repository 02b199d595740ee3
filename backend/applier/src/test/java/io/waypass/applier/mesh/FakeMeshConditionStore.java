package io.waypass.applier.mesh;

import io.waypass.identity.IdentityRevisions.Applied;
import io.waypass.identity.IdentitySpec;
import io.waypass.reconcile.MeshConditionStore;
import io.waypass.resource.Condition.Type;
import io.waypass.resource.Observation.ObservedCondition;
import io.waypass.resource.Observations.ResourceCondition;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Applied identities, and their conditions as they were recorded last. */
final class FakeMeshConditionStore implements MeshConditionStore {

    final Map<Long, IdentitySpec> applied = new TreeMap<>();
    final Map<Long, Map<Type, ObservedCondition>> conditions = new HashMap<>();
    int statements;
    int rows;
    Optional<RuntimeException> away = Optional.empty();

    ObservedCondition condition(long id, Type type) {
        return conditions.get(id).get(type);
    }

    @Override
    public List<Applied> listApplied() {
        return applied.entrySet().stream()
                .map(entry -> new Applied(
                        entry.getKey(),
                        entry.getValue().publicId(),
                        entry.getValue().revision()))
                .toList();
    }

    @Override
    public Map<Long, IdentitySpec> load(Collection<String> identities) {
        Map<Long, IdentitySpec> found = new TreeMap<>(applied);
        found.values().removeIf(spec -> !identities.contains(spec.publicId()));
        return found;
    }

    @Override
    public void record(List<ResourceCondition> seen) {
        away.ifPresent(reason -> {
            throw reason;
        });
        statements++;
        rows += seen.size();
        seen.forEach(each -> conditions
                .computeIfAbsent(each.resourceId(), _ -> new HashMap<>())
                .put(each.condition().type(), each.condition()));
    }
}
