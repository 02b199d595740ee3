package io.waypass.cluster;

import io.waypass.resource.ObjectPlace;
import java.time.Instant;

/**
 * An object that an identity should have in the cluster, but that does not exist there.
 *
 * @param key its position in the list
 * @param identity {@code idn_…}
 * @param cluster name
 * @param app name
 * @param host the destination's
 * @param team slug
 * @param apiVersion such as {@code v1}
 * @param place where it should be
 * @param observedAt time of the observation
 */
public record MissingObject(
        long key,
        String identity,
        String cluster,
        String app,
        String host,
        String team,
        String apiVersion,
        ObjectPlace place,
        Instant observedAt) {}
