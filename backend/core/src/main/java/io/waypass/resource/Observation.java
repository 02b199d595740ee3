package io.waypass.resource;

import java.util.List;

/**
 * A resource in the cluster, as the applier observed it at one moment.
 *
 * @param conditions those that could be evaluated
 * @param objects of the approved plan, in the order of apply
 */
public record Observation(List<ObservedCondition> conditions, List<ObservedObject> objects) {

    /**
     * A condition without its last transition, which {@link Observations} keeps.
     *
     * @param reason one word in CamelCase, for programs
     * @param message for people
     */
    public record ObservedCondition(Condition.Type type, Condition.Status status, String reason, String message) {

        private static final int LONGEST_REASON = 200;
        private static final int LONGEST_MESSAGE = 4_000;

        /** Shortens a long message, and drops NUL, which PostgreSQL cannot store in text; anyone may have written a status. */
        public ObservedCondition {
            reason = bounded(reason, LONGEST_REASON);
            message = bounded(message, LONGEST_MESSAGE);
        }

        private static String bounded(String text, int longest) {
            String readable = text.replace("\u0000", "");
            return readable.length() <= longest ? readable : readable.substring(0, longest) + "…";
        }
    }

    public Observation {
        conditions = List.copyOf(conditions);
        objects = List.copyOf(objects);
    }
}
