package io.waypass.cluster;

import java.util.List;

/**
 * Orphans that somebody asks to have removed.
 *
 * @param cluster name
 * @param uids of orphans, as the report gives them
 * @param reason why
 */
public record NewOrphanRemoval(String cluster, List<String> uids, String reason) {

    /** The most objects of one request: as many as somebody can be expected to read before approving. */
    public static final int MOST_OBJECTS = 200;

    /** Copies the list; an object that is named twice is meant once. */
    public NewOrphanRemoval {
        uids = uids.stream().distinct().toList();
    }
}
