package io.waypass.cluster;

import io.waypass.resource.ObjectPlace;
import java.util.Optional;

/**
 * An object on the list of an orphan removal.
 *
 * @param position in the list, from 0
 * @param apiVersion such as {@code v1}
 * @param place where it was observed
 * @param uid assigned by the API server; an object with another UID is not deleted
 * @param orphan whether it is still reported as an orphan
 * @param outcome empty until it is processed
 * @param message reason of the outcome, if there is one to tell
 */
public record OrphanRemovalObject(
        int position,
        String apiVersion,
        ObjectPlace place,
        String uid,
        boolean orphan,
        Optional<RemovalOutcome> outcome,
        Optional<String> message) {}
