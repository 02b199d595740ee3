package io.waypass.portal.page;

import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.servlet.ModelAndView;

/** Pages for people who are not logged in. */
@Controller
class SessionPages {

    @GetMapping("/signed-out")
    String signedOut() {
        return "signed-out";
    }

    @GetMapping("/login-unavailable")
    ModelAndView loginUnavailable() {
        return new ModelAndView(
                "error/problem",
                Map.of(
                        "problem",
                        Map.of(
                                "title", "Signing in did not work",
                                "detail",
                                        "The identity provider does not answer, or did not accept the sign-in. Try again in a"
                                                + " minute; if it stays so, tell a platform admin. API tokens work meanwhile.",
                                "code", "login.unavailable")),
                HttpStatus.SERVICE_UNAVAILABLE);
    }
}
