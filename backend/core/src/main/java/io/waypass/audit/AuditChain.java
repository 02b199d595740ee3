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
 * Verifies that no row of the audit trail was changed, removed or inserted: rows are numbered without gaps, and the
 * hash of each covers its content and the hash of the row before. The hashes are computed here, not by the database's
 * own function.
 *
 * <p>A trail with rows cut off at the end is still a valid chain. A {@link Mark} of the last row, noted earlier,
 * detects that, too.
 */
public final class AuditChain {

    private static final int PAGE = 5_000;
    private static final byte[] GENESIS = new byte[32];

    /**
     * A row that was noted earlier.
     *
     * @param id its number
     * @param hash lower-case hex
     */
    public record Mark(long id, String hash) {

        /**
         * Parses the form of {@link #toString}.
         *
         * @param text such as {@code 42:9f2c…}
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
     * The first invalid row.
     *
     * @param id its number; for a missing row, the number that it should have
     * @param what is wrong, and the row's content, in words
     */
    public record Break(long id, String what) {}

    /**
     * Result of a verification.
     *
     * @param rows number of rows that were read
     * @param last the last valid row; empty if there is none
     * @param broken the first invalid row; empty if all are valid
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

    /** @param jdbc a database that may read the trail */
    public AuditChain(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Verifies the whole trail, page by page.
     *
     * @param expected a row that was noted earlier and must still exist
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

    /**
     * Formats the content as it is hashed on insertion ({@code audit_event_hash}); the database formats JSON itself.
     */
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
