package io.waypass.access;

import java.sql.Array;
import java.sql.SQLException;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Known people. Stores the groups that the identity provider reported last, and derives teams and roles from them at
 * each call, so a change of a team's groups takes effect at once.
 */
public final class People {

    private final JdbcClient jdbc;
    private final String adminGroup;
    private final Clock clock;

    /** @param adminGroup the identity provider's group whose members are platform admins */
    public People(JdbcClient jdbc, String adminGroup, Clock clock) {
        this.jdbc = jdbc;
        this.adminGroup = adminGroup;
        this.clock = clock;
    }

    /**
     * Records what the identity provider reports about a person at login or in a JWT.
     *
     * @param subject stable id
     * @param groups every group that the provider names
     * @return the person
     */
    public Person seen(String subject, String displayName, Collection<String> groups) {
        String[] names = groups.stream().distinct().sorted().toArray(String[]::new);
        jdbc.sql("""
                insert into person (subject, display_name, groups, last_seen_at) values (:subject, :name, :groups, :now)
                on conflict (subject) do update set display_name = excluded.display_name, groups = excluded.groups,
                    last_seen_at = excluded.last_seen_at
                """)
                .param("subject", subject)
                .param("name", displayName)
                .param("groups", names)
                .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                .update();
        return person(subject, displayName, List.of(names));
    }

    /**
     * Finds a person who logged in before, with current teams.
     *
     * @param subject stable id
     */
    public Optional<Person> bySubject(String subject) {
        return jdbc.sql("select subject, display_name, groups from person where subject = :subject")
                .param("subject", subject)
                .query((row, _) -> person(row.getString(1), row.getString(2), strings(row.getArray(3))))
                .optional();
    }

    private Person person(String subject, String displayName, List<String> groups) {
        Set<String> teams = groups.isEmpty()
                ? Set.of()
                : jdbc.sql("""
                        select distinct t.slug from team t join team_group g on g.team_id = t.id where g.group_name in (:groups)
                        """).param("groups", groups).query(String.class).list().stream()
                        .collect(Collectors.toUnmodifiableSet());
        return new Person(subject, displayName, teams, groups.contains(adminGroup));
    }

    private static List<String> strings(Array array) throws SQLException {
        return List.of((String[]) array.getArray());
    }
}
