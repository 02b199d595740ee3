package io.waypass.cluster;

import java.time.Instant;
import java.util.Optional;

/**
 * A cleaning as lists show it.
 *
 * @param id key inside the database
 * @param publicId {@code cln_…}
 * @param cluster name
 * @param status where it stands
 * @param statusMessage the API server's words, or why it was withdrawn
 * @param reason why it was asked for
 * @param requestedBy subject of who asked
 * @param requestedByName name of who asked
 * @param requestedAt when
 * @param objects how many objects it is about
 */
public record CleaningSummary(
        long id,
        String publicId,
        String cluster,
        CleaningStatus status,
        Optional<String> statusMessage,
        String reason,
        String requestedBy,
        String requestedByName,
        Instant requestedAt,
        int objects) {}
