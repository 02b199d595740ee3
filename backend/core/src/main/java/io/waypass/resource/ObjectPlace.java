package io.waypass.resource;

/**
 * Where an object is. Another object may take the place later; only its UID tells.
 *
 * @param kind such as {@code ServiceEntry}
 * @param namespace empty for what lives in none
 * @param name its name
 */
public record ObjectPlace(String kind, String namespace, String name) {}
