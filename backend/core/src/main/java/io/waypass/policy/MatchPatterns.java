package io.waypass.policy;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelSourceLocation;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.navigation.CelNavigableAst;
import io.waypass.policy.PolicyLanguage.Fault;
import java.util.List;
import java.util.Optional;

/**
 * Checks the patterns of {@code matches()}.
 *
 * <p>A pattern is compiled at each evaluation, in one step that cannot be interrupted, and nested counted repetition
 * multiplies: a few characters can require a billion instructions. So patterns are short literals without counted
 * repetition.
 */
final class MatchPatterns {

    private static final int MAX_PATTERN = 200;

    private static final Pattern IGNORES_CASE = Pattern.compile("\\(\\?[a-zA-Z]*i");
    private static final Pattern WITHOUT_END = Pattern.compile("[\\x{1C80}-\\x{1C88}]");
    private static final Pattern RANGE_PAST_THEM = Pattern.compile("-[\\x{1C89}-\\x{10FFFF}]");

    private MatchPatterns() {}

    static List<Fault> faults(CelValidationResult result) {
        CelAbstractSyntaxTree tree;
        try {
            tree = result.getAst();
        } catch (CelValidationException e) {
            throw new IllegalStateException("checked without an error, and yet not readable", e);
        }
        return CelNavigableAst.fromAst(tree)
                .getRoot()
                .allNodes()
                .filter(node -> isMatch(node.expr()))
                .flatMap(node -> {
                    CelExpr pattern = node.expr().call().args().getLast();
                    return pattern(pattern).stream().map(message -> {
                        CelSourceLocation place = tree.getSource()
                                .getOffsetLocation(
                                        tree.getSource().getPositionsMap().getOrDefault(pattern.id(), 0))
                                .orElse(CelSourceLocation.NONE);
                        return new Fault(Math.max(1, place.getLine()), Math.max(1, place.getColumn() + 1), message);
                    });
                })
                .toList();
    }

    static boolean isMatch(CelExpr expression) {
        return expression.getKind() == CelExpr.ExprKind.Kind.CALL
                && expression.call().function().equals("matches");
    }

    private static Optional<String> pattern(CelExpr expression) {
        if (expression.getKind() != CelExpr.ExprKind.Kind.CONSTANT) {
            return Optional.of("a pattern of matches() has to be written out in the expression");
        }
        String text = expression.constant().stringValue();
        if (text.length() > MAX_PATTERN) {
            return Optional.of(
                    "the pattern has " + text.length() + " characters; at most " + MAX_PATTERN + " are read");
        }
        if (text.contains("{")) {
            return Optional.of("a pattern cannot count repetitions with {…}; * and + and ? can be used");
        }
        if (asksForeverForItsCase(text)) {
            return Optional.of(
                    "a pattern that ignores case cannot hold the characters U+1C80 to U+1C88, nor in […] a range"
                            + " that ends after them");
        }
        try {
            Pattern.compile(text);
        } catch (PatternSyntaxException e) {
            return Optional.of("the pattern cannot be read: " + e.getMessage());
        }
        return Optional.empty();
    }

    /**
     * Whether re2j would loop for ever. To ignore case it follows the chain of a letter's other cases until it returns
     * to the letter. From U+1C80 to U+1C88, alone of all characters, the chain never returns (tried with each: re2j 1.8
     * on Java 25, whose case tables it uses). A range in brackets covers every character in it; an escape cannot name
     * such an end, because escapes with more than two digits have braces.
     */
    private static boolean asksForeverForItsCase(String pattern) {
        return IGNORES_CASE.matcher(pattern).find()
                && (WITHOUT_END.matcher(pattern).find()
                        || pattern.contains("[")
                                && RANGE_PAST_THEM.matcher(pattern).find());
    }
}
