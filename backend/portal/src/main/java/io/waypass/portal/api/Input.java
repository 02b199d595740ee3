package io.waypass.portal.api;

import io.waypass.refusal.InvalidInput;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads single values of the input. */
final class Input {

    private Input() {}

    /** A text that may be missing; the use case reports a blank one. */
    static String text(@Nullable String value) {
        return value == null ? "" : value;
    }

    /** A value of a closed set, or a refusal that lists the set. */
    static <T> T oneOf(String pointer, @Nullable String value, Function<String, T> reader, String choices) {
        try {
            return reader.apply(text(value));
        } catch (IllegalArgumentException e) {
            throw new InvalidInput(
                    pointer,
                    "value.unknown",
                    (value == null || value.isBlank() ? "A value is missing." : "“" + value + "” is not known here.")
                            + " Give one of: " + choices + ".");
        }
    }

    static <T> Optional<T> optionalOneOf(
            String pointer, Optional<String> value, Function<String, T> reader, String choices) {
        return value.map(given -> oneOf(pointer, given, reader, choices));
    }

    /** The digest of a decision, which is required. */
    static String digest(@Nullable String given, String missing) {
        if (given == null || given.isBlank()) {
            throw new InvalidInput("/digest", "digest.missing", missing);
        }
        return given;
    }
}
