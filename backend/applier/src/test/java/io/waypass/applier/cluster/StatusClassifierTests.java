package io.waypass.applier.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.waypass.applier.cluster.StatusClassifier.Classified;
import io.waypass.applier.cluster.StatusClassifier.Meaning;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Bodies of kube-apiserver 1.36.2, recorded with a ValidatingWebhookConfiguration (failurePolicy Fail), with a stopped etcd, and where it
 * says so from its source.
 */
class StatusClassifierTests {

    private static final String CALL =
            "Internal error occurred: failed calling webhook \\\"rev.validation.istio.io\\\": ";
    private static final String POST =
            CALL + "failed to call webhook: Post \\\"https://127.0.0.1:26599/validate?timeout=5s\\\": ";
    private static final String DENIAL = "admission webhook \\\"rev.validation.istio.io\\\" denied the request";

    private final StatusClassifier classifier = new StatusClassifier(new ObjectMapper());

    static Stream<Arguments> answers() {
        return Stream.of(
                silent("nothing listens", POST + "dial tcp 127.0.0.1:26599: connect: connection refused"),
                silent("its connections are closed", POST + "EOF"),
                silent("it hangs", POST + "context deadline exceeded"),
                silent(
                        "its certificate is not trusted",
                        POST + "tls: failed to verify certificate: x509: certificate signed by unknown authority"),
                silent(
                        "its Service is gone",
                        CALL
                                + "failed to call webhook: Post \\\"https://istiod.istio-system.svc:443/validate?timeout=5s\\\":"
                                + " service \\\"istiod\\\" not found"),
                silent(
                        "it answers 500",
                        CALL
                                + "failed to call webhook: an error on the server (\\\"boom\\\") has prevented the request from succeeding"),
                silent(
                        "it answers 503",
                        CALL + "failed to call webhook: the server is currently unable to handle the request"),
                silent("it sends no review", CALL + "received invalid webhook response: webhook response was absent"),
                silent(
                        "it panicked (source)",
                        "Internal error occurred: ValidatingAdmissionWebhook/rev.validation.istio.io has panicked: boom"),
                silent(
                        "it changed what it must not change (source)",
                        "Internal error occurred: admission webhook \\\"rev.validation.istio.io\\\" attempted to modify the"
                                + " object, which is not supported for this operation"),
                denied(400, DENIAL + ": no", ""),
                denied(401, DENIAL + " without explanation", ""),
                denied(404, DENIAL + ": gone", ""),
                denied(409, DENIAL + ": conflict", ""),
                denied(429, DENIAL + ": slow down", "TooManyRequests"),
                denied(500, DENIAL + ": boom", ""),
                denied(503, DENIAL + ": not now", "ServiceUnavailable"),
                denied(504, DENIAL + ": Timeout", "Timeout"),
                denied(
                        500,
                        DENIAL + ": Internal error occurred: failed calling webhook \\\"another\\\": it says so itself",
                        "InternalError"),
                own(Meaning.REFUSED, 403, "configmaps is forbidden: User \\\"u\\\" cannot patch", "Forbidden"),
                own(Meaning.REFUSED, 422, "ConfigMap \\\"x\\\" is invalid", "Invalid"),
                own(Meaning.REFUSED, 409, "Apply failed with 1 conflict", "Conflict"),
                own(Meaning.AWAY, 401, "Unauthorized", "Unauthorized"),
                own(Meaning.AWAY, 429, "The request is throttled", "TooManyRequests"),
                own(Meaning.AWAY, 500, "etcdserver: leader changed", ""),
                own(Meaning.AWAY, 500, "etcdserver: request timed out", ""),
                own(Meaning.AWAY, 500, "Internal error occurred: etcdserver: request timed out", "InternalError"),
                own(
                        Meaning.AWAY,
                        500,
                        "The patch operation against configmaps could not be completed at this time, please try again.",
                        "ServerTimeout"),
                own(Meaning.AWAY, 503, "apiserver is shutting down", "ServiceUnavailable"),
                own(
                        Meaning.LATE,
                        504,
                        "Timeout: request did not complete within requested timeout - context deadline exceeded",
                        "Timeout"),
                // as recorded: without apiVersion and kind
                Arguments.of(
                        "504 of the handler's timeout",
                        504,
                        "{\"metadata\":{},\"status\":\"Failure\",\"message\":\"Timeout: request did not complete within the"
                                + " allotted timeout\",\"reason\":\"Timeout\",\"details\":{},\"code\":504}",
                        Meaning.LATE,
                        ""),
                other("the aggregator's", 503, "service unavailable"),
                other("a panic's", 500, "This request caused apiserver to panic. Look in the logs for details."),
                other("a proxy's", 502, "<html><body><h1>502 Bad Gateway</h1></body></html>"),
                other("a proxy's refusal", 400, "<html>failed calling webhook</html>"),
                other("another JSON", 500, "{\"error\":\"failed calling webhook \\\"x\\\"\"}"),
                other("JSON of another type", 500, "null"),
                other("an empty", 500, ""));
    }

    @ParameterizedTest(name = "{0}: {3}")
    @MethodSource("answers")
    void anAnswerIsJudgedByItsContentAndNotByItsCode(
            String what, int code, String body, Meaning meaning, String webhook) {
        Classified classified = classifier.classify(code, body.getBytes(StandardCharsets.UTF_8));

        assertThat(classified.meaning()).as(what).isEqualTo(meaning);
        assertThat(classified.webhook()).as(what).isEqualTo(Optional.of(webhook).filter(name -> !name.isEmpty()));
    }

    private static Arguments silent(String why, String message) {
        String cause = message.replace("Internal error occurred: ", "");
        return Arguments.of(
                "the webhook is asked in vain: " + why,
                500,
                """
                {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"%s","reason":"InternalError",\
                "details":{"causes":[{"message":"%s"}]},"code":500}""".formatted(message, cause),
                Meaning.WEBHOOK_SILENT,
                "rev.validation.istio.io");
    }

    private static Arguments denied(int code, String message, String reason) {
        return Arguments.of(
                "the webhook denies with " + code,
                code,
                status(code, message, reason),
                Meaning.DENIED,
                "rev.validation.istio.io");
    }

    private static Arguments own(Meaning meaning, int code, String message, String reason) {
        return Arguments.of(
                "the API server's own " + code + " " + reason, code, status(code, message, reason), meaning, "");
    }

    private static Arguments other(String whose, int code, String body) {
        return Arguments.of(whose + " " + code, code, body, Meaning.AWAY, "");
    }

    private static String status(int code, String message, String reason) {
        return """
                {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"%s",%s"code":%d}""".formatted(message, reason.isEmpty() ? "" : "\"reason\":\"" + reason + "\",", code);
    }
}
