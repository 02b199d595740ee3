package io.waypass.policy;

import java.util.Locale;

/** What a policy does where its rule holds. */
public enum PolicyEffect {
    /** It approves: one voice among as many as are needed. */
    APPROVE,
    /** It asks for a number of people; a policy's approval does not count among them. */
    REQUIRE_APPROVALS,
    /** It rejects, with a message. */
    DENY,
    /** It lets platform admins decide who are members of the team that asks. Nobody ever decides on an own request. */
    ALLOW_OWN_TEAM;

    /** {@return the value as written in tables and API} */
    public String value() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Reads the written value.
     *
     * @param value such as {@code deny}
     * @return the effect
     * @throws IllegalArgumentException for any other value
     */
    public static PolicyEffect of(String value) {
        for (PolicyEffect effect : values()) {
            if (effect.value().equals(value)) {
                return effect;
            }
        }
        throw new IllegalArgumentException("“" + value + "” is no effect of a policy");
    }
}
