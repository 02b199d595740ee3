package io.waypass.cluster;

import io.waypass.resource.ObjectPlace;
import java.time.Instant;

/**
 * An object that an identity should have in the cluster, and that was not there when it was looked for.
 *
 * @param key where it stands in the list
 * @param identity {@code idn_…}
 * @param cluster name
 * @param app name
 * @param host the destination's
 * @param team slug
 * @param apiVersion such as {@code v1}
 * @param place where it should be
 * @param observedAt when it was looked for
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
