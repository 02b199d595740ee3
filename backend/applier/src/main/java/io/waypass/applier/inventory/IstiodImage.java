package io.waypass.applier.inventory;

import com.fasterxml.jackson.databind.JsonNode;
import io.waypass.applier.cluster.LiveObject;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The image that an istiod runs.
 *
 * <p>Solo tags the images of its distribution with {@code solo} after the version, such as {@code 1.29.0-solo} or
 * {@code 1.19.3-solo-fips-distroless} (Solo's documentation, “About Solo distributions of Istio”). A tag that is no
 * version, or an image without a tag, does not tell: a private registry may name it as it likes.
 *
 * @param reference as the Deployment names it; empty if it names none
 */
record IstiodImage(String reference) {

    /** Flavour of an image that does not tell. */
    static final String UNTOLD = "untold";

    /** The name of istiod's container in Istio's charts. */
    private static final String CONTAINER = "discovery";

    private static final Pattern VERSION = Pattern.compile("v?\\d+\\.\\d+.*");

    static IstiodImage of(LiveObject deployment) {
        JsonNode containers = deployment.at("/spec/template/spec/containers");
        for (JsonNode container : containers) {
            if (container.path("name").asText().equals(CONTAINER)) {
                return new IstiodImage(container.path("image").asText());
            }
        }
        return new IstiodImage(containers.path(0).path("image").asText());
    }

    /** {@return {@code solo}, {@code upstream} or {@link #UNTOLD}} */
    String flavour() {
        String tag = tag();
        if (!VERSION.matcher(tag).matches()) {
            return UNTOLD;
        }
        return List.of(tag.split("-")).contains("solo") ? "solo" : "upstream";
    }

    private String tag() {
        String named = reference.split("@", 2)[0];
        String last = named.substring(named.lastIndexOf('/') + 1);
        int colon = last.indexOf(':');
        return colon < 0 ? "" : last.substring(colon + 1);
    }
}
