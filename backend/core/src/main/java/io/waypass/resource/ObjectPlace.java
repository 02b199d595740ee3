package io.waypass.resource;

/**
 * Place of an object. Another object may take the place later; only the UID tells them apart.
 *
 * @param kind such as {@code ServiceEntry}
 * @param namespace empty for objects without a namespace
 */
public record ObjectPlace(String kind, String namespace, String name) {}
