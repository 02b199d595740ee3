package io.waypass.task;

/**
 * The right to work on a resource: that its task is still in the hands that took it. The database raises the version whenever the task
 * changes hands, so an applier that was frozen and comes back finds that it has been overtaken, whatever its clock says.
 *
 * @param task name of the task
 * @param instance the public id of the resource
 * @param version of the task's row when it was taken
 */
public record Fence(String task, String instance, long version) {

    /** Another applier has taken the task over; what this one was about to do is no longer its business. */
    public static final class Overtaken extends RuntimeException {

        /**
         * Says so.
         *
         * @param fence which was lost
         */
        public Overtaken(Fence fence) {
            super(fence.instance() + " is in other hands now", null, false, false);
        }
    }
}
