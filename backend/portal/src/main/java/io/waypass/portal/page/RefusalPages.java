package io.waypass.portal.page;

import io.waypass.refusal.Refusal;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.servlet.ModelAndView;

/** Shows a refusal that no form shows as a page of its own. */
@ControllerAdvice(basePackageClasses = RefusalPages.class)
@Order(Ordered.LOWEST_PRECEDENCE)
class RefusalPages {

    private final Shell.Advice shells;

    RefusalPages(Shell.Advice shells) {
        this.shells = shells;
    }

    @ExceptionHandler
    ModelAndView refused(Refusal refusal, jakarta.servlet.http.HttpServletRequest request) {
        Map<String, @Nullable Object> model = new HashMap<>();
        model.put("problem", Map.of("title", refusal.title(), "detail", refusal.detail(), "code", refusal.code()));
        model.put("shell", shells.shell(request));
        return new ModelAndView("error/problem", model, Refused.status(refusal));
    }
}
