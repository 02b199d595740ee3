package io.waypass.portal.access;

import io.waypass.access.PublicIds;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.MDC;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/** Gives every answer an {@code X-Request-Id}, the caller's own if its form is valid, and adds it to log lines. */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 10)
public class RequestId extends OncePerRequestFilter {

    public static final String HEADER = "X-Request-Id";

    private static final String LOGGED = "requestId";
    private static final Pattern SANE = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    private final PublicIds ids;

    RequestId(PublicIds ids) {
        this.ids = ids;
    }

    /** {@return the id of the call that this thread serves, if it serves one} */
    public static Optional<String> current() {
        return Optional.ofNullable(MDC.get(LOGGED));
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String given = request.getHeader(HEADER);
        String id = given != null && SANE.matcher(given).matches() ? given : ids.next("call");
        response.setHeader(HEADER, id);
        try (var _ = MDC.putCloseable(LOGGED, id)) {
            chain.doFilter(request, response);
        }
    }
}
