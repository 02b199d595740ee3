package io.waypass.portal.page;

import io.waypass.refusal.Refusal;
import java.util.Map;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.servlet.ModelAndView;

/** A use case's no that no form could show beside a field, as a page of its own. */
@ControllerAdvice(basePackageClasses = RefusalPages.class)
@Order(Ordered.LOWEST_PRECEDENCE)
class RefusalPages {

    @ExceptionHandler
    ModelAndView refused(Refusal refusal) {
        HttpStatus status =
                switch (refusal.kind()) {
                    case NOT_FOUND -> HttpStatus.NOT_FOUND;
                    case INVALID -> HttpStatus.UNPROCESSABLE_CONTENT;
                    case CONFLICT, STALE -> HttpStatus.CONFLICT;
                    case FORBIDDEN -> HttpStatus.FORBIDDEN;
                };
        return new ModelAndView(
                "error/problem",
                Map.of("problem", Map.of("title", refusal.title(), "detail", refusal.detail(), "code", refusal.code())),
                status);
    }
}
