package io.waypass.policy;

import java.util.Locale;

/** What a policy does where its rule holds. */
public enum PolicyEffect {
    /** It approves: one of the approvals that are needed. */
    APPROVE,
    /** It requires a number of people; a policy's approval does not count as one. */
    REQUIRE_APPROVALS,
    /** It rejects, with a message. */
    DENY,
    /**
     * It lets platform admins who are members of the requesting team decide. People never decide on their own requests.
     */
    ALLOW_OWN_TEAM;

    /** {@return the value in tables and API} */
    public String value() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * @param value such as {@code deny}
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
