package io.waypass.portal.api;

import jakarta.servlet.http.HttpServletRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.autoconfigure.web.WebProperties;
import org.springframework.boot.webmvc.autoconfigure.error.BasicErrorController;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorViewResolver;
import org.springframework.boot.webmvc.error.ErrorAttributes;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/** Refusals and failures outside of controllers: programs get a problem without internals, people a page. */
@Component
class UnhandledErrors extends BasicErrorController {

    private final ErrorAttributes attributes;

    UnhandledErrors(ErrorAttributes attributes, WebProperties settings, List<ErrorViewResolver> pages) {
        super(attributes, settings.getError(), pages);
        this.attributes = attributes;
    }

    @Override
    public ResponseEntity<Map<String, Object>> error(HttpServletRequest request) {
        HttpStatus status = getStatus(request);
        Map<String, Object> problem = new LinkedHashMap<>();
        problem.put("type", "/problems/http." + status.value());
        problem.put("title", status.getReasonPhrase());
        problem.put("status", status.value());
        problem.put(
                "detail",
                status.is5xxServerError()
                        ? "Something went wrong here. Tell a platform admin the id in X-Request-Id."
                        : "This cannot be taken as it was sent. The description at /openapi.json says what can.");
        return ResponseEntity.status(status)
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(problem);
    }
}
