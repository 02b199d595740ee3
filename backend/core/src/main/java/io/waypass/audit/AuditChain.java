package io.waypass.audit;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Verifies that nobody has changed, removed or slipped in a row of the audit trail: rows are numbered without gaps, and the hash of
 * each covers its content and the hash of the one before. The hashes are computed here, not by the database's own function.
 *
 * <p>Rows cut off at the end leave a chain that is whole. Who has noted down the last row once can have that looked for too.
 */
public final class AuditChain {

    private static final int PAGE = 5_000;
    private static final byte[] GENESIS = new byte[32];

    /**
     * A row that was noted down.
     *
     * @param id its number
     * @param hash lower-case hex
     */
    public record Mark(long id, String hash) {

        /**
         * Reads what {@link #toString} writes.
         *
         * @param text such as {@code 42:9f2c…}
         * @return the mark
         * @throws IllegalArgumentException if it is none
         */
        public static Mark of(String text) {
            if (!text.matches("[1-9][0-9]{0,17}:[0-9a-f]{64}")) {
                throw new IllegalArgumentException(
                        "“" + text
                                + "” is no mark of a row. A mark is a number, a colon and 64 hex digits, as this command prints it.");
            }
            int colon = text.indexOf(':');
            return new Mark(Long.parseLong(text.substring(0, colon)), text.substring(colon + 1));
        }

        @Override
        public String toString() {
            return id + ":" + hash;
        }
    }

    /**
     * The first row that is not as it was written.
     *
     * @param id its number; of a missing one, the number that it should have
     * @param what in words: what is wrong, and what the row says
     */
    public record Break(long id, String what) {}

    /**
     * What was found.
     *
     * @param rows how many rows were looked at
     * @param last the last row that is whole; empty if there is none
     * @param broken the first broken row; empty if all are whole
     */
    public record Result(long rows, Optional<Mark> last, Optional<Break> broken) {}

    private record Row(
            long id,
            byte[] previous,
            byte[] hash,
            String content,
            Instant at,
            String actor,
            String action,
            String subject) {
        String words() {
            return "It says: " + at + ", " + actor + ", " + action + ", " + subject + ".";
        }
    }

    private final JdbcClient jdbc;

    /**
     * Makes the verifier.
     *
     * @param jdbc a database that may read the trail
     */
    public AuditChain(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Reads the whole trail, in pieces.
     *
     * @param expected a row that was noted down earlier and has to be there still
     * @return what was found
     */
    public Result verify(Optional<Mark> expected) {
        byte[] previous = GENESIS;
        long last = 0;
        boolean met = expected.isEmpty();
        while (true) {
            List<Row> rows = page(last);
            for (Row row : rows) {
                Optional<Break> wrong = wrong(row, last, previous);
                if (wrong.isPresent()) {
                    return new Result(last, mark(last, previous), wrong);
                }
                last = row.id();
                previous = row.hash();
                if (expected.isPresent() && expected.get().id() == last) {
                    met = expected.get().hash().equals(HexFormat.of().formatHex(previous));
                    if (!met) {
                        return new Result(
                                last,
                                mark(last, previous),
                                Optional.of(new Break(
                                        last,
                                        "It is not the row that was noted down; the trail was written anew up to here, or from an earlier row. "
                                                + row.words())));
                    }
                }
            }
            if (rows.size() < PAGE) {
                break;
            }
        }
        return new Result(
                last,
                mark(last, previous),
                met
                        ? Optional.empty()
                        : Optional.of(new Break(
                                last + 1,
                                "It is missing, and so is row " + expected.get().id()
                                        + ", which was noted down: the trail ends too early.")));
    }

    private static Optional<Mark> mark(long id, byte[] hash) {
        return id == 0
                ? Optional.empty()
                : Optional.of(new Mark(id, HexFormat.of().formatHex(hash)));
    }

    private static Optional<Break> wrong(Row row, long last, byte[] previous) {
        if (row.id() != last + 1) {
            return Optional.of(new Break(
                    last + 1, "It is missing; the next one that is there is row " + row.id() + ". " + row.words()));
        }
        if (!Arrays.equals(row.previous(), previous)) {
            return Optional.of(new Break(
                    row.id(), "It does not follow the row before it: one of the two was exchanged. " + row.words()));
        }
        return Arrays.equals(row.hash(), hash(previous, row.content()))
                ? Optional.empty()
                : Optional.of(new Break(row.id(), "Its content is not what was written. " + row.words()));
    }

    private static byte[] hash(byte[] previous, String content) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update(previous);
            return sha256.digest(content.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** The content is spelled out as it is hashed when a row is written ({@code audit_event_hash}); JSON is the database's own. */
    private List<Row> page(long after) {
        return jdbc.sql("""
                select id, prev_hash, hash, at, actor, action, subject,
                    (jsonb_build_array(id, extract(epoch from at)::text, actor, action, subject, team_id, request_id, detail)
                        || case when num_nonnulls(before_digest, after_digest, call_id) = 0 then '[]'::jsonb
                            else jsonb_build_array(before_digest, after_digest, call_id) end)::text as content
                from audit_event where id > :after order by id limit :page
                """)
                .param("after", after)
                .param("page", PAGE)
                .query(AuditChain::row)
                .list();
    }

    private static Row row(ResultSet row, int number) throws SQLException {
        return new Row(
                row.getLong("id"),
                row.getBytes("prev_hash"),
                row.getBytes("hash"),
                row.getString("content"),
                row.getObject("at", OffsetDateTime.class).toInstant(),
                row.getString("actor"),
                row.getString("action"),
                row.getString("subject"));
    }
}
