package io.waypass.portal.page;

import io.waypass.refusal.Refusal;

/**
 * Why a removal was refused, as the page shows it.
 *
 * @param title what prevents it
 * @param detail what to do about it
 */
public record RefusedRemoval(String title, String detail) {

    public static RefusedRemoval of(Refusal refusal) {
        return new RefusedRemoval(refusal.title(), refusal.detail());
    }
}
