package io.waypass.portal.page;

import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** Stores the chosen colour theme in a cookie, and returns to the previous page. */
@Controller
class ThemeController {

    @PostMapping("/theme")
    String choose(
            @RequestParam String theme, @RequestParam(defaultValue = "/") String back, HttpServletResponse response) {
        if (Shell.THEMES.contains(theme)) {
            ResponseCookie cookie = ResponseCookie.from(Shell.THEME_COOKIE, theme)
                    .path("/")
                    .maxAge(Duration.ofDays(365))
                    .sameSite("Lax")
                    .httpOnly(true)
                    .build();
            response.addHeader(HttpHeaders.SET_COOKIE, cookie.toString());
        }
        // only to a local page: an address of another site could be hidden behind “//” or a backslash
        boolean local = back.matches("/[A-Za-z0-9/_.~-]*") && !back.startsWith("//");
        return "redirect:" + (local ? back : "/");
    }
}
