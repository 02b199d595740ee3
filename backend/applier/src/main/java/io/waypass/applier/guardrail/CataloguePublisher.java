package io.waypass.applier.guardrail;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waypass.applier.cluster.ApiServerAway;
import io.waypass.applier.cluster.ApiServerRefused;
import io.waypass.applier.cluster.ClusterObjects;
import io.waypass.applier.cluster.LiveObject;
import io.waypass.applier.cluster.ObjectChanged;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.destination.Destinations;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the catalogue's hosts and gateways to the ConfigMap that is the parameter of the cluster's admission policies. Several appliers
 * may do so at once.
 */
public final class CataloguePublisher {

    private static final Logger LOG = LoggerFactory.getLogger(CataloguePublisher.class);
    private static final int ATTEMPTS = 5;

    /** A write that was made: repeating it changes nothing. */
    private record Written(String resourceVersion, Map<String, String> entries) {}

    private final ClusterObjects cluster;
    private final Supplier<List<Destinations.Entry>> catalogue;
    private final Optional<ObjectKey> configMap;
    private volatile @Nullable Written written;

    /**
     * @param catalogue reads the cluster's destinations
     * @param configMap where to write; empty if the cluster has no such policies
     */
    public CataloguePublisher(
            ClusterObjects cluster, Supplier<List<Destinations.Entry>> catalogue, Optional<ObjectKey> configMap) {
        this.cluster = cluster;
        this.catalogue = catalogue;
        this.configMap = configMap;
    }

    /** {@return whether there is anything to write to} */
    boolean isWanted() {
        return configMap.isPresent();
    }

    /**
     * Writes the ConfigMap if it differs from the catalogue. Entries of other managers stay: they make the policies stricter, and a
     * policy keeps others from adding any.
     *
     * @throws ApiServerAway if the API server did not answer, or others write the ConfigMap without end
     * @throws ApiServerRefused if the API server refuses the write
     */
    public void publish() {
        configMap.ifPresent(this::publish);
    }

    private void publish(ObjectKey key) {
        for (int attempt = 1; ; attempt++) {
            Optional<LiveObject> live = cluster.get(key);
            // after the object: an applier with older knowledge of the catalogue has an older object, too, and its
            // write is refused
            Map<String, String> entries = CatalogueEntries.of(catalogue.get());
            ObjectNode wanted = object(key, entries);
            if (live.filter(object -> object.at("/data").equals(wanted.path("data")) || isWritten(object, entries))
                    .isPresent()) {
                return;
            }
            try {
                cluster.write(key, wanted.toString().getBytes(StandardCharsets.UTF_8), live, true, true);
                written = live.map(object -> new Written(object.resourceVersion(), entries))
                        .orElse(null);
                LOG.info("{}: the guard rails know {} catalogue entries", key, entries.size());
                return;
            } catch (ObjectChanged changed) {
                if (attempt == ATTEMPTS) {
                    throw new ApiServerAway(changed.getMessage());
                }
            }
        }
    }

    /** Whether a write has left the object's version as it is: what differs belongs to other managers. */
    private boolean isWritten(LiveObject live, Map<String, String> entries) {
        return new Written(live.resourceVersion(), entries).equals(written);
    }

    private static ObjectNode object(ObjectKey key, Map<String, String> entries) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        object.put("apiVersion", key.apiVersion()).put("kind", key.kind());
        ObjectNode metadata = object.putObject("metadata");
        metadata.put("name", key.name()).put("namespace", key.namespace());
        metadata.putObject("labels").put("app.kubernetes.io/managed-by", ClusterObjects.FIELD_MANAGER);
        ObjectNode data = object.putObject("data");
        entries.forEach(data::put);
        return object;
    }
}
