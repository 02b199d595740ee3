package io.waypass.policy;

import java.util.List;
import java.util.Optional;

/**
 * A rule that a platform admin wrote.
 *
 * @param publicId {@code pol_…}
 * @param name DNS label
 * @param active the active version; empty while the policy is off
 * @param versions newest first, at least one
 */
public record Policy(String publicId, String name, Optional<PolicyVersion> active, List<PolicyVersion> versions) {

    public Policy {
        versions = List.copyOf(versions);
    }

    public PolicyVersion latest() {
        return versions.getFirst();
    }
}
