package io.waypass.sealing;

import java.nio.charset.StandardCharsets;

/**
 * Binds a sealed key to its identity: a row that is copied to another identity or cluster does not open (HPKE's info,
 * RFC 9180 section 5.1).
 *
 * @param cluster name
 * @param namespace of the app
 * @param app name
 * @param destination slug
 * @param leafFingerprint SHA-256 of the leaf in the form that people see
 */
public record SealingContext(String cluster, String namespace, String app, String destination, String leafFingerprint) {

    /** Length-prefixed, so that no two contexts have the same encoding. */
    byte[] bytes() {
        StringBuilder text = new StringBuilder("waypass sealed key 1\n");
        for (String part : new String[] {cluster, namespace, app, destination, leafFingerprint}) {
            text.append(part.length()).append(':').append(part).append('\n');
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }
}
