package io.waypass.portal.api;

import io.waypass.refusal.InvalidInput;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reading single values that came in. */
final class Input {

    private Input() {}

    /** A text that may be missing; the use case says what is wrong with a blank one. */
    static String text(@Nullable String value) {
        return value == null ? "" : value;
    }

    /** A value of a closed set, or a refusal that names what may be given. */
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

    /** The digest that a decision names; without one nobody knows what was decided on. */
    static String digest(@Nullable String given, String missing) {
        if (given == null || given.isBlank()) {
            throw new InvalidInput("/digest", "digest.missing", missing);
        }
        return given;
    }
}
