package io.waypass.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * API tokens: 256 random bits, shown once, stored as SHA-256 (enough for random secrets; a slow hash is for passwords).
 * A token speaks for its owner, with the teams and roles that the owner has today.
 */
public final class ApiTokens {

    /** How every token begins, so that secret scanners recognise one. */
    public static final String PREFIX = "wp_";

    /**
     * A token that was just made.
     *
     * @param id {@code tok_…}, to revoke it by
     * @param secret the token itself; it cannot be shown again
     * @param expiresAt from then on it is refused
     */
    public record IssuedToken(String id, String secret, Instant expiresAt) {
        @Override
        public String toString() {
            return "IssuedToken[id=" + id + ", expiresAt=" + expiresAt + "]";
        }
    }

    private final JdbcClient jdbc;
    private final People people;
    private final Clock clock;
    private final SecureRandom random;

    /**
     * Makes the register of tokens.
     *
     * @param jdbc the portal's database
     * @param people owners of tokens
     * @param clock for expiry
     * @param random where secrets come from
     */
    public ApiTokens(JdbcClient jdbc, People people, Clock clock, SecureRandom random) {
        this.jdbc = jdbc;
        this.people = people;
        this.clock = clock;
        this.random = random;
    }

    /**
     * Makes a token.
     *
     * @param owner for whom it speaks
     * @param name for the owner to tell tokens apart
     * @param lifetime after which it is refused
     * @return the token, the only time that its secret is there
     */
    public IssuedToken issue(Person owner, String name, Duration lifetime) {
        byte[] bits = new byte[32];
        random.nextBytes(bits);
        String secret = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
        String id = new PublicIds(random).next("tok");
        Instant now = clock.instant();
        Instant expiresAt = now.plus(lifetime);
        jdbc.sql("""
                insert into api_token (public_id, subject, name, token_sha256, created_at, expires_at)
                values (:id, :subject, :name, :hash, :now, :expires)
                """)
                .param("id", id)
                .param("subject", owner.subject())
                .param("name", name)
                .param("hash", sha256(secret))
                .param("now", now.atOffset(ZoneOffset.UTC))
                .param("expires", expiresAt.atOffset(ZoneOffset.UTC))
                .update();
        return new IssuedToken(id, secret, expiresAt);
    }

    /**
     * Finds whom a token speaks for.
     *
     * @param secret as it came with a request
     * @return its owner, empty if it is unknown, expired or revoked
     */
    public Optional<Person> authenticate(String secret) {
        return jdbc.sql("""
                select subject from api_token where token_sha256 = :hash and revoked_at is null and expires_at > :now
                """)
                .param("hash", sha256(secret))
                .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                .query(String.class)
                .optional()
                .flatMap(people::bySubject);
    }

    private static byte[] sha256(String secret) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
