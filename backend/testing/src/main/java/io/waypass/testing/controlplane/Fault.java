package io.waypass.testing.controlplane;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What a {@link FaultProxy} does to a call: before it forwards the call, or {@link #beforeAnswer} between the API
 * server's answer and the client. A value; the same may be given to several rules.
 */
public final class Fault {

    /** When a fault strikes. */
    enum Moment {
        BEFORE_FORWARDING,
        BEFORE_ANSWER
    }

    /** What it does. */
    sealed interface Effect {}

    /** Takes its time, or does what a test wants, and lets the call go on. */
    @FunctionalInterface
    non-sealed interface Pause extends Effect {
        void take(Call call) throws InterruptedException;
    }

    /** After it there is nothing more to do for the call. */
    sealed interface End extends Effect {}

    /** Answers itself. */
    record Answer(int status, List<HttpHead.Field> fields, byte[] body) implements End {

        Answer {
            fields = List.copyOf(fields);
        }

        HttpHead head() {
            return new HttpHead("HTTP/1.1 " + status + " Fault", fields);
        }

        /** {@return the same, and that the connection ends with it} */
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
     * Answers in the API server's place, which never sees the call; {@link #beforeAnswer} replaces the answer to a call
     * that it did carry out.
     *
     * @param status HTTP status
     * @param headers fields of the answer; its length is added
     * @param body text of the answer
     * @return the fault
     */
    public static Fault answer(int status, Map<String, String> headers, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        List<HttpHead.Field> fields = new ArrayList<>();
        headers.forEach((name, value) -> fields.add(new HttpHead.Field(name, value)));
        fields.add(new HttpHead.Field("Content-Length", Integer.toString(bytes.length)));
        return of(new Answer(status, fields, bytes));
    }

    /**
     * Answers 429 as the API server does when priority and fairness turns a call away: in plain text, without a
     * {@code Status} (k8s.io/apiserver, {@code pkg/server/filters/maxinflight.go}, {@code tooManyRequests}).
     *
     * @param retryAfter seconds
     * @return the fault
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
     * @param status HTTP status
     * @param reason {@code InternalError}, {@code Conflict}, {@code Timeout} and the like
     * @param message for people; no quotes or backslashes
     * @return the fault
     */
    public static Fault failure(int status, String reason, String message) {
        return answer(status, Map.of("Content-Type", "application/json"), """
                {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"%s","reason":"%s","code":%d}
                """.formatted(message, reason, status));
    }

    /**
     * Lets the call wait.
     *
     * @param duration how long
     * @return the fault
     */
    public static Fault delay(Duration duration) {
        return of((Pause) _ -> Thread.sleep(duration));
    }

    /**
     * Keeps the call until the test releases it.
     *
     * @param hold where
     * @return the fault
     */
    public static Fault hold(Hold hold) {
        return of((Pause) hold::keep);
    }

    /**
     * Closes the connection without an answer; with {@link #beforeAnswer} the call has been carried out and its client
     * cannot know.
     *
     * @return the fault
     */
    public static Fault cut() {
        return of(new Cut());
    }

    /**
     * Does what a test wants, such as to kill the client, and lets the call go on when that is done.
     *
     * @param hook is given the call
     * @return the fault
     */
    public static Fault run(Consumer<Call> hook) {
        return of((Pause) hook::accept);
    }

    /** {@return the same between the API server's answer and the client, instead of before forwarding} */
    public Fault beforeAnswer() {
        return new Fault(effect, Moment.BEFORE_ANSWER, limit, probability, seed);
    }

    /**
     * The same, but it strikes so often only.
     *
     * @param most how many calls
     * @return the fault
     */
    public Fault times(int most) {
        return new Fault(effect, moment, most, probability, seed);
    }

    /**
     * The same, but it strikes by chance.
     *
     * @param chance from 0 to 1, for each matching call
     * @param randomSeed makes the same draws each time
     * @return the fault
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
