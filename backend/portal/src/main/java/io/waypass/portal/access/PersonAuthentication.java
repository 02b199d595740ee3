package io.waypass.portal.access;

import io.waypass.access.Person;
import java.util.List;
import org.springframework.security.authentication.AbstractAuthenticationToken;

/** Authentication of a call by an API token or a JWT. */
final class PersonAuthentication extends AbstractAuthenticationToken {

    private final transient Person person;

    PersonAuthentication(Person person) {
        super(List.of());
        this.person = person;
        super.setAuthenticated(true);
    }

    Person person() {
        return person;
    }

    @Override
    public Object getCredentials() {
        return "";
    }

    @Override
    public Object getPrincipal() {
        return person.subject();
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
