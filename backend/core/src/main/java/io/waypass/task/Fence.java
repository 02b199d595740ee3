package io.waypass.task;

/**
 * Proof that an applier still holds a resource's task. The database raises the version whenever the task changes hands, so an applier
 * that was frozen finds that it has been overtaken, whatever its clock says.
 *
 * @param task name of the task
 * @param instance public id of the resource
 * @param version of the task's row when it was taken
 */
public record Fence(String task, String instance, long version) {

    /** Another applier has taken over the task; this one stops. */
    public static final class Overtaken extends RuntimeException {

        public Overtaken(Fence fence) {
            super(fence.instance() + " is in other hands now", null, false, false);
        }
    }
}
