package io.waypass.portal.page;

import io.waypass.access.Person;
import io.waypass.portal.access.CurrentPerson;
import io.waypass.request.RequestStatus;
import io.waypass.request.Requests;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ModelAttribute;

/**
 * The frame of every page of a logged-in person.
 *
 * @param admin whether the queue is shown
 * @param teams slugs
 * @param theme {@code auto}, {@code light} or {@code dark}
 * @param path of this page, to return to
 * @param needs number of items that need the person
 * @param waiting number of requests that wait for a decision; 0 unless the person decides
 */
public record Shell(
        String name, boolean admin, List<String> teams, String theme, String path, long needs, long waiting) {

    /** Name of the cookie with the colour theme. */
    static final String THEME_COOKIE = "waypass_theme";

    /** Colour themes. */
    static final Set<String> THEMES = Set.of("auto", "light", "dark");

    /** Adds the shell to pages. */
    @ControllerAdvice(basePackageClasses = Shell.class)
    static class Advice {

        private final CurrentPerson current;
        private final Requests requests;

        Advice(CurrentPerson current, Requests requests) {
            this.current = current;
            this.requests = requests;
        }

        @ModelAttribute("shell")
        @Nullable Shell shell(HttpServletRequest request) {
            Person person = current.get();
            if (person == null) {
                return null;
            }
            long waiting = person.admin() ? requests.count(person, RequestStatus.PENDING) : 0;
            return new Shell(
                    person.displayName(),
                    person.admin(),
                    person.teams().stream().sorted().toList(),
                    theme(request),
                    request.getMethod().equals("GET") ? request.getRequestURI() : "/",
                    requests.countNeedingTeam(person),
                    waiting);
        }

        private static String theme(HttpServletRequest request) {
            for (Cookie cookie : request.getCookies() == null ? new Cookie[0] : request.getCookies()) {
                if (cookie.getName().equals(THEME_COOKIE) && THEMES.contains(cookie.getValue())) {
                    return cookie.getValue();
                }
            }
            return "auto";
        }
    }
}
