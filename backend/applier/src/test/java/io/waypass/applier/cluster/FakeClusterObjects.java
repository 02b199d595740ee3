package io.waypass.applier.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waypass.manifests.Manifest;
import io.waypass.manifests.OwnedFields;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * A cluster in memory, with as much of the API server's manners as decisions depend on: versions and UIDs, owners of fields,
 * preconditions, finalizers, refusals, watches.
 */
public final class FakeClusterObjects implements ClusterObjects {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<ObjectKey, ObjectNode> objects = new LinkedHashMap<>();
    private final Map<ObjectKey, String> unreadable = new HashMap<>();
    private final Map<ObjectKey, String> unwritable = new HashMap<>();
    private final Map<ObjectKey, RuntimeException> failing = new HashMap<>();
    private final Map<ObjectKey, ApiServerRefused> untried = new HashMap<>();
    private final Map<String, String> unwatched = new HashMap<>();
    private final Map<ObjectKey, String> finalizers = new HashMap<>();
    private final List<String> calls = new ArrayList<>();
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final Instant created;
    private Runnable beforeWrite = () -> {};
    private Runnable beforeRead = () -> {};
    private int version = 100;

    private record Listener(
            ObjectKey kind, String labels, Consumer<LiveObject> seen, Consumer<ObjectKey> gone, Runnable watchedAgain) {
        boolean concerns(ObjectKey key, ObjectNode object) {
            return key.kind().equals(kind.kind())
                    && (kind.namespace().isEmpty() || kind.namespace().equals(key.namespace()))
                    && (kind.name().isEmpty() || kind.name().equals(key.name()))
                    && selected(object);
        }

        private boolean selected(ObjectNode object) {
            String[] selector = labels.split("=");
            JsonNode label = object.path("metadata").path("labels").path(selector[0]);
            return labels.isEmpty()
                    || (selector.length == 1
                            ? !label.isMissingNode()
                            : label.asText().equals(selector[1]));
        }
    }

    public FakeClusterObjects(Instant created) {
        this.created = created;
    }

    /** Puts an object there as somebody wrote it. */
    public synchronized FakeClusterObjects put(String manager, String json) {
        ObjectNode object = parsed(json.getBytes(StandardCharsets.UTF_8));
        store(ClusterObjects.key(object), object, Map.of(manager, "Update"), Optional.empty());
        return this;
    }

    /** Puts an object there as an applier wrote it. */
    public synchronized FakeClusterObjects put(Manifest manifest) {
        ObjectNode object = parsed(manifest.json().getBytes(StandardCharsets.UTF_8));
        store(ObjectKey.of(manifest), object, Map.of(FIELD_MANAGER, "Apply"), Optional.empty());
        return this;
    }

    /** Somebody sets a field, and becomes its owner. */
    public synchronized void change(ObjectKey key, String field, JsonNode value, String manager) {
        ObjectNode object = objects.get(key);
        List<String> path = List.of(field.split("\\."));
        ObjectNode at = object;
        for (String name : path.subList(0, path.size() - 1)) {
            at = at.withObjectProperty(name);
        }
        at.set(path.getLast(), value);
        ObjectNode metadata = object.withObjectProperty("metadata");
        for (JsonNode entry : metadata.path("managedFields")) {
            disown((ObjectNode) entry.path("fieldsV1"), path);
        }
        ObjectNode taken = JSON.createObjectNode();
        ObjectNode leaf = taken;
        for (String name : path) {
            leaf = leaf.putObject("f:" + name);
        }
        ObjectNode entry = metadata.withArrayProperty("managedFields").addObject();
        entry.put("manager", manager).put("operation", "Update").put("time", "2100-01-01T00:00:00Z");
        entry.set("fieldsV1", taken);
        metadata.put("resourceVersion", Integer.toString(version++));
        tell(key, object);
    }

    private static void disown(ObjectNode fields, List<String> path) {
        ObjectNode at = fields;
        for (String name : path.subList(0, path.size() - 1)) {
            if (!(at.get("f:" + name) instanceof ObjectNode next)) {
                return;
            }
            at = next;
        }
        at.remove("f:" + path.getLast());
    }

    /** Somebody becomes the owner of every field of an object. */
    public synchronized void takeOver(ObjectKey key, String manager) {
        report(
                key,
                object -> object.withObjectProperty("metadata")
                        .putArray("managedFields")
                        .addObject()
                        .put("manager", manager)
                        .put("operation", "Update")
                        .put("time", "2100-01-01T00:00:00Z")
                        .set("fieldsV1", fields(object, true)));
    }

    /** Changes an object as its controller does, whom no field of ours belongs to. */
    public synchronized void report(ObjectKey key, Consumer<ObjectNode> change) {
        ObjectNode object = objects.get(key);
        change.accept(object);
        object.withObjectProperty("metadata").put("resourceVersion", Integer.toString(version++));
        tell(key, object);
    }

    /** Somebody removes an object. */
    public synchronized void delete(ObjectKey key) {
        ObjectNode removed = objects.remove(key);
        if (removed != null) {
            listeners.stream()
                    .filter(listener -> listener.concerns(key, removed))
                    .forEach(listener -> listener.gone().accept(key));
        }
    }

    /** Somebody removed an object that a finalizer holds. */
    public synchronized void terminate(ObjectKey key, String finalizer) {
        hold(key, finalizer);
        objects.get(key).withObjectProperty("metadata").put("deletionTimestamp", "2026-01-01T00:00:00Z");
    }

    /** An object does not go when it is removed, before its finalizer is gone. */
    public synchronized void hold(ObjectKey key, String finalizer) {
        finalizers.put(key, finalizer);
        objects.get(key)
                .withObjectProperty("metadata")
                .withArrayProperty("finalizers")
                .add(finalizer);
    }

    public synchronized void refuseReading(ObjectKey key, String words) {
        unreadable.put(key, words);
    }

    public synchronized void refuseWriting(ObjectKey key, String words) {
        unwritable.put(key, words);
    }

    /** Writes of an object fail, removals pass, as with an admission webhook of creations and changes that does not answer. */
    public synchronized void silenceWebhook(ObjectKey key) {
        failing.put(
                key,
                ApiServerRefused.webhookSilent(key, "rev.validation.istio.io", 500, "connect: connection refused"));
    }

    /** The API server finishes no write of an object, although it answers. */
    public synchronized void neverFinish(ObjectKey key) {
        failing.put(key, ApiServerRefused.unfinished(key, Duration.ofSeconds(5)));
    }

    /** The API server is away as soon as an object is written. */
    public synchronized void goAway(ObjectKey key) {
        failing.put(key, new ApiServerAway("it answered 500"));
    }

    public synchronized void allowAll() {
        unreadable.clear();
        unwritable.clear();
        failing.clear();
    }

    private void fail(ObjectKey key) {
        if (failing.containsKey(key)) {
            throw failing.get(key);
        }
    }

    /** A dry run is refused; with conflicts, because others own fields. */
    public synchronized void refuseDryRun(ObjectKey key, String words, ApiServerRefused.Conflict... conflicts) {
        untried.put(key, new ApiServerRefused(conflicts.length == 0 ? 422 : 409, words, List.of(conflicts)));
    }

    /** A kind cannot be watched; to be said before the watch begins. */
    public synchronized void refuseWatching(String kind, String words) {
        unwatched.put(kind, words);
    }

    /** A kind can be watched that could not be. */
    public synchronized void allowWatching(String kind) {
        unwatched.remove(kind);
        listeners.stream()
                .filter(listener -> listener.kind().kind().equals(kind))
                .forEach(listener -> {
                    show(listener);
                    listener.watchedAgain().run();
                });
    }

    private void show(Listener listener) {
        objects.forEach((key, object) -> {
            if (listener.concerns(key, object)) {
                listener.seen().accept(live(object));
            }
        });
    }

    /** Runs right before an object is written or removed: somebody is faster. */
    public synchronized void beforeWrite(Runnable interference) {
        beforeWrite = interference;
    }

    /** Runs before each read. */
    public synchronized void beforeRead(Runnable interference) {
        beforeRead = interference;
    }

    /** {@return what was written, removed and tried since, such as {@code write Secret ns/name}} */
    public synchronized List<String> calls() {
        List<String> made = List.copyOf(calls);
        calls.clear();
        return made;
    }

    /** {@return kinds and names of all that is watched, such as {@code Secret by label}} */
    public synchronized List<String> watches() {
        return listeners.stream()
                .map(listener -> listener.kind().kind()
                        + (listener.labels().isEmpty() ? "" : " with " + listener.labels())
                        + (listener.kind().namespace().isEmpty()
                                ? ""
                                : " in " + listener.kind().namespace()))
                .toList();
    }

    public synchronized boolean has(ObjectKey key) {
        return objects.containsKey(key);
    }

    @Override
    public synchronized Optional<LiveObject> get(ObjectKey key) {
        beforeRead.run();
        refuse(unreadable, key);
        return Optional.ofNullable(objects.get(key)).map(FakeClusterObjects::live);
    }

    private static void refuse(Map<ObjectKey, String> refusals, ObjectKey key) {
        if (refusals.containsKey(key)) {
            throw new ApiServerRefused(403, refusals.get(key), List.of());
        }
    }

    @Override
    public synchronized void tryOut(ObjectNode desired) {
        ObjectKey key = ClusterObjects.key(desired);
        calls.add("try " + key);
        fail(key);
        if (untried.containsKey(key)) {
            throw untried.get(key);
        }
    }

    @Override
    public synchronized void write(
            ObjectKey key, byte[] object, Optional<LiveObject> seen, boolean force, boolean exactly) {
        beforeWrite.run();
        refuse(unwritable, key);
        if (failing.containsKey(key)) {
            calls.add("vain " + key);
        }
        fail(key);
        Optional<LiveObject> present = Optional.ofNullable(objects.get(key)).map(FakeClusterObjects::live);
        boolean unchanged = exactly
                ? present.map(LiveObject::resourceVersion).equals(seen.map(LiveObject::resourceVersion))
                : present.map(LiveObject::uid).equals(seen.map(LiveObject::uid));
        if (!unchanged) {
            throw new ObjectChanged(key);
        }
        ObjectNode desired = parsed(object);
        if (!force && present.isPresent()) {
            List<ApiServerRefused.Conflict> conflicts = conflicts(objects.get(key), desired);
            if (!conflicts.isEmpty()) {
                throw new ApiServerRefused(409, "Apply failed with conflicts", conflicts);
            }
        }
        calls.add((force ? "force " : "write ") + key);
        store(key, desired, Map.of(FIELD_MANAGER, "Apply"), present);
    }

    private static List<ApiServerRefused.Conflict> conflicts(ObjectNode present, ObjectNode desired) {
        return OwnedFields.lost(present.toString(), desired.toString(), FIELD_MANAGER).entrySet().stream()
                .filter(field -> !field.getValue().isEmpty())
                .map(field -> new ApiServerRefused.Conflict(field.getKey(), field.getValue()))
                .collect(Collectors.toList());
    }

    @Override
    public synchronized void remove(LiveObject seen, boolean exactly) {
        beforeWrite.run();
        ObjectKey key = seen.key();
        refuse(unwritable, key);
        ObjectNode present = objects.get(key);
        if (present == null) {
            return;
        }
        if (!live(present).uid().equals(seen.uid())
                || exactly && !live(present).resourceVersion().equals(seen.resourceVersion())) {
            throw new ObjectChanged(key);
        }
        calls.add("remove " + key);
        if (finalizers.containsKey(key)) {
            present.withObjectProperty("metadata").put("deletionTimestamp", "2026-01-01T00:00:00Z");
        } else {
            delete(key);
        }
    }

    @Override
    public synchronized ObjectWatch watch(
            ObjectKey kind, String labels, Consumer<LiveObject> seen, Consumer<ObjectKey> gone, Runnable watchedAgain) {
        Listener listener = new Listener(kind, labels, seen, gone, watchedAgain);
        listeners.add(listener);
        if (!unwatched.containsKey(kind.kind())) {
            show(listener);
        }
        return new ObjectWatch() {
            @Override
            public boolean synced() {
                return problem().isEmpty();
            }

            @Override
            public Optional<String> problem() {
                return Optional.ofNullable(unwatched.get(kind.kind()));
            }

            @Override
            public void awaitFirstLook(Duration atMost) {}

            @Override
            public void close() {
                listeners.remove(listener);
            }
        };
    }

    @Override
    public boolean answers() {
        return true;
    }

    private void store(ObjectKey key, ObjectNode object, Map<String, String> managers, Optional<LiveObject> replaced) {
        ObjectNode stored = object.deepCopy();
        ObjectNode metadata = stored.withObjectProperty("metadata");
        metadata.put("uid", replaced.map(LiveObject::uid).orElse("uid-" + version));
        metadata.put("resourceVersion", Integer.toString(version++));
        metadata.put("generation", 1);
        if (metadata.path("creationTimestamp").isMissingNode()) {
            metadata.put("creationTimestamp", created.toString());
        }
        managers.forEach((manager, operation) -> {
            ObjectNode entry = metadata.withArrayProperty("managedFields").addObject();
            entry.put("manager", manager).put("operation", operation).put("time", created.toString());
            entry.set("fieldsV1", fields(object, true));
        });
        if (replaced.isPresent() && objects.get(key).has("status")) {
            stored.set("status", objects.get(key).get("status"));
        }
        objects.put(key, stored);
        tell(key, stored);
    }

    private void tell(ObjectKey key, ObjectNode object) {
        listeners.stream()
                .filter(listener -> listener.concerns(key, object))
                .forEach(listener -> listener.seen().accept(live(object)));
    }

    private static ObjectNode fields(JsonNode object, boolean top) {
        ObjectNode fields = JSON.createObjectNode();
        object.properties().forEach(member -> {
            if (!top || !List.of("apiVersion", "kind", "status").contains(member.getKey())) {
                fields.set(
                        "f:" + member.getKey(),
                        member.getValue().isObject() ? fields(member.getValue(), false) : JSON.createObjectNode());
            }
        });
        return fields;
    }

    /** An object as the API server would give it. */
    public static LiveObject live(String json) {
        return live(parsed(json.getBytes(StandardCharsets.UTF_8)));
    }

    private static LiveObject live(ObjectNode object) {
        return new LiveObject(object.deepCopy());
    }

    private static ObjectNode parsed(byte[] json) {
        try {
            return (ObjectNode) JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
