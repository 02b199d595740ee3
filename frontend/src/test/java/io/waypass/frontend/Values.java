package io.waypass.frontend;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a template reads by name: the components of one of the portal's records. */
final class Values extends LinkedHashMap<String, @Nullable Object> {

    private static final long serialVersionUID = 1L;

    private Values(Map<String, ? extends @Nullable Object> others) {
        super(others);
    }

    /** Names and their values, in turns. */
    static Values values(@Nullable Object... namesAndValues) {
        Values values = new Values(Map.of());
        for (int i = 0; i < namesAndValues.length; i += 2) {
            values.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
        }
        return values;
    }

    /** A copy with one value more. */
    Values and(String name, @Nullable Object value) {
        Values copy = new Values(this);
        copy.put(name, value);
        return copy;
    }

    /** A copy with another value at a path such as {@code pass.version}. */
    Values with(String path, @Nullable Object value) {
        Values copy = new Values(this);
        int dot = path.indexOf('.');
        if (dot < 0) {
            if (!containsKey(path)) {
                throw new IllegalArgumentException("no " + path + " in " + keySet());
            }
            copy.put(path, value);
        } else if (get(path.substring(0, dot)) instanceof Values section) {
            copy.put(path.substring(0, dot), section.with(path.substring(dot + 1), value));
        } else {
            throw new IllegalArgumentException("no section for " + path + " in " + keySet());
        }
        return copy;
    }

    /** An instant as the portal's Moment shows it, {@code count} units ago. */
    static Values moment(String iso, String unit, int count) {
        return values("iso", iso, "unit", unit, "count", count)
                .and("text", utc(iso, "d MMM yyyy, HH:mm:ss 'UTC'"))
                .and("date", utc(iso, "d MMM yyyy"));
    }

    static Values daysLeft(int days) {
        return values("days", days, "expired", days < 0, "soon", days >= 0 && days <= 30);
    }

    private static String utc(String iso, String pattern) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH)
                .withZone(ZoneOffset.UTC)
                .format(Instant.parse(iso));
    }
}
