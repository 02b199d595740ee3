package io.waypass.portal.access;

import io.waypass.access.People;
import io.waypass.access.Person;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;

/**
 * Resolves the calling {@link Person} for a controller's method, with current teams and roles: a change of a team takes
 * effect in existing sessions at once.
 */
@Component
public class CurrentPerson implements HandlerMethodArgumentResolver {

    private final People people;

    CurrentPerson(People people) {
        this.people = people;
    }

    /** {@return the logged-in person, null if there is none} */
    public @Nullable Person get() {
        Authentication authentication = SecurityContextHolder.getContext().getAuthentication();
        if (authentication == null || !authentication.isAuthenticated()) {
            return null;
        }
        return authentication instanceof PersonAuthentication token
                ? token.person()
                : people.bySubject(authentication.getName()).orElse(null);
    }

    @Override
    public boolean supportsParameter(MethodParameter parameter) {
        return parameter.getParameterType().equals(Person.class);
    }

    @Override
    public Object resolveArgument(
            MethodParameter parameter,
            @Nullable ModelAndViewContainer container,
            NativeWebRequest request,
            @Nullable WebDataBinderFactory binders) {
        Person person = get();
        if (person == null) {
            throw new IllegalStateException("a controller that wants a person was reached without one");
        }
        return person;
    }
}
