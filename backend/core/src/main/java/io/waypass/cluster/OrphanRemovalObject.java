package io.waypass.cluster;

import io.waypass.resource.ObjectPlace;
import java.util.Optional;

/**
 * An object on the list of an orphan removal.
 *
 * @param position in the list, from 0
 * @param apiVersion such as {@code v1}
 * @param place where it was seen
 * @param uid the API server's; what has another one is not deleted
 * @param orphan whether it is still reported as an orphan
 * @param outcome what became of it; empty while nothing did
 * @param message why, if there is something to say
 */
public record OrphanRemovalObject(
        int position,
        String apiVersion,
        ObjectPlace place,
        String uid,
        boolean orphan,
        Optional<RemovalOutcome> outcome,
        Optional<String> message) {}
