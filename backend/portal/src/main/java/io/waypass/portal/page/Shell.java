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
 * What stands around every page of a person who is logged in.
 *
 * @param name of the person
 * @param admin whether the queue is shown
 * @param teams slugs
 * @param theme {@code auto}, {@code light} or {@code dark}
 * @param path of this page, to come back to
 * @param needs how many things need the person
 * @param waiting how many requests wait for a decision; 0 for who does not decide
 */
public record Shell(
        String name, boolean admin, List<String> teams, String theme, String path, long needs, long waiting) {

    /** Name of the cookie that keeps the colours. */
    static final String THEME_COOKIE = "waypass_theme";

    /** Which colours there are. */
    static final Set<String> THEMES = Set.of("auto", "light", "dark");

    /** Puts the shell around pages. */
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
