package io.waypass.portal.api;

import io.waypass.access.Person;
import io.waypass.portal.access.CurrentPerson;
import io.waypass.portal.access.ProblemResponses;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.Part;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import java.util.regex.Pattern;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.ContentCachingResponseWrapper;

/**
 * Evaluates {@code Idempotency-Key} on every POST of the API: the same key and call get the same answer, the same key and another call
 * 422, the same key while the first call runs 409. A refused call changed nothing and is not remembered.
 */
@Component
@Order(Ordered.LOWEST_PRECEDENCE)
class IdempotencyFilter extends OncePerRequestFilter {

    private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]{1,255}");

    private final IdempotencyKeys keys;
    private final CurrentPerson current;

    IdempotencyFilter(IdempotencyKeys keys, CurrentPerson current) {
        this.keys = keys;
        this.current = current;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !request.getMethod().equals("POST")
                || !request.getRequestURI().startsWith(request.getContextPath() + "/api/")
                || request.getHeader("Idempotency-Key") == null;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String key = request.getHeader("Idempotency-Key");
        Person person = current.get();
        if (person == null) {
            chain.doFilter(request, response);
            return;
        }
        if (!KEY.matcher(key).matches()) {
            refuse(
                    request,
                    response,
                    422,
                    "idempotency.key-invalid",
                    "An Idempotency-Key has 1 to 255 visible ASCII characters. Use a fresh UUID for each call.");
            return;
        }
        HttpServletRequest readable;
        byte[] hash;
        try {
            readable = readable(request);
            hash = hash(readable);
        } catch (IOException | ServletException | IllegalStateException e) {
            // unreadable parts: the API refuses the call, so there is nothing to remember
            chain.doFilter(request, response);
            return;
        }
        Optional<IdempotencyKeys.Known> known = keys.claim(person.subject(), key, hash);
        if (known.isPresent()) {
            answerAgain(request, response, known.get());
            return;
        }
        ContentCachingResponseWrapper caching = new ContentCachingResponseWrapper(response);
        boolean remembered = false;
        try {
            chain.doFilter(readable, caching);
            if (caching.getStatus() / 100 == 2) {
                keys.remember(
                        person.subject(),
                        key,
                        new IdempotencyKeys.Answer(
                                caching.getStatus(),
                                caching.getHeader(HttpHeaders.LOCATION),
                                caching.getHeader(HttpHeaders.ETAG),
                                new String(caching.getContentAsByteArray(), StandardCharsets.UTF_8)));
                remembered = true;
            }
        } finally {
            if (!remembered) {
                keys.release(person.subject(), key);
            }
            caching.copyBodyToResponse();
        }
    }

    private static void answerAgain(
            HttpServletRequest request, HttpServletResponse response, IdempotencyKeys.Known known) throws IOException {
        if (!known.sameCall()) {
            refuse(
                    request,
                    response,
                    422,
                    "idempotency.key-reused",
                    "This Idempotency-Key was used for another call. Nothing was done. Use a fresh key for each call.");
            return;
        }
        if (known.answer().isEmpty()) {
            refuse(
                    request,
                    response,
                    409,
                    "idempotency.under-way",
                    "The first call with this Idempotency-Key is still under way. Send it again in a moment to get its answer.");
            return;
        }
        IdempotencyKeys.Answer answer = known.answer().get();
        response.setStatus(answer.status());
        if (answer.location() != null) {
            response.setHeader(HttpHeaders.LOCATION, answer.location());
        }
        if (answer.etag() != null) {
            response.setHeader(HttpHeaders.ETAG, answer.etag());
        }
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        response.getOutputStream().write(answer.body().getBytes(StandardCharsets.UTF_8));
    }

    private static void refuse(
            HttpServletRequest request, HttpServletResponse response, int status, String code, String detail)
            throws IOException {
        ProblemResponses.write(request, response, status, code, "The Idempotency-Key cannot be used", detail);
    }

    /** The container reads multipart bodies and keeps their parts; any other body is kept here. */
    private static HttpServletRequest readable(HttpServletRequest request) throws IOException {
        return multipart(request)
                ? request
                : new Repeatable(request, request.getInputStream().readAllBytes());
    }

    private static boolean multipart(HttpServletRequest request) {
        String type = request.getContentType();
        return type != null && type.startsWith(MediaType.MULTIPART_FORM_DATA_VALUE);
    }

    /** Hash of the address and the body; for multipart of names and contents, because the boundary differs each time. */
    private static byte[] hash(HttpServletRequest request) throws IOException, ServletException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
        digest.update((request.getRequestURI() + "\n").getBytes(StandardCharsets.UTF_8));
        if (request instanceof Repeatable repeatable) {
            digest.update(repeatable.body);
            return digest.digest();
        }
        for (Part part : request.getParts()) {
            digest.update((part.getName() + "\n" + part.getSize() + "\n").getBytes(StandardCharsets.UTF_8));
            try (InputStream content = part.getInputStream()) {
                digest.update(content.readAllBytes());
            }
        }
        return digest.digest();
    }

    private static final class Repeatable extends HttpServletRequestWrapper {

        private final byte[] body;

        Repeatable(HttpServletRequest request, byte[] body) {
            super(request);
            this.body = body;
        }

        @Override
        public ServletInputStream getInputStream() {
            ByteArrayInputStream bytes = new ByteArrayInputStream(body);
            return new ServletInputStream() {
                @Override
                public int read() {
                    return bytes.read();
                }

                @Override
                public int read(byte[] target, int offset, int length) {
                    return bytes.read(target, offset, length);
                }

                @Override
                public boolean isFinished() {
                    return bytes.available() == 0;
                }

                @Override
                public boolean isReady() {
                    return true;
                }

                @Override
                public void setReadListener(ReadListener listener) {
                    throw new UnsupportedOperationException("read at once, not when told");
                }
            };
        }
    }
}
