package io.waypass.portal.page.identity;

import io.waypass.portal.page.DiffLine;
import io.waypass.portal.page.Moment;
import io.waypass.resource.ResourceEvent;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A change in the cluster, as the identity's page shows it.
 *
 * @param type value of the event's type
 * @param manager field manager that made the change; null if unknown
 * @param lines of the diff; empty if there is a sentence
 * @param sentence what happened; null if there is a diff
 */
record EventRow(
        String type,
        String kind,
        String namespace,
        String name,
        @Nullable String manager,
        int count,
        Moment first,
        Moment last,
        List<DiffLine> lines,
        @Nullable String sentence) {

    static EventRow of(ResourceEvent event, Instant now) {
        boolean diff = event.detail()
                .lines()
                .anyMatch(line -> line.startsWith("@@") || line.startsWith("+") || line.startsWith("-"));
        return new EventRow(
                event.type().value(),
                event.kind(),
                event.namespace(),
                event.name(),
                event.manager().isBlank() ? null : event.manager(),
                event.count(),
                Moment.of(event.firstAt(), now),
                Moment.of(event.lastAt(), now),
                diff ? DiffLine.of(event.detail()) : List.of(),
                diff ? null : event.detail());
    }
}
