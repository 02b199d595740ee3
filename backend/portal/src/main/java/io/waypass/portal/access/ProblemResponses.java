package io.waypass.portal.access;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.access.AccessDeniedHandler;
import tools.jackson.databind.json.JsonMapper;

/** Answers of the API to calls that are refused before they reach a controller, as problems (RFC 9457). */
public final class ProblemResponses implements AuthenticationEntryPoint, AccessDeniedHandler {

    ProblemResponses() {}

    @Override
    public void commence(HttpServletRequest request, HttpServletResponse response, AuthenticationException exception)
            throws IOException {
        if (exception instanceof IdentityProviderAway) {
            write(
                    request,
                    response,
                    503,
                    "identity-provider.away",
                    "Login is not possible",
                    "The identity provider does not answer, so the JWT cannot be checked. Try again later; API tokens work.");
            return;
        }
        response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        boolean given = request.getHeader(HttpHeaders.AUTHORIZATION) != null;
        write(
                request,
                response,
                401,
                "token.required",
                "A token is required",
                given
                        ? "The token was not accepted: it is unknown, expired, revoked or not made for this API. Use a fresh JWT of the identity provider, or another API token."
                        : "Send “Authorization: Bearer” with an API token (wp_…) or a JWT of the identity provider.");
    }

    @Override
    public void handle(HttpServletRequest request, HttpServletResponse response, AccessDeniedException exception)
            throws IOException {
        write(
                request,
                response,
                403,
                "access.denied",
                "You may not do this",
                "Your token does not reach this address.");
    }

    /**
     * Writes a problem.
     *
     * @param status 4xx or 5xx
     * @param code stable, the last part of the problem's type
     * @param title for people
     * @param detail for people: what to do about it
     * @throws IOException if the client is gone
     */
    public static void write(
            HttpServletRequest request,
            HttpServletResponse response,
            int status,
            String code,
            String title,
            String detail)
            throws IOException {
        Map<String, Object> problem = new LinkedHashMap<>();
        problem.put("type", "/problems/" + code);
        problem.put("title", title);
        problem.put("status", status);
        problem.put("detail", detail);
        problem.put("instance", request.getRequestURI());
        response.setStatus(status);
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.setCharacterEncoding(StandardCharsets.UTF_8.name());
        response.getWriter().write(JsonMapper.shared().writeValueAsString(problem));
    }
}
