package io.waypass.applier.reconcile;

import io.waypass.applier.cluster.ApiServerRefused;
import io.waypass.applier.reconcile.ConditionEvaluator.OutOfSync;
import io.waypass.sealing.SealingKeyset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reasons why an identity is not as approved. */
final class Problems {

    /** Reason where a step was tried and failed. */
    static final String NOT_RESTORED = "NotRestored";

    private final List<String> sentences = new ArrayList<>();
    private String reason = "";
    private Optional<RuntimeException> failure = Optional.empty();

    void add(String why, String sentence) {
        reason = why;
        sentences.add(sentence);
    }

    /** Adds a sentence under the present reason. */
    void add(String sentence) {
        sentences.add(sentence);
    }

    boolean any() {
        return !sentences.isEmpty();
    }

    int count() {
        return sentences.size();
    }

    /**
     * Runs a step; a refusal is recorded, and the step is retried later.
     *
     * @return why the step failed, for people; empty if it did not
     */
    Optional<String> attempt(Runnable step) {
        int before = sentences.size();
        run(step);
        return sentences.size() > before ? Optional.of(sentences.getLast()) : Optional.empty();
    }

    private void run(Runnable step) {
        try {
            step.run();
        } catch (ApiServerRefused refusal) {
            failed(refusal.sentence(), Optional.empty());
        } catch (SealingKeyset.SealedKeyDoesNotOpen | Refused refusal) {
            failed(String.valueOf(refusal.getMessage()), Optional.empty());
        } catch (KeysetBehind behind) {
            failed(String.valueOf(behind.getMessage()), Optional.of(behind));
        }
    }

    private void failed(String message, Optional<KeysetBehind> behind) {
        add(NOT_RESTORED, message);
        failure = Optional.of(behind.<RuntimeException>map(later -> later).orElseGet(() -> new ApplyFailed(message)));
    }

    Optional<OutOfSync> words() {
        return sentences.isEmpty() ? Optional.empty() : Optional.of(new OutOfSync(reason, String.join(" ", sentences)));
    }

    Optional<RuntimeException> failure() {
        return failure;
    }
}
