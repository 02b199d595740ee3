package io.waypass.portal.api;

import io.waypass.database.Rows;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Remembers answers to calls with an {@code Idempotency-Key}, so that a call that is sent twice is carried out once. Of the call only a
 * hash is stored, because its body may contain a private key.
 */
@Component
class IdempotencyKeys {

    /** After this time, an unfinished call counts as lost. */
    private static final Duration LOST = Duration.ofMinutes(2);

    private static final int MAX_TRIES = 3;

    /** Time for which answers are remembered. */
    private static final Duration REMEMBERED = Duration.ofHours(24);

    /**
     * State of a key.
     *
     * @param sameCall whether it was used for the same call
     * @param answer empty while the first call runs
     */
    record Known(boolean sameCall, Optional<Answer> answer) {}

    /**
     * An answer.
     *
     * @param status HTTP status, 2xx
     * @param body JSON
     */
    record Answer(
            int status, @Nullable String location, @Nullable String etag, String body) {}

    private final JdbcClient jdbc;
    private final Clock clock;

    IdempotencyKeys(JdbcClient jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /**
     * Claims a key for a call.
     *
     * @return the state of the key if it is already claimed; empty if the call may continue
     */
    Optional<Known> claim(String subject, String key, byte[] callHash) {
        Instant now = clock.instant();
        jdbc.sql("""
                delete from idempotency_key where subject = :subject
                    and (created_at < :forgotten or (status is null and created_at < :lost))
                """)
                .param("subject", subject)
                .param("forgotten", Rows.timestamp(now.minus(REMEMBERED)))
                .param("lost", Rows.timestamp(now.minus(LOST)))
                .update();
        for (int tries = 0; tries < MAX_TRIES; tries++) {
            if (insert(subject, key, callHash, now)) {
                return Optional.empty();
            }
            Optional<Known> known = find(subject, key, callHash);
            if (known.isPresent()) {
                return known;
            }
            // released between the two statements, so it is claimed again
        }
        return Optional.of(new Known(true, Optional.empty()));
    }

    private boolean insert(String subject, String key, byte[] callHash, Instant now) {
        return jdbc.sql("""
                insert into idempotency_key (subject, key, body_sha256, created_at) values (:subject, :key, :hash, :now)
                on conflict do nothing
                """)
                        .param("subject", subject)
                        .param("key", key)
                        .param("hash", callHash)
                        .param("now", Rows.timestamp(now))
                        .update()
                == 1;
    }

    private Optional<Known> find(String subject, String key, byte[] callHash) {
        return jdbc.sql("""
                select body_sha256 = :hash as same, status, location, etag, body from idempotency_key
                where subject = :subject and key = :key
                """)
                .param("hash", callHash)
                .param("subject", subject)
                .param("key", key)
                .query((row, _) -> new Known(
                        row.getBoolean("same"),
                        row.getObject("status", Integer.class) == null
                                ? Optional.empty()
                                : Optional.of(new Answer(
                                        row.getInt("status"),
                                        row.getString("location"),
                                        row.getString("etag"),
                                        row.getString("body")))))
                .optional();
    }

    /** Remembers the answer of a claimed call. */
    void remember(String subject, String key, Answer answer) {
        jdbc.sql("""
                update idempotency_key set status = :status, location = :location, etag = :etag, body = :body
                where subject = :subject and key = :key
                """)
                .param("status", answer.status())
                .param("location", answer.location())
                .param("etag", answer.etag())
                .param("body", answer.body())
                .param("subject", subject)
                .param("key", key)
                .update();
    }

    /** Releases a claimed key: the call changed nothing, and may be sent again with the same key. */
    void release(String subject, String key) {
        jdbc.sql("delete from idempotency_key where subject = :subject and key = :key and status is null")
                .param("subject", subject)
                .param("key", key)
                .update();
    }
}
