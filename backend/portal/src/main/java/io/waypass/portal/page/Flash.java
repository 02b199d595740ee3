package io.waypass.portal.page;

import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/**
 * What the next page says on top, once.
 *
 * @param tone {@code ok}, {@code warn} or {@code bad}
 * @param title what happened
 * @param detail what comes next
 */
public record Flash(String tone, String title, String detail) implements java.io.Serializable {

    /**
     * Says on the next page that something was done.
     *
     * @param redirect leads there
     * @param title what happened
     * @param detail what comes next
     */
    public static void done(RedirectAttributes redirect, String title, String detail) {
        redirect.addFlashAttribute("flash", new Flash("ok", title, detail));
    }
}
