package io.waypass.portal.page;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * An instant on a page: in UTC from the server; a script converts it to the reader's time zone.
 *
 * @param iso RFC 3339
 * @param text to the second
 * @param date to the day
 * @param unit of the age: {@code now}, {@code seconds}, {@code minutes}, {@code hours}, {@code days}
 * @param count age in that unit
 */
public record Moment(String iso, String text, String date, String unit, long count) {

    private static final DateTimeFormatter TEXT = DateTimeFormatter.ofPattern(
                    "d MMM yyyy, HH:mm:ss 'UTC'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("d MMM yyyy", Locale.ENGLISH).withZone(ZoneOffset.UTC);

    public static Moment of(Instant instant, Instant now) {
        Duration age = Duration.between(instant, now);
        String iso = DateTimeFormatter.ISO_INSTANT.format(instant);
        String text = TEXT.format(instant);
        String date = DATE.format(instant);
        if (age.toSeconds() < 5) {
            return new Moment(iso, text, date, "now", 0);
        }
        if (age.toSeconds() < 60) {
            return new Moment(iso, text, date, "seconds", age.toSeconds());
        }
        if (age.toMinutes() < 60) {
            return new Moment(iso, text, date, "minutes", age.toMinutes());
        }
        return age.toHours() < 48
                ? new Moment(iso, text, date, "hours", age.toHours())
                : new Moment(iso, text, date, "days", age.toDays());
    }
}
