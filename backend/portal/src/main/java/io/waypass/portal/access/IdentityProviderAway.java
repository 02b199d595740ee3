package io.waypass.portal.access;

import org.springframework.security.core.AuthenticationException;

/** The identity provider does not answer, so a JWT can be neither accepted nor rejected. */
final class IdentityProviderAway extends AuthenticationException {

    IdentityProviderAway() {
        super("The identity provider does not answer.");
    }
}
