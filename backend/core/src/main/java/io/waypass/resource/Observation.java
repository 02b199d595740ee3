package io.waypass.resource;

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
    public record ObservedCondition(Condition.Type type, Condition.Status status, String reason, String message) {

        private static final int LONGEST_REASON = 200;
        private static final int LONGEST_MESSAGE = 4_000;

        /** Shortens what is too long, and leaves out what no text in the database can hold: a status may be anybody's. */
        public ObservedCondition {
            reason = bounded(reason, LONGEST_REASON);
            message = bounded(message, LONGEST_MESSAGE);
        }

        private static String bounded(String text, int longest) {
            String readable = text.replace("\u0000", "");
            return readable.length() <= longest ? readable : readable.substring(0, longest) + "…";
        }
    }

    /** Copies the lists. */
    public Observation {
        conditions = List.copyOf(conditions);
        objects = List.copyOf(objects);
    }
}
