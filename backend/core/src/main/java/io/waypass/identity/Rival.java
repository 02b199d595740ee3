package io.waypass.identity;

/**
 * Another identity for the same principal at the same host.
 *
 * @param identity {@code idn_…}
 * @param destination slug
 * @param cluster name
 */
public record Rival(String identity, String destination, String cluster) {}
