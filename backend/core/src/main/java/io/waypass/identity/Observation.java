package io.waypass.identity;

import java.util.List;

/**
 * What the applier saw of one identity in the cluster at one moment.
 *
 * @param conditions every condition that it could say something about
 * @param objects every object of the approved plan, in the order of apply
 */
public record Observation(List<ObservedCondition> conditions, List<ObservedObject> objects) {

    /**
     * A condition as it is now; since when is worked out where it is kept.
     *
     * @param type what is observed
     * @param status the answer
     * @param reason one word in CamelCase, for programs
     * @param message for people
     */
    public record ObservedCondition(Condition.Type type, Condition.Status status, String reason, String message) {}

    /** Copies the lists. */
    public Observation {
        conditions = List.copyOf(conditions);
        objects = List.copyOf(objects);
    }
}
