package io.waypass.cluster;

import java.util.List;

/**
 * What somebody asks to have deleted.
 *
 * @param cluster name
 * @param uids of orphans, as the report gives them
 * @param reason why
 */
public record NewCleaning(String cluster, List<String> uids, String reason) {

    /** The most objects in one cleaning: as many as somebody can be expected to read before approving. */
    public static final int MOST_OBJECTS = 200;

    /** Copies the list; an object that is named twice is meant once. */
    public NewCleaning {
        uids = uids.stream().distinct().toList();
    }
}
