package io.waypass.portal.api;

import io.waypass.portal.access.RequestId;
import io.waypass.refusal.InputProblem;
import io.waypass.refusal.InvalidInput;
import io.waypass.refusal.Refusal;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URI;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/**
 * Translates refusals and failures to {@code application/problem+json} (RFC 9457), with a stable code in {@code type} and, for invalid
 * input, every problem in {@code errors}.
 */
@RestControllerAdvice(basePackageClasses = Problems.class)
class Problems {

    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

    /** character_not_in_repertoire, untranslatable_character. */
    private static final Set<String> UNKEPT = Set.of("22021", "22P05");

    @ExceptionHandler
    ResponseEntity<ProblemDetail> refused(Refusal refusal, HttpServletRequest request) {
        HttpStatus status = switch (refusal.kind()) {
            case NOT_FOUND -> HttpStatus.NOT_FOUND;
            case INVALID -> HttpStatus.UNPROCESSABLE_CONTENT;
            case CONFLICT -> HttpStatus.CONFLICT;
            case FORBIDDEN -> HttpStatus.FORBIDDEN;
            case STALE ->
                request.getHeader(HttpHeaders.IF_MATCH) == null ? HttpStatus.CONFLICT : HttpStatus.PRECONDITION_FAILED;
        };
        ProblemDetail body =
                body(request, status, refusal.code(), refusal.title(), refusal.detail(), refusal.problems());
        refusal.members().forEach(body::setProperty);
        return ResponseEntity.status(status)
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(body);
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> unreadable(HttpMessageNotReadableException failure, HttpServletRequest request) {
        // never the parser's own message, which may quote the body, which may contain a key
        Throwable cause = failure.getCause();
        if (cause instanceof UnrecognizedPropertyException unknown) {
            String pointer = pointer(unknown);
            return problem(
                    request,
                    HttpStatus.UNPROCESSABLE_CONTENT,
                    "input.invalid",
                    "The input is not valid",
                    "The body has a member that is not known here.",
                    List.of(new InputProblem(
                            pointer,
                            "member.unknown",
                            "There is no such member. Known here: " + unknown.getKnownPropertyIds() + ".")));
        }
        boolean syntax = cause instanceof StreamReadException || cause == null;
        return problem(
                request,
                HttpStatus.BAD_REQUEST,
                "body.unreadable",
                "The body cannot be read",
                syntax
                        ? "The body is missing or is no JSON. Send a JSON object with Content-Type: application/json."
                        : "A member of the body has a value of the wrong kind. Compare it with the description at /openapi.json.",
                List.of());
    }

    static ResponseEntity<ProblemDetail> tooLarge(HttpServletRequest request) {
        return problem(
                request,
                HttpStatus.CONTENT_TOO_LARGE,
                "body.too-large",
                "The body is too large",
                "A file may have 64 KiB, a request 512 KiB. Leave out what does not belong to the certificate.",
                List.of());
    }

    static ResponseEntity<ProblemDetail> unreadableParts(HttpServletRequest request) {
        return problem(
                request,
                HttpStatus.BAD_REQUEST,
                "body.unreadable",
                "The body cannot be read",
                "It is no multipart form as RFC 7578 has it. Leave Content-Type to your client: it has to name the boundary.",
                List.of());
    }

    /** A value of the address with the wrong type, such as {@code limit=many}. */
    @ExceptionHandler
    ResponseEntity<ProblemDetail> wrongKind(MethodArgumentTypeMismatchException failure, HttpServletRequest request) {
        return refused(
                new InvalidInput(
                        "/" + failure.getName(),
                        "value.unknown",
                        "The value of “" + failure.getName()
                                + "” is of the wrong kind. The description at /openapi.json" + " says what it takes."),
                request);
    }

    /** PostgreSQL stores every character except NUL; a text with one was not stored. */
    @ExceptionHandler
    ResponseEntity<ProblemDetail> unkept(
            DataIntegrityViolationException failure, HttpServletRequest request, HttpServletResponse response) {
        if (failure.getMostSpecificCause() instanceof SQLException cause
                && UNKEPT.contains(String.valueOf(cause.getSQLState()))) {
            return unkept(request);
        }
        return other(failure, request, response);
    }

    /** The firewall has found NUL in a value of the address or of a form. */
    @ExceptionHandler(RequestRejectedException.class)
    ResponseEntity<ProblemDetail> unkept(HttpServletRequest request) {
        return refused(
                new InvalidInput("", "text.invalid", "A text has a character that cannot be stored (NUL). Remove it."),
                request);
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> other(Exception failure, HttpServletRequest request, HttpServletResponse response) {
        if (failure instanceof ErrorResponse known && known.getStatusCode().is4xxClientError()) {
            return known(known, request);
        }
        LOG.error("A call to {} failed", request.getRequestURI(), failure);
        return problem(
                request,
                HttpStatus.INTERNAL_SERVER_ERROR,
                "internal",
                "Something went wrong here",
                "It is not your fault, and nothing was changed unless a later look says so. Tell a platform admin the id "
                        + response.getHeader(RequestId.HEADER) + ".",
                List.of());
    }

    /** Refusals of Spring MVC, in its own words. */
    static ResponseEntity<ProblemDetail> known(ErrorResponse known, HttpServletRequest request) {
        HttpStatus status = HttpStatus.valueOf(known.getStatusCode().value());
        String detail = known.getBody().getDetail();
        return ResponseEntity.status(status)
                .headers(known.getHeaders())
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(body(
                        request,
                        status,
                        "http." + status.value(),
                        status.getReasonPhrase(),
                        (detail == null ? "" : detail + " ")
                                + "The description at /openapi.json says what is taken here.",
                        List.of()));
    }

    private static ResponseEntity<ProblemDetail> problem(
            HttpServletRequest request,
            HttpStatus status,
            String code,
            String title,
            String detail,
            List<InputProblem> errors) {
        return ResponseEntity.status(status)
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(body(request, status, code, title, detail, errors));
    }

    private static ProblemDetail body(
            HttpServletRequest request,
            HttpStatus status,
            String code,
            String title,
            String detail,
            List<InputProblem> errors) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, detail);
        problem.setType(URI.create("/problems/" + code));
        problem.setTitle(title);
        problem.setInstance(URI.create(request.getRequestURI()));
        if (!errors.isEmpty()) {
            problem.setProperty("errors", errors);
        }
        return problem;
    }

    private static String pointer(UnrecognizedPropertyException unknown) {
        StringBuilder pointer = new StringBuilder();
        unknown.getPath()
                .forEach(step -> pointer.append('/')
                        .append(
                                step.getPropertyName() == null
                                        ? String.valueOf(step.getIndex())
                                        : step.getPropertyName()));
        return pointer.toString();
    }
}
