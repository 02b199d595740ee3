package io.waypass.portal.access;

import io.waypass.access.ApiTokens;
import io.waypass.access.People;
import io.waypass.access.Person;
import io.waypass.portal.PortalSettings;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import org.springframework.boot.session.autoconfigure.DefaultCookieSerializerCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.client.oidc.userinfo.OidcUserRequest;
import org.springframework.security.oauth2.client.oidc.userinfo.OidcUserService;
import org.springframework.security.oauth2.client.oidc.web.logout.OidcClientInitiatedLogoutSuccessHandler;
import org.springframework.security.oauth2.client.userinfo.OAuth2UserService;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.LoginUrlAuthenticationEntryPoint;
import org.springframework.security.web.firewall.HttpFirewall;
import org.springframework.security.web.firewall.StrictHttpFirewall;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Access rules: the API with a bearer token, pages with a session from OpenID Connect, and without either only health,
 * login and the static files of pages. Use cases decide what a person may do.
 */
@Configuration(proxyBeanMethods = false)
class SecurityConfiguration {

    private static final String LOGIN = "/oauth2/authorization/" + IdentityProvider.REGISTRATION;

    @Bean
    @Order(1)
    SecurityFilterChain api(
            HttpSecurity http, IdentityProvider provider, ApiTokens tokens, People people, PortalSettings settings)
            throws Exception {
        AuthenticationManager bearer = new BearerAuthentication(provider, tokens, people, settings);
        ProblemResponses problems = new ProblemResponses();
        return http.securityMatcher("/api/**", "/openapi.json")
                .authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                .oauth2ResourceServer(server -> server.authenticationManagerResolver(_ -> bearer)
                        .authenticationEntryPoint(problems)
                        .accessDeniedHandler(problems))
                .exceptionHandling(
                        errors -> errors.authenticationEntryPoint(problems).accessDeniedHandler(problems))
                .sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .csrf(AbstractHttpConfigurer::disable)
                .requestCache(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .headers(headers -> headers.contentSecurityPolicy(
                        policy -> policy.policyDirectives("default-src 'none'; frame-ancestors 'none'")))
                .build();
    }

    @Bean
    @Order(2)
    SecurityFilterChain pages(HttpSecurity http, IdentityProvider provider, People people, PortalSettings settings)
            throws Exception {
        OidcClientInitiatedLogoutSuccessHandler loggedOut = new OidcClientInitiatedLogoutSuccessHandler(provider);
        loggedOut.setPostLogoutRedirectUri("{baseUrl}/signed-out");
        loggedOut.setDefaultTargetUrl("/signed-out");
        return http.authorizeHttpRequests(requests -> requests.requestMatchers(
                                "/css/**",
                                "/js/**",
                                "/webjars/**",
                                "/icons.svg",
                                "/mark.svg",
                                "/favicon.ico",
                                "/signed-out",
                                "/login-unavailable",
                                "/error",
                                "/actuator/health/**")
                        .permitAll()
                        .anyRequest()
                        .authenticated())
                .oauth2Login(login -> login.loginPage(LOGIN)
                        .clientRegistrationRepository(provider)
                        .failureHandler((_, response, _) -> response.sendRedirect("/login-unavailable"))
                        .userInfoEndpoint(info -> info.oidcUserService(people(people, settings))))
                .exceptionHandling(errors -> errors.authenticationEntryPoint(new Login(LOGIN)))
                .logout(logout -> logout.logoutSuccessHandler(loggedOut))
                .addFilterBefore(
                        new LoginUnavailable(provider, LOGIN),
                        org.springframework.security.oauth2.client.web.OAuth2AuthorizationRequestRedirectFilter.class)
                .headers(headers -> headers.contentSecurityPolicy(policy -> policy.policyDirectives(policy(settings)))
                        .referrerPolicy(referrer -> referrer.policy(ReferrerPolicy.SAME_ORIGIN)))
                .build();
    }

    /** PostgreSQL stores no NUL in text, so it is refused here for addresses and forms, with 400. */
    @Bean
    HttpFirewall firewall() {
        StrictHttpFirewall firewall = new StrictHttpFirewall();
        firewall.setAllowedParameterValues(value -> value == null || value.indexOf('\0') < 0);
        return firewall;
    }

    /** Behind HTTPS the session cookie is always Secure, even if a proxy does not tell the scheme. */
    @Bean
    DefaultCookieSerializerCustomizer secureCookies(PortalSettings settings) {
        return cookies -> cookies.setUseSecureCookie(
                settings.secureCookies() || "https".equals(settings.publicUrl().getScheme()));
    }

    @Bean
    WebMvcConfigurer personArgument(CurrentPerson person) {
        return new WebMvcConfigurer() {
            @Override
            public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
                resolvers.add(person);
            }
        };
    }

    /**
     * The answer to the logout form redirects to the identity provider and back; browsers apply form-action to
     * redirects, too.
     */
    private static String policy(PortalSettings settings) {
        URI issuer = settings.oidc().issuer();
        String origin = issuer.getScheme() + "://" + issuer.getAuthority();
        return "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self';"
                + " form-action 'self' " + origin + "; base-uri 'none'; frame-ancestors 'none'";
    }

    private static OAuth2UserService<OidcUserRequest, OidcUser> people(People people, PortalSettings settings) {
        OidcUserService delegate = new OidcUserService();
        return request -> {
            OidcUser user = delegate.loadUser(request);
            people.seen(user.getSubject(), displayName(user), Claims.groups(user.getClaims(), settings));
            return user;
        };
    }

    private static String displayName(OidcUser user) {
        if (user.getFullName() != null) {
            return user.getFullName();
        }
        return user.getPreferredUsername() != null ? user.getPreferredUsername() : user.getSubject();
    }

    /** A script (htmx) that requests a page gets 401, not the identity provider's login page. */
    private static final class Login extends LoginUrlAuthenticationEntryPoint {
        Login(String address) {
            super(address);
        }

        @Override
        public void commence(
                HttpServletRequest request, HttpServletResponse response, AuthenticationException exception)
                throws IOException, jakarta.servlet.ServletException {
            if ("true".equals(request.getHeader("HX-Request"))) {
                response.setHeader("HX-Refresh", "true");
                response.setStatus(HttpServletResponse.SC_UNAUTHORIZED);
                return;
            }
            super.commence(request, response, exception);
        }
    }

    /** Accepts API tokens and JWTs. */
    private record BearerAuthentication(
            IdentityProvider provider, ApiTokens tokens, People people, PortalSettings settings)
            implements AuthenticationManager {

        @Override
        public Authentication authenticate(Authentication authentication) {
            String token = ((BearerTokenAuthenticationToken) authentication).getToken();
            if (token.startsWith(ApiTokens.PREFIX)) {
                return tokens.authenticate(token)
                        .map(PersonAuthentication::new)
                        .orElseThrow(
                                () -> new BadCredentialsException("The API token is unknown, expired or revoked."));
            }
            try {
                Jwt jwt = provider.decode(token);
                return new PersonAuthentication(person(jwt));
            } catch (BadJwtException e) {
                throw new BadCredentialsException("The bearer token is no valid JWT of the identity provider.");
            } catch (JwtException | IllegalArgumentException | IllegalStateException e) {
                throw new IdentityProviderAway();
            }
        }

        /** A JWT without the groups claim changes nothing: the groups of the last login stay. */
        private Person person(Jwt jwt) {
            String subject = jwt.getSubject();
            if (subject == null || subject.isBlank()) {
                throw new BadCredentialsException("The JWT names no subject.");
            }
            String name = jwt.hasClaim("name") ? jwt.getClaimAsString("name") : subject;
            if (!jwt.hasClaim(settings.oidc().groupsClaim())) {
                return people.bySubject(subject).orElseGet(() -> people.seen(subject, name, List.of()));
            }
            return people.seen(subject, name, Claims.groups(jwt.getClaims(), settings));
        }
    }
}
