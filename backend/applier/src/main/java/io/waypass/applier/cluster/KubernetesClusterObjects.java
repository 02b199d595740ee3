package io.waypass.applier.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.api.model.StatusCause;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.informers.cache.ReducedStateItemStore;
import io.waypass.applier.cluster.StatusClassifier.Classified;
import io.waypass.applier.cluster.StatusClassifier.Meaning;
import io.waypass.manifests.ObjectKind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@link ClusterObjects} on a fabric8 client. */
public class KubernetesClusterObjects implements ClusterObjects {

    static final String OURS_IN_QUERY = "app.kubernetes.io%2Fmanaged-by%3D" + FIELD_MANAGER;

    /**
     * A resourceVersion that no object has. An apply with it creates an object that does not exist, and is refused with
     * 409 if the object exists (measured with API server 1.37.2, of Secrets and of custom resources).
     */
    private static final String NOT_THERE = "1";

    /** Reason of a cause that names the manager that owns a field, without the field's value. */
    private static final String OWNED = "FieldManagerConflict";

    private static final Pattern NO_RIGHT = Pattern.compile(
            "secrets( \"[-a-z0-9.]+\")? is forbidden: User \"[-a-zA-Z0-9:._@]+\" cannot [a-z]+ resource \"secrets\" in API group \"\""
                    + "( in the namespace \"[-a-z0-9]+\"| at the cluster scope)");

    private static final String APPLY = "application/apply-patch+yaml";
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int TOO_MANY = 429;

    private final KubernetesClient client;
    private final Pace pace;
    private final Duration deadline;
    private final String address;
    private final ObjectMapper json = new ObjectMapper();
    private final StatusClassifier classifier = new StatusClassifier(json);

    /** The client needs {@link MetadataOnly} among its interceptors. */
    public KubernetesClusterObjects(KubernetesClient client, Pace pace, Duration deadline) {
        this.client = client;
        this.pace = pace;
        this.deadline = deadline;
        this.address = client.getMasterUrl().toString().replaceAll("/$", "");
    }

    @Override
    public Optional<LiveObject> get(ObjectKey key) {
        Answer answer = call(key, "GET", "", "", new byte[0], "application/json");
        try {
            return answer.code() == NOT_FOUND ? Optional.empty() : Optional.of(new LiveObject(tree(key, answer)));
        } finally {
            Arrays.fill(answer.body(), (byte) 0);
        }
    }

    @Override
    public void tryOut(ObjectNode desired) {
        ObjectKey key = ClusterObjects.key(desired);
        apply(key, query(false) + "&dryRun=All", bytes(desired));
    }

    @Override
    public void write(ObjectKey key, byte[] object, Optional<LiveObject> seen, boolean force, boolean exactly) {
        byte[] guarded = guarded(
                object,
                exactly || seen.isEmpty() ? "resourceVersion" : "uid",
                seen.map(live -> exactly ? live.resourceVersion() : live.uid()).orElse(NOT_THERE));
        try {
            apply(key, query(force), guarded);
        } finally {
            Arrays.fill(guarded, (byte) 0);
        }
    }

    @Override
    public void remove(LiveObject seen, boolean exactly) {
        ObjectNode preconditions = json.createObjectNode().put("uid", seen.uid());
        if (exactly) {
            preconditions.put("resourceVersion", seen.resourceVersion());
        }
        byte[] options = bytes(json.createObjectNode()
                .put("apiVersion", "v1")
                .put("kind", "DeleteOptions")
                .set("preconditions", preconditions));
        call(seen.key(), "DELETE", "", "application/json", options, "application/json");
    }

    @Override
    public ObjectWatch watch(
            ObjectKey kind, String labels, Consumer<LiveObject> seen, Consumer<ObjectKey> gone, Runnable watchedAgain) {
        var all = client.genericKubernetesResources(
                context(kind, ObjectKind.of(kind.kind()).isNamespaced()));
        var there = kind.namespace().isEmpty() ? all.inAnyNamespace() : all.inNamespace(kind.namespace());
        var named = kind.name().isEmpty() ? there : there.withField("metadata.name", kind.name());
        var informer = (labels.isEmpty() ? named : named.withLabelSelector(labels)).runnableInformer(0);
        // listeners store what they need of an object; names and versions are enough here
        informer.itemStore(new ReducedStateItemStore<>(
                ReducedStateItemStore.NAME_KEY_STATE,
                GenericKubernetesResource.class,
                client.getKubernetesSerialization(),
                "apiVersion",
                "kind"));
        // without it fabric8 (7.5.2, Reflector.cachedListing) requests a first list that may be old, and reports the
        // end of the list before its objects
        informer.initialState(Stream.empty());
        InformerWatch watch = new InformerWatch(
                kind,
                informer,
                object -> {
                    // the items of a list do not have them, and metadata alone has a kind of its own
                    object.setApiVersion(kind.apiVersion());
                    object.setKind(kind.kind());
                    seen.accept(live(object));
                },
                object -> gone.accept(new ObjectKey(
                        kind.apiVersion(),
                        kind.kind(),
                        Objects.requireNonNullElse(object.getMetadata().getNamespace(), ""),
                        object.getMetadata().getName())),
                watchedAgain);
        watch.start();
        return watch;
    }

    @Override
    public boolean answers() {
        try {
            client.getKubernetesVersion();
            return true;
        } catch (KubernetesClientException _) {
            return false;
        }
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

    private static String query(boolean force) {
        return "?fieldManager=" + FIELD_MANAGER + "&force=" + force;
    }

    /**
     * Inserts the field at the front of the JSON, so that the rest, which may be a Secret's content, is copied and not
     * parsed.
     */
    private static byte[] guarded(byte[] object, String field, String value) {
        String metadata = "\"metadata\":{";
        int at = indexOf(object, metadata.getBytes(StandardCharsets.UTF_8)) + metadata.length();
        byte[] guard = ("\"" + field + "\":\"" + value + "\",").getBytes(StandardCharsets.UTF_8);
        byte[] guarded = new byte[object.length + guard.length];
        System.arraycopy(object, 0, guarded, 0, at);
        System.arraycopy(guard, 0, guarded, at, guard.length);
        System.arraycopy(object, at, guarded, at + guard.length, object.length - at);
        return guarded;
    }

    private static int indexOf(byte[] text, byte[] part) {
        for (int i = 0; i <= text.length - part.length; i++) {
            if (Arrays.equals(text, i, i + part.length, part, 0, part.length)) {
                return i;
            }
        }
        throw new IllegalArgumentException("an object without metadata");
    }

    private byte[] bytes(JsonNode object) {
        try {
            return json.writeValueAsBytes(object);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a JSON tree could not be written", e);
        }
    }

    private ObjectNode tree(ObjectKey key, Answer answer) {
        try {
            return (ObjectNode) json.readTree(answer.body());
        } catch (IOException e) {
            // its message may quote a Secret
            throw new ApiServerAway("what it answered to a call about " + key + " is no JSON");
        }
    }

    private record Answer(int code, byte[] body, Duration retryAfter) {}

    /**
     * Applies an object. A write that is not answered in time says nothing of the API server if that answers another call: an admission
     * webhook may take up to 30 seconds, longer than a call here.
     */
    private void apply(ObjectKey key, String query, byte[] object) {
        try {
            refuseMissing(key, call(key, "PATCH", query, APPLY, object, MetadataOnly.OBJECT));
        } catch (ApiServerAway away) {
            if (away.isLate() && answersAbout(key)) {
                throw ApiServerRefused.unfinished(key, deadline);
            }
            throw away;
        }
    }

    /** Whether the object can be read, which takes etcd as well as the API server. */
    private boolean answersAbout(ObjectKey key) {
        try {
            Answer answer = send(key, "GET", "", "", new byte[0], "application/json");
            Arrays.fill(answer.body(), (byte) 0);
            return answer.code() < 300 || answer.code() == NOT_FOUND;
        } catch (ApiServerAway _) {
            return false;
        }
    }

    /**
     * A write fails if the namespace or the kind does not exist. A RoleBinding is retried: a Role becomes known a
     * moment after it was written.
     */
    private void refuseMissing(ObjectKey key, Answer answer) {
        if (answer.code() == NOT_FOUND) {
            Classified classified = classifier.classify(NOT_FOUND, answer.body());
            String words = words(key, status(classified, answer));
            if (key.kind().equals("RoleBinding") && classified.meaning() != Meaning.DENIED) {
                throw new ApiServerAway("it does not know the Role of the " + key + " yet: " + words);
            }
            throw new ApiServerRefused(NOT_FOUND, key + ": " + words, List.of());
        }
    }

    private Answer call(ObjectKey key, String method, String query, String type, byte[] body, String accept) {
        Answer answer = send(key, method, query, type, body, accept);
        if (answer.code() == FORBIDDEN) {
            // an API server that has just started knows no roles yet, and forbids everything
            if (!ready()) {
                throw new ApiServerAway("it is starting, and forbids everything until it is ready");
            }
            answer = send(key, method, query, type, body, accept);
        }
        int code = answer.code();
        if (code < 300 || code == NOT_FOUND) {
            pace.good();
            return answer;
        }
        if (code == TOO_MANY && classifier.classify(code, answer.body()).meaning() == Meaning.AWAY) {
            pace.tooFast(answer.retryAfter());
        }
        throw failure(key, answer);
    }

    private RuntimeException failure(ObjectKey key, Answer answer) {
        int code = answer.code();
        Classified classified = classifier.classify(code, answer.body());
        Status status = status(classified, answer);
        String words = words(key, status);
        String away = "it answered " + code + " to a call about " + key + ": " + words;
        return switch (classified.meaning()) {
            case AWAY -> new ApiServerAway(away, code == TOO_MANY ? Duration.ofSeconds(1) : Duration.ZERO);
            case LATE -> ApiServerAway.late(away);
            case WEBHOOK_SILENT ->
                ApiServerRefused.webhookSilent(key, classified.webhook().orElseThrow(), code, words);
            case DENIED -> new ApiServerRefused(code, key + ": " + words, List.of());
            case REFUSED -> {
                List<ApiServerRefused.Conflict> conflicts = conflicts(status);
                yield code == CONFLICT && conflicts.isEmpty()
                        ? new ObjectChanged(key)
                        : new ApiServerRefused(code, key + ": " + words, conflicts);
            }
        };
    }

    private Answer send(ObjectKey key, String method, String query, String type, byte[] body, String accept) {
        pace.await();
        HttpRequest.Builder request = client.getHttpClient()
                .newHttpRequestBuilder()
                .uri(address + key.path() + query)
                .timeout(deadline.toMillis(), TimeUnit.MILLISECONDS);
        if (body.length == 0) {
            request.method(method, null, (String) null);
        } else {
            request.method(method, type, new ByteArrayInputStream(body), body.length);
        }
        CompletableFuture<HttpResponse<byte[]>> answer = client.getHttpClient()
                .sendAsync(request.setHeader("Accept", accept).build(), byte[].class);
        try {
            HttpResponse<byte[]> response = answer.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
            return new Answer(
                    response.code(), response.body() == null ? new byte[0] : response.body(), retryAfter(response));
        } catch (ExecutionException e) {
            throw new ApiServerAway(cause(e));
        } catch (TimeoutException _) {
            answer.cancel(true);
            throw ApiServerAway.late("no answer within " + deadline.toMillis() + " ms to a call about " + key);
        } catch (InterruptedException _) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new ApiServerAway("the applier is stopping");
        }
    }

    private static Duration retryAfter(HttpResponse<?> response) {
        try {
            String header = response.header("Retry-After");
            return Duration.ofSeconds(header == null ? 1 : Long.parseLong(header.strip()));
        } catch (NumberFormatException _) {
            // a date; the API server itself sends seconds
            return Duration.ofSeconds(1);
        }
    }

    private boolean ready() {
        try {
            return "ok".equals(client.raw("/readyz"));
        } catch (KubernetesClientException _) {
            return false;
        }
    }

    private static Status status(Classified classified, Answer answer) {
        return classified
                .status()
                .orElseGet(() -> new StatusBuilder()
                        .withReason("HTTP " + answer.code())
                        .withMessage("HTTP " + answer.code())
                        .withCode(answer.code())
                        .build());
    }

    private static List<ApiServerRefused.Conflict> conflicts(Status status) {
        return causes(status).stream()
                .filter(cause -> OWNED.equals(cause.getReason()))
                .map(cause -> new ApiServerRefused.Conflict(
                        String.valueOf(cause.getField()), manager(String.valueOf(cause.getMessage()))))
                .toList();
    }

    private static List<StatusCause> causes(Status status) {
        return status.getDetails() == null || status.getDetails().getCauses() == null
                ? List.of()
                : status.getDetails().getCauses();
    }

    /** {@code conflict with "kubectl" using v1}: extracts the name. */
    private static String manager(String message) {
        int begin = message.indexOf('"');
        int end = message.indexOf('"', begin + 1);
        return begin < 0 || end < 0 ? message : message.substring(begin + 1, end);
    }

    private static String cause(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        String text = root.getMessage();
        return root.getClass().getSimpleName() + (text == null ? "" : ": " + text);
    }

    /**
     * The API server may quote the object that it refuses; of a Secret only the names of fields and their owners are
     * kept.
     */
    static String words(ObjectKey key, Status status) {
        if (!key.kind().equals("Secret")) {
            return status.getMessage() == null ? "HTTP " + status.getCode() : status.getMessage();
        }
        String message = String.valueOf(status.getMessage());
        if (NO_RIGHT.matcher(message).matches()) {
            // RBAC's own message contains names only; the message of an admission webhook may quote the object
            return message;
        }
        String fields = causes(status).stream()
                .filter(cause -> cause.getField() != null)
                .map(cause -> OWNED.equals(cause.getReason())
                        ? cause.getField() + " (" + cause.getMessage() + ")"
                        : cause.getField())
                .collect(Collectors.joining(", "));
        return Objects.requireNonNullElse(status.getReason(), "Refused")
                + (fields.isEmpty() ? "" : " because of " + fields) + " (HTTP " + status.getCode() + ")";
    }
}
