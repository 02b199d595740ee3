package io.waypass.sandbox;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;
import org.springframework.http.MediaType;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.core.oidc.OidcScopes;
import org.springframework.security.oauth2.core.oidc.OidcUserInfo;
import org.springframework.security.oauth2.server.authorization.client.InMemoryRegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.settings.AuthorizationServerSettings;
import org.springframework.security.oauth2.server.authorization.settings.ClientSettings;
import org.springframework.security.oauth2.server.authorization.settings.TokenSettings;
import org.springframework.security.oauth2.server.authorization.token.JwtEncodingContext;
import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenCustomizer;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.LoginUrlAuthenticationEntryPoint;
import org.springframework.security.web.util.matcher.MediaTypeRequestMatcher;

/** An OpenID Connect provider with four people and a login form. */
final class IdentityProvider implements AutoCloseable {

    /** The portal's client id at the provider. */
    static final String CLIENT_ID = "waypass-portal";

    /**
     * Configuration of the provider.
     *
     * @param issuer its own address
     * @param portal the portal's address
     * @param clientSecret of the portal
     * @param password of each person
     */
    record Setting(String issuer, String portal, String clientSecret, Function<SandboxPerson, String> password) {}

    private final ConfigurableApplicationContext context;

    private IdentityProvider(ConfigurableApplicationContext context) {
        this.context = context;
    }

    static IdentityProvider start(int port, Setting setting) {
        return new IdentityProvider(new SpringApplicationBuilder(Application.class)
                .bannerMode(Banner.Mode.OFF)
                .registerShutdownHook(false)
                .initializers(application -> application.getBeanFactory().registerSingleton("setting", setting))
                .properties(Map.of(
                        "server.port", port,
                        "server.address", "127.0.0.1",
                        "server.shutdown", "immediate",
                        // cookies ignore ports: the portal has one on the same host
                        "server.servlet.session.cookie.name", "sandbox_login",
                        "server.servlet.session.cookie.same-site", "lax",
                        "spring.main.lazy-initialization", "false",
                        // this classpath has the libraries of a database and of other modules; none of them is needed
                        // here
                        "spring.autoconfigure.exclude", String.join(",", NOT_WANTED)))
                .run());
    }

    private static final List<String> NOT_WANTED = List.of(
            "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
            "org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration",
            "org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration",
            "org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration");

    @Override
    public void close() {
        context.close();
    }

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {

        @Bean
        @Order(1)
        SecurityFilterChain protocol(HttpSecurity http) throws Exception {
            return http.oauth2AuthorizationServer(server -> {
                        http.securityMatcher(server.getEndpointsMatcher());
                        server.oidc(oidc ->
                                oidc.userInfoEndpoint(info -> info.userInfoMapper(context -> new OidcUserInfo(
                                        claims(context.getAuthorization().getPrincipalName())))));
                    })
                    .authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                    .oauth2ResourceServer(server -> server.jwt(Customizer.withDefaults()))
                    .exceptionHandling(errors -> errors.defaultAuthenticationEntryPointFor(
                            new LoginUrlAuthenticationEntryPoint("/login"),
                            new MediaTypeRequestMatcher(MediaType.TEXT_HTML)))
                    .build();
        }

        @Bean
        @Order(2)
        SecurityFilterChain login(HttpSecurity http) throws Exception {
            return http.authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                    .formLogin(Customizer.withDefaults())
                    .build();
        }

        @Bean
        UserDetailsService people(Setting setting) {
            return new InMemoryUserDetailsManager(Arrays.stream(SandboxPerson.values())
                    .map(person -> User.withUsername(person.username())
                            .password("{noop}" + setting.password().apply(person))
                            .authorities(List.of())
                            .build())
                    .toList());
        }

        @Bean
        RegisteredClientRepository clients(Setting setting) {
            return new InMemoryRegisteredClientRepository(RegisteredClient.withId(CLIENT_ID)
                    .clientId(CLIENT_ID)
                    .clientSecret("{noop}" + setting.clientSecret())
                    .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
                    .authorizationGrantType(AuthorizationGrantType.AUTHORIZATION_CODE)
                    .redirectUri(setting.portal() + "/login/oauth2/code/waypass")
                    .postLogoutRedirectUri(setting.portal() + "/signed-out")
                    .scope(OidcScopes.OPENID)
                    .scope(OidcScopes.PROFILE)
                    .clientSettings(ClientSettings.builder()
                            .requireAuthorizationConsent(false)
                            .build())
                    .tokenSettings(TokenSettings.builder()
                            .accessTokenTimeToLive(Duration.ofMinutes(10))
                            .build())
                    .build());
        }

        @Bean
        AuthorizationServerSettings addresses(Setting setting) {
            return AuthorizationServerSettings.builder()
                    .issuer(setting.issuer())
                    .build();
        }

        @Bean
        OAuth2TokenCustomizer<JwtEncodingContext> groups() {
            return context -> context.getClaims()
                    .claims(claims ->
                            claims.putAll(claims(context.getPrincipal().getName())));
        }

        @Bean
        JWKSource<SecurityContext> signingKeys() throws NoSuchAlgorithmException {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            KeyPair pair = generator.generateKeyPair();
            return new ImmutableJWKSet<>(new JWKSet(new RSAKey.Builder((RSAPublicKey) pair.getPublic())
                    .privateKey(pair.getPrivate())
                    .keyID(UUID.randomUUID().toString())
                    .build()));
        }

        private static Map<String, Object> claims(String username) {
            SandboxPerson person = Arrays.stream(SandboxPerson.values())
                    .filter(each -> each.username().equals(username))
                    .findFirst()
                    .orElseThrow();
            Map<String, Object> claims = new HashMap<>();
            claims.put("sub", person.username());
            claims.put("name", person.displayName());
            claims.put("preferred_username", person.username());
            claims.put("groups", person.groups());
            return claims;
        }
    }
}
