package io.waypass.applier.inventory;

import io.waypass.applier.cluster.LiveObject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads facts for one plan and records them, so that a later change of them is detected. */
public final class ReliedFacts {

    /** Recorded for a fact that was unknown. */
    static final String UNSEEN = "unseen";

    private final Inventory inventory;
    private final Set<String> own;
    private final Map<String, String> relied = new LinkedHashMap<>();

    ReliedFacts(Inventory inventory, Set<String> own) {
        this.inventory = inventory;
        this.own = own;
    }

    /**
     * Reads a fact from the inventory and records it.
     *
     * @return statement by object; objects of the planned resource itself do not count
     */
    public SortedMap<String, String> of(String fact) {
        if (inventory.unwatched(fact).isPresent()) {
            relied.put(fact, UNSEEN);
            return new TreeMap<>();
        }
        SortedMap<String, String> words = inventory.words(fact, own);
        relied.put(fact, FactIndex.text(words));
        return words;
    }

    /** {@return the mesh's root namespace; blank if the applier is not told it} */
    public String rootNamespace() {
        return inventory.istioNamespace();
    }

    /**
     * Reads a fact for a message, without relying on it: its change does not affect the plan.
     *
     * @return statement by object; empty if the fact is unknown
     */
    public SortedMap<String, String> mention(String fact) {
        return inventory.unwatched(fact).isPresent() ? new TreeMap<>() : inventory.words(fact, own);
    }

    /**
     * Why a fact is unknown.
     *
     * @return the reason; empty if the fact is known
     */
    public Optional<String> unwatched(String fact) {
        return inventory.unwatched(fact);
    }

    /** {@return kinds that are not watched, each with the reason; that one can be watched later is a change} */
    public SortedMap<String, String> unwatchedKinds() {
        SortedMap<String, String> unwatched = inventory.unwatchedKinds();
        unwatched.keySet().forEach(kind -> relied.put(kind + "/", UNSEEN));
        return unwatched;
    }

    /**
     * Records an object that was read from the API server itself, which may be ahead of the watch.
     *
     * @param object empty if it does not exist
     */
    public void read(String fact, Optional<LiveObject> object) {
        Map<String, String> words = new TreeMap<>();
        object.ifPresent(live ->
                Optional.ofNullable(Fact.of(live).get(fact)).ifPresent(word -> words.put(live.toString(), word)));
        relied.put(fact, FactIndex.text(words));
    }

    /** {@return the recorded facts, by name} */
    public Map<String, String> relied() {
        return Map.copyOf(relied);
    }
}
