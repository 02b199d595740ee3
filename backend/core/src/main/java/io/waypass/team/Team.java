package io.waypass.team;

/**
 * Owns namespaces and apps; its members come from identity-provider groups.
 *
 * @param id key inside the database
 * @param slug DNS label, unique, used in addresses and the API
 * @param displayName for people
 */
public record Team(long id, String slug, String displayName) {}
