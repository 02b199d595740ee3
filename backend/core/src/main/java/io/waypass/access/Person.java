package io.waypass.access;

import io.waypass.refusal.NotAllowed;
import java.util.Set;

/**
 * Somebody, or a program, that is logged in.
 *
 * @param subject the identity provider's stable id, or that of a token's owner
 * @param displayName for people
 * @param teams slugs of the teams that the person is a member of
 * @param admin whether the person may decide and administer
 */
public record Person(String subject, String displayName, Set<String> teams, boolean admin) {

    /** Copies the set. */
    public Person {
        teams = Set.copyOf(teams);
    }

    /**
     * Whether the person belongs to a team.
     *
     * @param team slug
     * @return true for a member
     */
    public boolean memberOf(String team) {
        return teams.contains(team);
    }

    /**
     * Whether the person may see what a team owns: its members and admins do.
     *
     * @param team slug
     * @return true if so
     */
    public boolean maySee(String team) {
        return admin || memberOf(team);
    }

    /**
     * Refuses what only platform admins may do.
     *
     * @throws NotAllowed {@code admin.required} for everybody else
     */
    public void requireAdmin() {
        requireAdmin("Only platform admins may do this. Ask one of them.");
    }

    /**
     * Refuses what only platform admins may do, and tells others what they can do instead.
     *
     * @param otherwise what the refusal says
     * @throws NotAllowed {@code admin.required} for everybody else
     */
    public void requireAdmin(String otherwise) {
        if (!admin) {
            throw new NotAllowed("admin.required", otherwise);
        }
    }
}
