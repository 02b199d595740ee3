package io.waypass.testing.junit;

import io.waypass.testing.BuildNotes;
import io.waypass.testing.Requirement;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Evaluates {@link Needs}. */
final class NeedsCondition implements ExecutionCondition {

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        if (Requirement.allRequired()) {
            return ConditionEvaluationResult.enabled("all requirements have to be met");
        }
        Optional<Requirement> missing = AnnotationSupport.findAnnotation(context.getElement(), Needs.class).stream()
                .flatMap(needs -> Stream.of(needs.value()))
                .filter(requirement -> !requirement.isMet())
                .findFirst();
        if (missing.isEmpty()) {
            return ConditionEvaluationResult.enabled("nothing is missing");
        }
        BuildNotes.ofThisBuild()
                .leftOut(context.getTestMethod().isPresent() ? 1 : TestCount.of(context), missing.get());
        return ConditionEvaluationResult.disabled(missing.get().reason());
    }
}
