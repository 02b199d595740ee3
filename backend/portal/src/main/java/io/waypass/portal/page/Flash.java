package io.waypass.portal.page;

import java.io.Serializable;
import java.util.List;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/**
 * What the next page says on top, once. The words are messages: what happened stands under the key, what comes next under the key with
 * {@code .text}.
 *
 * @param tone {@code ok}, {@code warn} or {@code bad}
 * @param key of the message, such as {@code flash.app.registered}
 * @param args what goes into both
 */
public record Flash(String tone, String key, List<String> args) implements Serializable {

    /** Says on the next page that something was done. */
    public static void done(RedirectAttributes redirect, String key, String... args) {
        redirect.addFlashAttribute("flash", new Flash("ok", key, List.of(args)));
    }

    /** Says on the next page that something was not done. */
    public static void warn(RedirectAttributes redirect, String key, String... args) {
        redirect.addFlashAttribute("flash", new Flash("warn", key, List.of(args)));
    }
}
