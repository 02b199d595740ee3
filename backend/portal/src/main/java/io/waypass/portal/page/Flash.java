package io.waypass.portal.page;

import java.io.Serializable;
import java.util.List;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/**
 * A message that the next page shows once, on top. The result is the message with the key, the next step the one with the key and {@code
 * .text}.
 *
 * @param tone {@code ok}, {@code warn} or {@code bad}
 * @param key such as {@code flash.app.registered}
 * @param args of both messages
 */
public record Flash(String tone, String key, List<String> args) implements Serializable {

    /** Reports a success on the next page. */
    public static void done(RedirectAttributes redirect, String key, String... args) {
        redirect.addFlashAttribute("flash", new Flash("ok", key, List.of(args)));
    }

    /** Reports a failure on the next page. */
    public static void warn(RedirectAttributes redirect, String key, String... args) {
        redirect.addFlashAttribute("flash", new Flash("warn", key, List.of(args)));
    }
}
