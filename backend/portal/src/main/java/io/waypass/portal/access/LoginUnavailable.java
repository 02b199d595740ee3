package io.waypass.portal.access;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.web.filter.OncePerRequestFilter;

/** Shows a page that the identity provider does not answer, in place of an error page without a reason. */
final class LoginUnavailable extends OncePerRequestFilter {

    private final IdentityProvider provider;
    private final String login;

    LoginUnavailable(IdentityProvider provider, String login) {
        this.provider = provider;
        this.login = login;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (request.getRequestURI().equals(request.getContextPath() + login) && !provider.answers()) {
            response.sendRedirect(request.getContextPath() + "/login-unavailable");
            return;
        }
        chain.doFilter(request, response);
    }
}
