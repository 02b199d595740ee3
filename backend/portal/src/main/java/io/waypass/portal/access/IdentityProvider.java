package io.waypass.portal.access;

import io.waypass.portal.PortalSettings;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.registration.ClientRegistrations;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtDecoders;
import org.springframework.security.oauth2.jwt.JwtValidators;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.stereotype.Component;

/**
 * The identity provider. Its metadata is read at first use and not at start: the portal starts, and API tokens work,
 * while the provider is away.
 */
@Component
class IdentityProvider implements ClientRegistrationRepository, Iterable<ClientRegistration> {

    /** Id of the only registration; part of login addresses. */
    static final String REGISTRATION = "waypass";

    private final PortalSettings settings;
    private volatile @Nullable ClientRegistration registration;
    private volatile @Nullable JwtDecoder decoder;

    IdentityProvider(PortalSettings settings) {
        this.settings = settings;
    }

    /** Whether login is possible now. */
    boolean answers() {
        try {
            registration();
            return true;
        } catch (RuntimeException _) {
            return false;
        }
    }

    /**
     * Null also while the provider is away: a logout then ends only the session here, and a login fails with a page
     * that says so.
     */
    @Override
    public @Nullable ClientRegistration findByRegistrationId(String id) {
        return id.equals(REGISTRATION) && answers() ? registration() : null;
    }

    @Override
    public Iterator<ClientRegistration> iterator() {
        // Spring Security iterates at start to offer a list of providers; there is one, and its login address is
        // configured here
        return List.<ClientRegistration>of().iterator();
    }

    private ClientRegistration registration() {
        ClientRegistration known = registration;
        if (known == null) {
            known = ClientRegistrations.fromIssuerLocation(
                            settings.oidc().issuer().toString())
                    .registrationId(REGISTRATION)
                    .clientId(settings.oidc().clientId())
                    .clientSecret(settings.oidc().clientSecret())
                    .scope("openid", "profile")
                    .redirectUri("{baseUrl}/login/oauth2/code/{registrationId}")
                    .build();
            registration = known;
        }
        return known;
    }

    /** Validates a JWT: signature, times, issuer, and that its audience is this API. */
    Jwt decode(String token) {
        JwtDecoder known = decoder;
        if (known == null) {
            String issuer = settings.oidc().issuer().toString();
            NimbusJwtDecoder fresh = JwtDecoders.fromIssuerLocation(issuer);
            OAuth2TokenValidator<Jwt> audience =
                    jwt -> jwt.getAudience() != null && jwt.getAudience().contains(settings.apiAudience())
                            ? OAuth2TokenValidatorResult.success()
                            : OAuth2TokenValidatorResult.failure(new OAuth2Error(
                                    "invalid_token", "The token's audience is not " + settings.apiAudience(), null));
            fresh.setJwtValidator(
                    new DelegatingOAuth2TokenValidator<>(JwtValidators.createDefaultWithIssuer(issuer), audience));
            decoder = fresh;
            known = fresh;
        }
        return known.decode(token);
    }
}
