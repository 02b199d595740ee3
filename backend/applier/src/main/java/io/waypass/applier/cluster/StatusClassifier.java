package io.waypass.applier.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.Status;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Determines what an unsuccessful answer is about, by its content. The HTTP code alone does not tell: an admission webhook may deny with
 * any code from 400 on, and a webhook that does not answer causes a 500, as a failure of etcd does (kube-apiserver 1.36: pkg/admission,
 * plugin/webhook; measured with 1.36.2, see {@code StatusClassifierTests}).
 */
final class StatusClassifier {

    /** What an answer is about. */
    enum Meaning {
        /** The API server did not judge the object: it fails itself, is throttling, or something in front of it answered. */
        AWAY,
        /** The same, because the time for the call ran out; the object may be the cause, or the API server. */
        LATE,
        /** The API server refuses this call about this object. */
        REFUSED,
        /** An admission webhook denies this object. */
        DENIED,
        /** An admission webhook has to agree to this object, and gave no usable answer. Other kinds of objects are not concerned. */
        WEBHOOK_SILENT
    }

    /**
     * The result.
     *
     * @param status as the API server sent it; empty if the body is something else
     * @param webhook name of the admission webhook that it is about
     */
    record Classified(Meaning meaning, Optional<Status> status, Optional<String> webhook) {}

    /** pkg/admission/plugin/webhook/errors/statuserror.go; the webhook's own message follows, whatever it is. */
    private static final Pattern DENIED = Pattern.compile("^admission webhook \"([^\"]+)\" denied the request");

    /** pkg/util/webhook/error.go as an InternalError: refused connection, TLS, an HTTP status, no time left, or no AdmissionReview. */
    private static final Pattern SILENT =
            Pattern.compile("^Internal error occurred: failed calling webhook \"([^\"]+)\"");

    /** The dispatchers' other internal errors that name a webhook: it panicked, or changed an object that it must not change. */
    private static final Pattern BROKEN = Pattern.compile(
            "^Internal error occurred: (?:(?:Validating|Mutating)AdmissionWebhook/(\\S+) has panicked|admission webhook \"([^\"]+)\")");

    private static final int UNAUTHORIZED = 401;
    private static final int TOO_MANY = 429;

    private final ObjectMapper json;

    StatusClassifier(ObjectMapper json) {
        this.json = json;
    }

    /** Classifies the answer to a call that did not succeed. */
    Classified classify(int code, byte[] body) {
        Optional<Status> status = status(body);
        if (status.isEmpty()) {
            // a proxy's page, "service unavailable" of the aggregator, or nothing
            return new Classified(Meaning.AWAY, status, Optional.empty());
        }
        String message = String.valueOf(status.get().getMessage());
        Matcher denied = DENIED.matcher(message);
        if (denied.find()) {
            return new Classified(Meaning.DENIED, status, Optional.of(denied.group(1)));
        }
        Matcher silent = SILENT.matcher(message);
        if (silent.find()) {
            return new Classified(Meaning.WEBHOOK_SILENT, status, Optional.of(silent.group(1)));
        }
        Matcher broken = BROKEN.matcher(message);
        if (broken.find()) {
            return new Classified(
                    Meaning.WEBHOOK_SILENT,
                    status,
                    Optional.ofNullable(broken.group(1)).or(() -> Optional.of(broken.group(2))));
        }
        return new Classified(
                "Timeout".equals(status.get().getReason())
                        ? Meaning.LATE
                        : code == UNAUTHORIZED || code == TOO_MANY || code >= 500 ? Meaning.AWAY : Meaning.REFUSED,
                status,
                Optional.empty());
    }

    /** A timeout of the API server has neither apiVersion nor kind (measured), so a Status is recognised by its status. */
    private Optional<Status> status(byte[] body) {
        try {
            return Optional.ofNullable(json.readValue(body, Status.class))
                    .filter(status -> "Failure".equals(status.getStatus()));
        } catch (JsonProcessingException _) {
            return Optional.empty();
        } catch (IOException e) {
            throw new IllegalStateException("bytes could not be read", e);
        }
    }
}
