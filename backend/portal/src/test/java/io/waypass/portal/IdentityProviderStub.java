package io.waypass.portal;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import tools.jackson.databind.json.JsonMapper;

/** An identity provider that signs what a test wants it to say. */
public final class IdentityProviderStub implements AutoCloseable {

    private final RSAKey key = newKey();
    private final HttpServer server;
    private final AtomicReference<String> idToken = new AtomicReference<>("");

    /** Starts it on a free port. */
    public IdentityProviderStub() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        answer(
                "/.well-known/openid-configuration",
                () -> Map.of(
                        "issuer",
                        issuer(),
                        "authorization_endpoint",
                        issuer() + "/authorize",
                        "token_endpoint",
                        issuer() + "/token",
                        "end_session_endpoint",
                        issuer() + "/logout",
                        "jwks_uri",
                        issuer() + "/keys",
                        "response_types_supported",
                        List.of("code"),
                        "subject_types_supported",
                        List.of("public"),
                        "id_token_signing_alg_values_supported",
                        List.of("RS256")));
        answer("/keys", () -> new JWKSet(key).toJSONObject());
        answer(
                "/token",
                () -> Map.of(
                        "access_token",
                        "opaque",
                        "token_type",
                        "Bearer",
                        "expires_in",
                        300,
                        "id_token",
                        idToken.get()));
        server.start();
    }

    /** {@return its address} */
    public String issuer() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** What the next login says: who it is, for the given nonce. */
    public void nextLogin(String subject, String nonce, List<String> groups) {
        idToken.set(sign(
                key,
                claims -> claims.subject(subject)
                        .audience("waypass")
                        .claim("nonce", nonce)
                        .claim("name", "The " + subject)
                        .claim("groups", groups)));
    }

    /** A JWT for the API, valid for five minutes, changed as wanted. */
    public String jwt(UnaryOperator<JWTClaimsSet.Builder> change) {
        return sign(key, change);
    }

    /** The same, signed with a key that the provider does not publish. */
    public String forgedJwt(UnaryOperator<JWTClaimsSet.Builder> change) {
        return sign(newKey(), change);
    }

    private String sign(RSAKey signer, UnaryOperator<JWTClaimsSet.Builder> change) {
        Instant now = Clock.systemUTC().instant();
        JWTClaimsSet claims = change.apply(new JWTClaimsSet.Builder()
                        .issuer(issuer())
                        .audience("waypass-api")
                        .issueTime(Date.from(now))
                        .expirationTime(Date.from(now.plus(Duration.ofHours(1)))))
                .build();
        SignedJWT jwt = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID()).build(), claims);
        try {
            jwt.sign(new RSASSASigner(signer));
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
        return jwt.serialize();
    }

    private static RSAKey newKey() {
        try {
            return new RSAKeyGenerator(2048).keyID("test").generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private void answer(String path, java.util.function.Supplier<Map<String, Object>> body) {
        server.createContext(
                path, exchange -> send(exchange, JsonMapper.shared().writeValueAsString(body.get())));
    }

    private static void send(HttpExchange exchange, String body) throws IOException {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
