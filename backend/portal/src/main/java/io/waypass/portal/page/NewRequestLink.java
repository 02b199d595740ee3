package io.waypass.portal.page;

/**
 * Link to the request form, filled with app and destination.
 *
 * @param app {@code app_…}
 * @param destination slug
 */
public record NewRequestLink(String app, String destination) {}
