package io.waypass.portal.page;

/** An option of a select. */
public record Choice(String value, String label) {}
