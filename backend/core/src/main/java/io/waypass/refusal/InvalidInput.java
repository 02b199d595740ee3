package io.waypass.refusal;

import java.util.List;
import java.util.stream.Collectors;

/** The input is wrong in one or more places; all problems are reported at once. */
public final class InvalidInput extends Refusal {

    private final List<InputProblem> problems;

    /** @param problems at least one */
    public InvalidInput(List<InputProblem> problems) {
        super(
                Kind.INVALID,
                "input.invalid",
                "The input is not valid",
                problems.stream().map(InputProblem::message).collect(Collectors.joining(" ")));
        if (problems.isEmpty()) {
            throw new IllegalArgumentException("a refusal of input names at least one problem");
        }
        this.problems = List.copyOf(problems);
    }

    /**
     * Reports one problem.
     *
     * @param pointer JSON pointer into the request
     * @param code stable code
     * @param message what was found, expected, and what to do
     */
    public InvalidInput(String pointer, String code, String message) {
        this(List.of(new InputProblem(pointer, code, message)));
    }

    public static void throwIfAny(List<InputProblem> problems) {
        if (!problems.isEmpty()) {
            throw new InvalidInput(problems);
        }
    }

    @Override
    public List<InputProblem> problems() {
        return problems;
    }
}
