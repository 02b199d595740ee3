package io.waypass.portal.page;

import io.waypass.refusal.Refusal;

/**
 * Why something cannot be removed, as the page that asks once more says it.
 *
 * @param title what is in the way
 * @param detail what to do about it
 */
public record RefusedRemoval(String title, String detail) {

    public static RefusedRemoval of(Refusal refusal) {
        return new RefusedRemoval(refusal.title(), refusal.detail());
    }
}
