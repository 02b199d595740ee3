package io.waypass.reconcile;

import io.waypass.identity.IdentityRevisions;
import io.waypass.identity.IdentityRevisions.Applied;
import io.waypass.identity.IdentitySpec;
import io.waypass.resource.Observations;
import io.waypass.resource.Observations.ResourceCondition;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.springframework.transaction.support.TransactionOperations;

final class JdbcMeshConditionStore implements MeshConditionStore {

    private final TransactionOperations transactions;
    private final IdentityRevisions identities;
    private final Observations observations;
    private final String cluster;

    JdbcMeshConditionStore(
            TransactionOperations transactions,
            IdentityRevisions identities,
            Observations observations,
            String cluster) {
        this.transactions = transactions;
        this.identities = identities;
        this.observations = observations;
        this.cluster = cluster;
    }

    @Override
    public List<Applied> listApplied() {
        return identities.applied(cluster);
    }

    @Override
    public Map<Long, IdentitySpec> load(Collection<String> publicIds) {
        return identities.appliedSpecs(publicIds, cluster);
    }

    @Override
    public void record(List<ResourceCondition> conditions) {
        transactions.executeWithoutResult(_ -> observations.recordEach(conditions));
    }
}
