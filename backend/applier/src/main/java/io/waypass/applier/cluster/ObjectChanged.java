package io.waypass.applier.cluster;

/**
 * The object is not the one that was read: somebody changed, created or removed it in between. Nothing was written; it has to be read
 * again.
 */
public final class ObjectChanged extends RuntimeException {

    ObjectChanged(ObjectKey key) {
        super(key + " was changed in the very moment in which it was to be written", null, false, false);
    }
}
