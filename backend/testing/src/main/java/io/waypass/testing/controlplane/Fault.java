package io.waypass.testing.controlplane;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * An effect of a {@link FaultProxy} on a call: before it forwards the call, or {@link #beforeAnswer} between the API
 * server's answer and the client. Immutable; several rules may share one.
 */
public final class Fault {

    /** When a fault strikes. */
    enum Moment {
        BEFORE_FORWARDING,
        BEFORE_ANSWER
    }

    sealed interface Effect {}

    /** Delays the call or runs a hook, and then lets the call continue. */
    @FunctionalInterface
    non-sealed interface Pause extends Effect {
        void take(Call call) throws InterruptedException;
    }

    /** Completes the call. */
    sealed interface End extends Effect {}

    /** Answers itself. */
    record Answer(int status, List<HttpHead.Field> fields, byte[] body) implements End {

        Answer {
            fields = List.copyOf(fields);
        }

        HttpHead head() {
            return new HttpHead("HTTP/1.1 " + status + " Fault", fields);
        }

        /** {@return a copy that ends the connection afterwards} */
        Answer last() {
            List<HttpHead.Field> closing = new ArrayList<>(fields);
            closing.add(new HttpHead.Field("Connection", "close"));
            return new Answer(status, closing, body);
        }
    }

    /** Closes the connection. */
    record Cut() implements End {}

    private static final double ALWAYS = 1;

    private final Effect effect;
    private final Moment moment;
    private final int limit;
    private final double probability;
    private final long seed;

    private Fault(Effect effect, Moment moment, int limit, double probability, long seed) {
        this.effect = effect;
        this.moment = moment;
        this.limit = limit;
        this.probability = probability;
        this.seed = seed;
    }

    private static Fault of(Effect effect) {
        return new Fault(effect, Moment.BEFORE_FORWARDING, Integer.MAX_VALUE, ALWAYS, 0);
    }

    /**
     * Answers in place of the API server, which never sees the call; with {@link #beforeAnswer} it replaces the answer
     * to a call that the API server did carry out.
     *
     * @param headers fields of the answer; its length is added
     * @param body text of the answer
     */
    public static Fault answer(int status, Map<String, String> headers, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        List<HttpHead.Field> fields = new ArrayList<>();
        headers.forEach((name, value) -> fields.add(new HttpHead.Field(name, value)));
        fields.add(new HttpHead.Field("Content-Length", Integer.toString(bytes.length)));
        return of(new Answer(status, fields, bytes));
    }

    /**
     * Answers 429 as the API server does when priority and fairness rejects a call: in plain text, without a {@code
     * Status} (k8s.io/apiserver, {@code pkg/server/filters/maxinflight.go}, {@code tooManyRequests}).
     *
     * @param retryAfter seconds
     */
    public static Fault tooManyRequests(int retryAfter) {
        return answer(
                429,
                Map.of(
                        "Retry-After",
                        Integer.toString(retryAfter),
                        "Content-Type",
                        "text/plain; charset=utf-8",
                        "X-Content-Type-Options",
                        "nosniff"),
                "Too many requests, please try again later.\n");
    }

    /**
     * Answers with a {@code Status} object, as the API server does where it fails.
     *
     * @param reason {@code InternalError}, {@code Conflict}, {@code Timeout} and the like
     * @param message for people; no quotes or backslashes
     */
    public static Fault failure(int status, String reason, String message) {
        return answer(status, Map.of("Content-Type", "application/json"), """
                {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"%s","reason":"%s","code":%d}
                """.formatted(message, reason, status));
    }

    public static Fault delay(Duration duration) {
        return of((Pause) _ -> Thread.sleep(duration));
    }

    /** Holds the call until the test releases it. */
    public static Fault hold(Hold hold) {
        return of((Pause) hold::keep);
    }

    /**
     * Closes the connection without an answer; with {@link #beforeAnswer} the call has been carried out and its client
     * cannot know.
     */
    public static Fault cut() {
        return of(new Cut());
    }

    /**
     * Runs a test's hook, for example to kill the client, and lets the call continue afterwards.
     *
     * @param hook gets the call
     */
    public static Fault run(Consumer<Call> hook) {
        return of((Pause) hook::accept);
    }

    /** {@return a copy that strikes between the API server's answer and the client, instead of before forwarding} */
    public Fault beforeAnswer() {
        return new Fault(effect, Moment.BEFORE_ANSWER, limit, probability, seed);
    }

    /**
     * Returns a copy that strikes a limited number of times.
     *
     * @param most number of calls
     */
    public Fault times(int most) {
        return new Fault(effect, moment, most, probability, seed);
    }

    /**
     * Returns a copy that strikes at random.
     *
     * @param chance from 0 to 1, for each matching call
     * @param randomSeed makes the draws reproducible
     */
    public Fault withProbability(double chance, long randomSeed) {
        return new Fault(effect, moment, limit, chance, randomSeed);
    }

    Effect effect() {
        return effect;
    }

    Moment moment() {
        return moment;
    }

    int limit() {
        return limit;
    }

    double probability() {
        return probability;
    }

    long seed() {
        return seed;
    }
}
