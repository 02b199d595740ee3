package io.waypass.portal.page;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.multipart.MaxUploadSizeExceededException;
import org.springframework.web.multipart.MultipartException;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;

/** A form whose files are too large, or cannot be told apart: known before it is known which page would have taken it. */
@Component
class UploadTooLarge implements HandlerExceptionResolver, Ordered {

    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

    @Override
    public @Nullable ModelAndView resolveException(
            HttpServletRequest request, HttpServletResponse response, @Nullable Object handler, Exception failure) {
        if (!(failure instanceof MultipartException)
                || request.getRequestURI().startsWith(request.getContextPath() + "/api/")) {
            return null;
        }
        boolean large = failure instanceof MaxUploadSizeExceededException;
        return new ModelAndView(
                "error/problem",
                Map.of(
                        "problem",
                        large
                                ? Map.of(
                                        "title", "A file is too large",
                                        "detail",
                                                "A certificate, a key or a CA bundle has at most 64 KiB. Nothing was stored. Go back and"
                                                        + " look whether it is the right file.",
                                        "code", "body.too-large")
                                : Map.of(
                                        "title", "The form cannot be read",
                                        "detail", "Nothing was stored. Go back and send it again.",
                                        "code", "body.unreadable")),
                large ? HttpStatus.CONTENT_TOO_LARGE : HttpStatus.BAD_REQUEST);
    }
}
