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
 * A token acts as its owner, with the owner's current teams and roles.
 */
public final class ApiTokens {

    /** Prefix of every token, by which secret scanners recognise one. */
    public static final String PREFIX = "wp_";

    /**
     * A newly issued token.
     *
     * @param id {@code tok_…}, used to revoke it
     * @param secret the token itself; it cannot be shown again
     * @param expiresAt from this instant on it is refused
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

    public ApiTokens(JdbcClient jdbc, People people, Clock clock, SecureRandom random) {
        this.jdbc = jdbc;
        this.people = people;
        this.clock = clock;
        this.random = random;
    }

    /**
     * Issues a token.
     *
     * @param owner the person that the token acts as
     * @param name by which the owner tells tokens apart
     * @return the token; the only time that its secret is available
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
     * Finds the person that a token acts as.
     *
     * @param secret as received with an HTTP request
     * @return the owner; empty if the token is unknown, expired or revoked
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
