package io.waypass.portal;

import java.net.URI;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the portal is set up.
 *
 * @param publicUrl where people reach it, without a trailing slash
 * @param adminGroup group of the identity provider whose members are platform admins
 * @param apiAudience what a JWT must name as its audience to be taken by the API
 * @param secureCookies whether cookies go over HTTPS only even if {@code publicUrl} is not HTTPS; they always do if it is
 * @param oidc the identity provider
 */
@ConfigurationProperties("waypass")
public record PortalSettings(
        @DefaultValue("http://localhost:8080") URI publicUrl,
        @DefaultValue("platform-admins") String adminGroup,
        @DefaultValue("waypass-api") String apiAudience,
        @DefaultValue("false") boolean secureCookies,
        Oidc oidc) {

    /**
     * The identity provider.
     *
     * @param issuer its issuer address; it need not answer when the portal starts
     * @param clientId the portal's id there
     * @param clientSecret the portal's secret there
     * @param groupsClaim which claim names a person's groups
     */
    public record Oidc(
            URI issuer,
            String clientId,
            String clientSecret,
            @DefaultValue("groups") String groupsClaim) {

        @Override
        public String toString() {
            return "Oidc[issuer=" + issuer + ", clientId=" + clientId + "]";
        }
    }
}
