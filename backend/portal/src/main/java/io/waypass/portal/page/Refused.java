package io.waypass.portal.page;

import io.waypass.refusal.InputProblem;
import io.waypass.refusal.Refusal;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.ui.Model;
import org.springframework.validation.BindingResult;

/** A use case's no, put beside the fields of the form that asked. */
public final class Refused {

    private Refused() {}

    /**
     * Puts every problem beside its field; what has no field stands above the form.
     *
     * @param refusal the no
     * @param fields JSON pointer to field name
     * @param errors of the form
     */
    public static void beside(Refusal refusal, Map<String, String> fields, BindingResult errors) {
        beside(refusal, refusal.problems(), fields, errors);
    }

    /**
     * Puts some of a refusal's problems beside their fields.
     *
     * @param refusal the no
     * @param problems those of its problems that belong beside a field
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
     * Shows the page of a form that was refused once more, with the form as it was written and why.
     *
     * @param refusal the no
     * @param view the page's view, with the form
     * @param template of the page
     * @return the template
     */
    public static String again(
            Refusal refusal, Object view, String template, Model model, HttpServletResponse response) {
        response.setStatus(status(refusal).value());
        model.addAttribute("view", view);
        return template;
    }

    /**
     * The status of a page that shows a no.
     *
     * @param refusal the no
     * @return 4xx
     */
    public static HttpStatus status(Refusal refusal) {
        return switch (refusal.kind()) {
            case NOT_FOUND -> HttpStatus.NOT_FOUND;
            case INVALID -> HttpStatus.UNPROCESSABLE_CONTENT;
            case CONFLICT, STALE -> HttpStatus.CONFLICT;
            case FORBIDDEN -> HttpStatus.FORBIDDEN;
        };
    }
}
