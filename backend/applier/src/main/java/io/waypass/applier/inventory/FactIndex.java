package io.waypass.applier.inventory;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Index of facts by the objects that make statements about them. Thread-safe, without I/O: statements come in from
 * outside.
 */
final class FactIndex {

    /** Text of a fact that no object makes a statement about. */
    static final String NOTHING = "absent";

    private final Map<String, SortedMap<String, String>> facts = new HashMap<>();
    private final Map<String, Map<String, String>> said = new HashMap<>();

    /** Replaces an object's statements; returns the facts that changed. */
    synchronized Set<String> put(String object, Map<String, String> words) {
        Map<String, String> now = Map.copyOf(words);
        Map<String, String> before = now.isEmpty() ? said.remove(object) : said.put(object, now);
        Set<String> changed = new HashSet<>();
        if (before != null) {
            before.forEach((fact, word) -> {
                if (!word.equals(now.get(fact))) {
                    changed.add(fact);
                    SortedMap<String, String> speakers = facts.get(fact);
                    if (speakers != null) {
                        speakers.remove(object);
                        if (speakers.isEmpty()) {
                            facts.remove(fact);
                        }
                    }
                }
            });
        }
        now.forEach((fact, word) -> {
            if (before == null || !word.equals(before.get(fact))) {
                changed.add(fact);
                facts.computeIfAbsent(fact, _ -> new TreeMap<>()).put(object, word);
            }
        });
        return changed;
    }

    Set<String> remove(String object) {
        return put(object, Map.of());
    }

    /** Removes the statements of all objects of a kind. */
    synchronized Set<String> removeAll(String kind) {
        Set<String> changed = new HashSet<>();
        Set.copyOf(said.keySet()).stream()
                .filter(object -> object.startsWith(kind + " "))
                .forEach(object -> changed.addAll(remove(object)));
        return changed;
    }

    /** Returns the statements about a fact, by object, without those of some objects. */
    synchronized SortedMap<String, String> words(String fact, Set<String> without) {
        SortedMap<String, String> words = new TreeMap<>(facts.getOrDefault(fact, new TreeMap<>()));
        words.keySet().removeAll(without);
        return words;
    }

    /** Formats statements in the form that plans store. */
    static String text(Map<String, String> words) {
        if (words.isEmpty()) {
            return NOTHING;
        }
        StringBuilder text = new StringBuilder();
        new TreeMap<>(words)
                .forEach((object, value) -> text.append(text.isEmpty() ? "" : ", ")
                        .append(object)
                        .append(": ")
                        .append(value));
        return text.toString();
    }
}
