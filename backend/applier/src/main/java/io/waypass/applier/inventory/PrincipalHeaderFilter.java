package io.waypass.applier.inventory;

import com.fasterxml.jackson.databind.JsonNode;
import io.waypass.applier.cluster.LiveObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What an EnvoyFilter does with the header that carries the caller's principal.
 *
 * <p>An EnvoyFilter is attached to a waypoint by its {@code targetRefs} alone: a Gateway in the same namespace, or in the
 * root namespace the GatewayClass {@code istio-waypoint}. istiod ignores a {@code workloadSelector} there (read in
 * istiod 1.31's {@code WorkloadPolicyMatcher.ShouldAttachPolicy}).
 *
 * @param targets {@code Gateway/<name>}, {@code GatewayClass/<name>}
 * @param contexts of the patches that do something, such as {@code SIDECAR_INBOUND}
 */
public record PrincipalHeaderFilter(Set<String> targets, Map<Deed, Set<String>> contexts) {

    /** What a patch does with the header. */
    public enum Deed {
        /** Sets it to the peer's principal, before routes are matched. */
        WRITES,
        /** Removes what the caller sent under that name before it sets it. */
        REMOVES_FIRST,
        /** Sets it to something else than the peer's principal. */
        FORGES,
        /** Removes it from the request that is sent on. */
        CLEANS
    }

    private static final String FILTER_STATE = "io.istio.peer_principal";
    private static final String NOT_ATTACHED = "nothing";

    /** {@return empty if an EnvoyFilter has nothing to do with the header} */
    static Optional<PrincipalHeaderFilter> of(LiveObject filter) {
        Map<Deed, Set<String>> contexts = new EnumMap<>(Deed.class);
        for (JsonNode patch : filter.at("/spec/configPatches")) {
            String context = patch.at("/match/context").asText("ANY");
            deeds(patch)
                    .forEach(deed ->
                            contexts.computeIfAbsent(deed, _ -> new TreeSet<>()).add(context));
        }
        if (contexts.isEmpty()) {
            return Optional.empty();
        }
        Set<String> targets = new TreeSet<>();
        for (JsonNode target : filter.at("/spec/targetRefs")) {
            String namespace = target.path("namespace").asText();
            if (target.path("group").asText().equals("gateway.networking.k8s.io")
                    && (namespace.isEmpty() || namespace.equals(filter.namespace()))) {
                targets.add(
                        target.path("kind").asText() + "/" + target.path("name").asText());
            }
        }
        return Optional.of(new PrincipalHeaderFilter(targets, contexts));
    }

    private static Set<Deed> deeds(JsonNode patch) {
        JsonNode value = patch.at("/patch/value");
        return switch (patch.path("applyTo").asText()) {
            case "NETWORK_FILTER" -> ofConnectionManager(member(value, "typed_config", "typedConfig"));
            case "ROUTE_CONFIGURATION", "VIRTUAL_HOST", "HTTP_ROUTE" -> cleans(value) ? Set.of(Deed.CLEANS) : Set.of();
            default -> Set.of();
        };
    }

    private static Set<Deed> ofConnectionManager(JsonNode manager) {
        Set<Deed> deeds = new TreeSet<>();
        boolean removed = false;
        for (JsonNode mutation : mutations(manager)) {
            JsonNode header = mutation.at("/append/header");
            if (isPrincipal(mutation.path("remove"))) {
                removed = true;
            } else if (isPrincipal(header.path("key"))) {
                boolean fromPeer = header.path("value").asText().contains(FILTER_STATE);
                deeds.add(fromPeer ? Deed.WRITES : Deed.FORGES);
                if (fromPeer && removed) {
                    deeds.add(Deed.REMOVES_FIRST);
                }
            }
        }
        if (cleans(member(manager, "route_config", "routeConfig"))) {
            deeds.add(Deed.CLEANS);
        }
        return deeds;
    }

    private static List<JsonNode> mutations(JsonNode manager) {
        List<JsonNode> mutations = new ArrayList<>();
        member(manager, "early_header_mutation_extensions", "earlyHeaderMutationExtensions")
                .forEach(extension -> member(extension, "typed_config", "typedConfig")
                        .path("mutations")
                        .forEach(mutations::add));
        return mutations;
    }

    private static boolean cleans(JsonNode routes) {
        for (JsonNode header : member(routes, "request_headers_to_remove", "requestHeadersToRemove")) {
            if (isPrincipal(header)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isPrincipal(JsonNode name) {
        return name.asText().equalsIgnoreCase(Fact.PRINCIPAL_HEADER);
    }

    /** Protobuf's JSON may have either form of a name. */
    private static JsonNode member(JsonNode object, String snake, String camel) {
        return object.has(snake) ? object.path(snake) : object.path(camel);
    }

    /** {@return the text of a fact, which {@link #parse} reads} */
    String statement() {
        return "on " + (targets.isEmpty() ? NOT_ATTACHED : String.join(" ", targets))
                + contexts.entrySet().stream()
                        .map(entry -> "; " + entry.getKey() + " " + String.join(" ", entry.getValue()))
                        .sorted()
                        .collect(Collectors.joining());
    }

    /** Reads the text of a fact. */
    public static PrincipalHeaderFilter parse(String statement) {
        String[] parts = statement.split("; ");
        Set<String> targets =
                new TreeSet<>(Arrays.asList(parts[0].substring("on ".length()).split(" ")));
        targets.remove(NOT_ATTACHED);
        Map<Deed, Set<String>> contexts = new EnumMap<>(Deed.class);
        for (int part = 1; part < parts.length; part++) {
            List<String> words = List.of(parts[part].split(" "));
            contexts.put(Deed.valueOf(words.getFirst()), new TreeSet<>(words.subList(1, words.size())));
        }
        return new PrincipalHeaderFilter(targets, contexts);
    }

    /** {@return whether it does something in one of these contexts} */
    public boolean does(Deed deed, Set<String> inOneOf) {
        return in(deed).stream().anyMatch(inOneOf::contains);
    }

    /** {@return the contexts in which it does something} */
    public Set<String> in(Deed deed) {
        return contexts.getOrDefault(deed, Set.of());
    }
}
