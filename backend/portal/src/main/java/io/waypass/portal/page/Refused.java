package io.waypass.portal.page;

import io.waypass.refusal.InputProblem;
import io.waypass.refusal.Refusal;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.ui.Model;
import org.springframework.validation.BindingResult;

/** Shows a refusal beside the fields of the form that was submitted. */
public final class Refused {

    private Refused() {}

    /**
     * Adds every problem to its field; one without a field is shown above the form.
     *
     * @param fields JSON pointer to field name
     * @param errors of the form
     */
    public static void beside(Refusal refusal, Map<String, String> fields, BindingResult errors) {
        beside(refusal, refusal.problems(), fields, errors);
    }

    /**
     * Adds some of a refusal's problems to their fields.
     *
     * @param fields JSON pointer to field name
     * @param errors of the form
     */
    public static void beside(
            Refusal refusal, List<InputProblem> problems, Map<String, String> fields, BindingResult errors) {
        if (refusal.problems().isEmpty()) {
            errors.reject(refusal.code(), refusal.detail());
        }
        problems.forEach(problem -> {
            String field = fields.get(problem.pointer());
            if (field == null) {
                errors.reject(problem.code(), problem.message());
            } else {
                errors.rejectValue(field, problem.code(), problem.message());
            }
        });
    }

    /**
     * Shows the page of a refused form again, with its values and the problems.
     *
     * @param view of the page, with the form
     * @return the template
     */
    public static String again(
            Refusal refusal, Object view, String template, Model model, HttpServletResponse response) {
        response.setStatus(status(refusal).value());
        model.addAttribute("view", view);
        return template;
    }

    /** {@return the HTTP status of a page that shows a refusal} */
    public static HttpStatus status(Refusal refusal) {
        return switch (refusal.kind()) {
            case NOT_FOUND -> HttpStatus.NOT_FOUND;
            case INVALID -> HttpStatus.UNPROCESSABLE_CONTENT;
            case CONFLICT, STALE -> HttpStatus.CONFLICT;
            case FORBIDDEN -> HttpStatus.FORBIDDEN;
        };
    }
}
