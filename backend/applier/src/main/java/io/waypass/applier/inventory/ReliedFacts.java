package io.waypass.applier.inventory;

import io.waypass.applier.cluster.LiveObject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** The facts that one plan relied on, as they were read, so that a change of them is noticed. */
public final class ReliedFacts {

    /** What is kept of a fact that could not be seen. */
    static final String UNSEEN = "unseen";

    private final Inventory inventory;
    private final Set<String> own;
    private final Map<String, String> relied = new LinkedHashMap<>();

    ReliedFacts(Inventory inventory, Set<String> own) {
        this.inventory = inventory;
        this.own = own;
    }

    /**
     * Asks the inventory.
     *
     * @param fact its name
     * @return who speaks of it, and what they say; objects of the identity itself do not count
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

    /**
     * Why a fact cannot be known.
     *
     * @param fact its name
     * @return the reason; empty if it is known
     */
    public Optional<String> unwatched(String fact) {
        return inventory.unwatched(fact);
    }

    /** {@return kinds that are not watched, each with the reason; that one can be seen later is a change} */
    public SortedMap<String, String> unwatchedKinds() {
        SortedMap<String, String> unwatched = inventory.unwatchedKinds();
        unwatched.keySet().forEach(kind -> relied.put(kind + "/", UNSEEN));
        return unwatched;
    }

    /**
     * Keeps what was read from the API server itself, which may be ahead of the watch.
     *
     * @param fact its name
     * @param object what was read; empty if it is not there
     */
    public void read(String fact, Optional<LiveObject> object) {
        Map<String, String> words = new TreeMap<>();
        object.ifPresent(live ->
                Optional.ofNullable(Fact.of(live).get(fact)).ifPresent(word -> words.put(live.toString(), word)));
        relied.put(fact, FactIndex.text(words));
    }

    /** {@return what was relied on, by fact} */
    public Map<String, String> relied() {
        return Map.copyOf(relied);
    }
}
