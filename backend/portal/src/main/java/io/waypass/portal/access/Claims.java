package io.waypass.portal.access;

import io.waypass.portal.PortalSettings;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Reads the identity provider's claims about a person. */
final class Claims {

    private Claims() {}

    /** The claimed groups; none if the claim is absent or no list. */
    static List<String> groups(Map<String, Object> claims, PortalSettings settings) {
        return claims.get(settings.oidc().groupsClaim()) instanceof Collection<?> names
                ? names.stream().map(String::valueOf).toList()
                : List.of();
    }
}
