package io.waypass.sandbox;

import java.util.List;

/** The people of the sandbox's identity provider, named by their role. */
public enum SandboxPerson {
    /** Belongs to the team that owns {@code team-namespace}. */
    MEMBER("member", "Team member", List.of("guide-team")),
    /** Belongs to the team that owns {@code other-namespace}. */
    OTHER_MEMBER("other-member", "Other team's member", List.of("other-team")),
    /** May decide and administer. */
    ADMIN("admin", "Platform admin", List.of(SandboxPerson.ADMIN_GROUP)),
    /** May decide and administer, too. */
    ADMIN2("admin2", "Second platform admin", List.of(SandboxPerson.ADMIN_GROUP));

    static final String ADMIN_GROUP = "platform-admins";

    private final String username;
    private final String displayName;
    private final List<String> groups;

    SandboxPerson(String username, String displayName, List<String> groups) {
        this.username = username;
        this.displayName = displayName;
        this.groups = groups;
    }

    /** {@return the user name at login; also the subject in tokens} */
    public String username() {
        return username;
    }

    public String displayName() {
        return displayName;
    }

    /** {@return the groups in the identity provider's tokens} */
    public List<String> groups() {
        return groups;
    }
}
