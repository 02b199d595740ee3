package io.waypass.portal.api;

import io.waypass.access.Person;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The caller. */
@RestController
class MeController {

    record Membership(String slug, String role) {}

    record Me(String subject, String displayName, List<String> roles, List<String> scopes, List<Membership> teams) {}

    @GetMapping("/api/v1/me")
    Me me(Person person) {
        return new Me(
                person.subject(),
                person.displayName(),
                person.admin() ? List.of("admin") : List.of(),
                List.of(),
                person.teams().stream()
                        .sorted()
                        .map(team -> new Membership(team, "member"))
                        .toList());
    }
}
