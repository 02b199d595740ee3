package io.waypass.portal.page;

/**
 * Leads to the form that asks for an app's identity at a destination, filled with both.
 *
 * @param app {@code app_…}
 * @param destination slug
 */
public record NewRequestLink(String app, String destination) {}
