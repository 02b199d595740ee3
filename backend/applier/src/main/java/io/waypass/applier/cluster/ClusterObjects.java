package io.waypass.applier.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.cache.ReducedStateItemStore;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Reads and applies objects of one cluster, as JSON. Applying is server-side apply with one field manager, never forced:
 * a field that somebody else owns is refused with 409, not taken.
 */
public class ClusterObjects {

    /** Our name among field managers. */
    public static final String FIELD_MANAGER = "waypass";

    /** Reason of a cause that says which manager owns a field, and nothing of its value. */
    private static final String OWNED = "FieldManagerConflict";

    private static final int FORBIDDEN = 403;

    private final KubernetesClient client;
    private final ObjectMapper json = new ObjectMapper();

    /**
     * Makes the view.
     *
     * @param client with a bounded time for each call
     */
    public ClusterObjects(KubernetesClient client) {
        this.client = client;
    }

    /**
     * Reads an object.
     *
     * @param key where it is
     * @return the object, empty if there is none
     * @throws ApiServerAway if nothing was answered
     * @throws ApiServerRefused if it may not be read
     */
    public Optional<LiveObject> get(ObjectKey key) {
        return calling(key, () -> Optional.ofNullable(resource(key).get())).map(this::live);
    }

    /**
     * Applies an object, or finds out what applying it would do.
     *
     * @param desired the whole object
     * @param dryRun whether the API server shall only pretend
     * @return the object as the API server has it then
     * @throws ApiServerAway if nothing was answered
     * @throws ApiServerRefused if the API server says no
     */
    public LiveObject apply(ObjectNode desired, boolean dryRun) {
        ObjectKey key = key(desired);
        PatchContext.Builder how = new PatchContext.Builder()
                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                .withFieldManager(FIELD_MANAGER)
                .withForce(false);
        if (dryRun) {
            how.withDryRun(List.of("All"));
        }
        GenericKubernetesResource item = json.convertValue(desired, GenericKubernetesResource.class);
        return live(calling(
                key,
                () -> client.genericKubernetesResources(context(key, true))
                        .inNamespace(key.namespace())
                        .resource(item)
                        .patch(how.build())));
    }

    /**
     * Watches all objects of a kind from now on.
     *
     * @param kind whose apiVersion and kind count; with a namespace, only there
     * @param labels a label selector; empty for all objects
     * @param seen called for each object that is there or changes
     * @param gone called with the text form of each object that goes
     * @return the watch, to be closed
     */
    public ObjectWatch watch(
            ObjectKey kind, String labels, Consumer<LiveObject> seen, Consumer<String> gone, Runnable sighted) {
        var all = client.genericKubernetesResources(context(kind, !kind.plural().equals("namespaces")));
        var there = kind.namespace().isEmpty() ? all.inAnyNamespace() : all.inNamespace(kind.namespace());
        var informer = (labels.isEmpty() ? there : there.withLabelSelector(labels)).runnableInformer(0);
        // what objects say is kept by who listens; here their names and versions are enough
        informer.itemStore(new ReducedStateItemStore<>(
                ReducedStateItemStore.NAME_KEY_STATE,
                GenericKubernetesResource.class,
                client.getKubernetesSerialization(),
                "apiVersion",
                "kind"));
        ObjectWatch watch = new ObjectWatch(
                kind,
                informer,
                object -> {
                    // the items of a list do not carry it
                    object.setKind(kind.kind());
                    seen.accept(live(object));
                },
                object -> gone.accept(LiveObject.text(
                        kind.kind(),
                        object.getMetadata().getNamespace(),
                        object.getMetadata().getName())),
                sighted);
        watch.start();
        return watch;
    }

    /** Whether the API server answers at all. */
    public boolean answers() {
        try {
            client.getKubernetesVersion();
            return true;
        } catch (KubernetesClientException _) {
            return false;
        }
    }

    /**
     * Where an object's JSON says that it is.
     *
     * @param object with apiVersion, kind, namespace and name
     * @return the key
     */
    public static ObjectKey key(JsonNode object) {
        JsonNode metadata = object.path("metadata");
        return new ObjectKey(
                object.path("apiVersion").asText(),
                object.path("kind").asText(),
                metadata.path("namespace").asText(),
                metadata.path("name").asText());
    }

    private Resource<GenericKubernetesResource> resource(ObjectKey key) {
        return key.namespace().isEmpty()
                ? client.genericKubernetesResources(context(key, false)).withName(key.name())
                : client.genericKubernetesResources(context(key, true))
                        .inNamespace(key.namespace())
                        .withName(key.name());
    }

    private static ResourceDefinitionContext context(ObjectKey key, boolean namespaced) {
        return new ResourceDefinitionContext.Builder()
                .withGroup(key.group())
                .withVersion(key.version())
                .withKind(key.kind())
                .withPlural(key.plural())
                .withNamespaced(namespaced)
                .build();
    }

    private LiveObject live(GenericKubernetesResource resource) {
        return new LiveObject(json.valueToTree(resource));
    }

    private <T> T calling(ObjectKey key, Supplier<T> call) {
        try {
            try {
                return call.get();
            } catch (KubernetesClientException e) {
                if (e.getCode() != FORBIDDEN) {
                    throw e;
                }
                // an API server that has just started knows no roles yet, and forbids everything to everybody
                if (!ready()) {
                    throw new ApiServerAway("it is starting, and forbids everything until it is ready");
                }
                return call.get();
            }
        } catch (KubernetesClientException e) {
            int code = e.getCode();
            if (code <= 0 || code == 401 || code == 429 || code >= 500) {
                throw new ApiServerAway(code <= 0 ? cause(e) : "it answered " + code + " to a call about " + key);
            }
            throw new ApiServerRefused(code, key + ": " + words(key, e), conflicts(e));
        }
    }

    private boolean ready() {
        try {
            return "ok".equals(client.raw("/readyz"));
        } catch (KubernetesClientException _) {
            return false;
        }
    }

    private static List<ApiServerRefused.Conflict> conflicts(KubernetesClientException e) {
        if (e.getStatus() == null
                || e.getStatus().getDetails() == null
                || e.getStatus().getDetails().getCauses() == null) {
            return List.of();
        }
        return e.getStatus().getDetails().getCauses().stream()
                .filter(cause -> OWNED.equals(cause.getReason()))
                .map(cause -> new ApiServerRefused.Conflict(
                        String.valueOf(cause.getField()), manager(String.valueOf(cause.getMessage()))))
                .toList();
    }

    /** {@code conflict with "kubectl" using v1}: the name, without what is around it. */
    private static String manager(String message) {
        int begin = message.indexOf('"');
        int end = message.indexOf('"', begin + 1);
        return begin < 0 || end < 0 ? message : message.substring(begin + 1, end);
    }

    private static String cause(KubernetesClientException e) {
        Throwable root = e;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        String text = root.getMessage();
        return root.getClass().getSimpleName() + (text == null || root == e ? "" : ": " + text);
    }

    /** The API server may quote what it refuses; of a Secret only the fields' names and their owners are kept. */
    static String words(ObjectKey key, KubernetesClientException e) {
        Status status = e.getStatus();
        if (status == null) {
            return "HTTP " + e.getCode();
        }
        if (!key.kind().equals("Secret")) {
            return status.getMessage() == null ? "HTTP " + e.getCode() : status.getMessage();
        }
        String fields = status.getDetails() == null || status.getDetails().getCauses() == null
                ? ""
                : status.getDetails().getCauses().stream()
                        .filter(cause -> cause.getField() != null)
                        .map(cause -> OWNED.equals(cause.getReason())
                                ? cause.getField() + " (" + cause.getMessage() + ")"
                                : cause.getField())
                        .collect(Collectors.joining(", "));
        return status.getReason() + (fields.isEmpty() ? "" : " because of " + fields) + " (HTTP " + e.getCode() + ")";
    }
}
