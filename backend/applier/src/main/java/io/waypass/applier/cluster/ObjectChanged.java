package io.waypass.applier.cluster;

/**
 * The object is not the one that was read: it was changed, created or removed in between. Nothing was written; the
 * caller has to read it again.
 */
public final class ObjectChanged extends RuntimeException {

    ObjectChanged(ObjectKey key) {
        super(key + " was changed in the very moment in which it was to be written", null, false, false);
    }
}
