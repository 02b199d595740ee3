package io.waypass.portal.access;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/** Refuses bodies that are larger than the API's maximum, before reading a byte of them. */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 20)
class BodyLimit extends OncePerRequestFilter {

    private static final long MOST = 512 * 1024;

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !request.getRequestURI().startsWith(request.getContextPath() + "/api/");
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (request.getContentLengthLong() > MOST) {
            ProblemResponses.write(
                    request,
                    response,
                    413,
                    "body.too-large",
                    "The body is too large",
                    "A file may have 64 KiB, a request 512 KiB. Leave out what does not belong to the certificate.");
            return;
        }
        if (request.getHeader(HttpHeaders.TRANSFER_ENCODING) != null) {
            ProblemResponses.write(
                    request,
                    response,
                    411,
                    "body.length-required",
                    "The body's length is not said",
                    "Send the body with a Content-Length, not in chunks.");
            return;
        }
        chain.doFilter(request, response);
    }
}
