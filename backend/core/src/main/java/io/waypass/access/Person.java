package io.waypass.access;

import io.waypass.refusal.NotAllowed;
import java.util.Set;

/**
 * An authenticated person or program.
 *
 * @param subject the identity provider's stable id, or that of a token's owner
 * @param displayName for people
 * @param teams slugs of the teams that the person is a member of
 * @param admin whether the person may decide and administer
 */
public record Person(String subject, String displayName, Set<String> teams, boolean admin) {

    public Person {
        teams = Set.copyOf(teams);
    }

    /** @param team slug */
    public boolean memberOf(String team) {
        return teams.contains(team);
    }

    /**
     * Whether the person may see what a team owns: its members and admins may.
     *
     * @param team slug
     */
    public boolean maySee(String team) {
        return admin || memberOf(team);
    }

    /**
     * Requires a platform admin.
     *
     * @throws NotAllowed {@code admin.required} for everybody else
     */
    public void requireAdmin() {
        requireAdmin("Only platform admins may do this. Ask one of them.");
    }

    /**
     * Requires a platform admin, and tells others what they can do instead.
     *
     * @param otherwise text of the refusal
     * @throws NotAllowed {@code admin.required} for everybody else
     */
    public void requireAdmin(String otherwise) {
        if (!admin) {
            throw new NotAllowed("admin.required", otherwise);
        }
    }
}
