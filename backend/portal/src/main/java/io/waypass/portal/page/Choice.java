package io.waypass.portal.page;

/**
 * What a select offers.
 *
 * @param value what is sent
 * @param label what is read
 */
public record Choice(String value, String label) {}
