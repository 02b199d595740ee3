package io.waypass.policy;

import com.google.common.collect.ImmutableCollection;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import dev.cel.checker.CelStandardDeclarations;
import dev.cel.checker.CelStandardDeclarations.StandardFunction;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelErrorCode;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.CelCall;
import dev.cel.common.types.CelType;
import dev.cel.common.types.CelTypeProvider;
import dev.cel.common.types.ListType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerBuilder;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelEvaluationListener;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * The language of policies: CEL (cel-spec) over {@link PolicyCase}. Every name and type is checked when a rule is
 * saved.
 *
 * <p>The cost of a rule is bounded. No operation makes values grow: concatenation, {@code map}, {@code filter} and
 * optional values are left out, because a value that is doubled a hundred times fits into any expression. Depth,
 * iterations and steps limit the rest. Steps are counted and not timed, so a rule decides the same on a busy machine.
 */
public final class PolicyLanguage {

    /** Maximum number of characters of an expression. */
    public static final int MAX_LENGTH = 4_000;

    /**
     * With deeper nesting, a list of lists could be doubled until a comparison takes practically for ever, in one step
     * that cannot be interrupted.
     */
    private static final int MAX_DEPTH = 32;

    private static final int MAX_ITERATIONS = 10_000;

    /**
     * Maximum number of steps of one rule for one case. An expression within the rule is one step, each ten characters
     * or elements of its value are one more, and a pattern takes as many as its own characters for each ten of the
     * text. Measured on two shared cores: 15 to 50 ms of CPU.
     */
    public static final int MAX_STEPS = 200_000;

    private static final int CHARACTERS_A_STEP = 10;

    /**
     * The cost of one step varies: a comparison of long lists, an error that {@code ||} swallows and a pattern that is
     * compiled for each text take up to milliseconds. This limit is far above what {@link #MAX_STEPS} ordinary steps
     * take, and is checked between any two steps.
     */
    static final Duration MAX_TIME = Duration.ofSeconds(2);

    /**
     * An error in an expression.
     *
     * @param line from 1
     * @param column from 1
     * @param message in the language's words
     */
    public record Fault(int line, int column, String message) {
        /** {@return place and message} */
        public String sentence() {
            return "Line " + line + ", column " + column + ": " + message + ".";
        }
    }

    /**
     * A variable or a field, for the documentation.
     *
     * @param name with the variable before it, such as {@code certificate.subject}
     * @param type in the language's words
     * @param meaning one clause
     */
    public record Name(String name, String type, String meaning) {}

    /** A checked expression. */
    public static final class Rule {
        private final CelRuntime.Program program;

        private Rule(CelRuntime.Program program) {
            this.program = program;
        }
    }

    /** Result of evaluating a rule. */
    public sealed interface Answer {
        /** The rule holds. */
        record Holds() implements Answer {}

        /** The rule does not hold. */
        record HoldsNot() implements Answer {}

        /**
         * The rule could not be evaluated; that is no decision.
         *
         * @param why in the language's words
         */
        record Gave(String why) implements Answer {}
    }

    private static final class TooManySteps extends RuntimeException {
        TooManySteps() {
            super("", null, false, false);
        }
    }

    /** Counts the steps of one evaluation, and stops it at the limit. */
    private static final class Steps implements CelEvaluationListener {

        private final int limit;
        private final LongSupplier nanoTime;
        private final long deadline;
        private final Map<Long, Integer> lengths = new HashMap<>();
        private long done;
        private Optional<Answer> exceeded = Optional.empty();

        Steps(int limit, LongSupplier nanoTime) {
            this.limit = limit;
            this.nanoTime = nanoTime;
            this.deadline = nanoTime.getAsLong() + MAX_TIME.toNanos();
        }

        /** An expression may swallow the exception that stopped it: {@code ||} keeps the error of its left side. */
        Optional<Answer> exceeded() {
            return exceeded;
        }

        @Override
        public void callback(CelExpr expression, Object value) {
            done++;
            if (value instanceof String text) {
                lengths.put(expression.id(), text.length());
                done += text.length() / CHARACTERS_A_STEP;
            } else if (value instanceof Collection<?> list) {
                done += list.size() / CHARACTERS_A_STEP;
            }
            if (MatchPatterns.isMatch(expression)) {
                CelCall call = expression.call();
                CelExpr text = call.target().orElseGet(() -> call.args().getFirst());
                long pattern = call.args().getLast().constant().stringValue().length();
                done += pattern * lengths.getOrDefault(text.id(), 0) / CHARACTERS_A_STEP;
            }
            if (done > limit) {
                exceeded =
                        Optional.of(new Answer.Gave(String.format(Locale.ROOT, "it takes more than %,d steps", limit)));
            } else if (nanoTime.getAsLong() - deadline > 0) {
                exceeded = Optional.of(new Answer.Gave("it took longer than " + MAX_TIME.toSeconds() + " seconds"));
            }
            if (exceeded.isPresent()) {
                throw new TooManySteps();
            }
        }
    }

    private final int limit;
    private final LongSupplier nanoTime;
    private final Map<Class<?>, StructType> structs = new LinkedHashMap<>();
    private final CelCompiler compiler;
    private final CelRuntime runtime;

    public PolicyLanguage() {
        this(MAX_STEPS, System::nanoTime);
    }

    PolicyLanguage(int limit, LongSupplier nanoTime) {
        this.limit = limit;
        this.nanoTime = nanoTime;
        CelOptions options = CelOptions.current()
                .maxExpressionCodePointSize(MAX_LENGTH)
                .maxParseRecursionDepth(MAX_DEPTH)
                .comprehensionMaxIterations(MAX_ITERATIONS)
                .build();
        CelCompilerBuilder building = CelCompilerFactory.standardCelCompilerBuilder()
                .setOptions(options)
                .setStandardEnvironmentEnabled(false)
                .setStandardDeclarations(CelStandardDeclarations.newBuilder()
                        .filterFunctions((function, overload) -> function != StandardFunction.ADD
                                || !List.of("add_string", "add_bytes", "add_list")
                                        .contains(overload.celOverloadDecl().overloadId()))
                        .build())
                .setStandardMacros(
                        CelStandardMacro.HAS,
                        CelStandardMacro.ALL,
                        CelStandardMacro.EXISTS,
                        CelStandardMacro.EXISTS_ONE)
                .setResultType(SimpleType.BOOL);
        for (RecordComponent variable : PolicyCase.class.getRecordComponents()) {
            building.addVar(variable.getName(), type(variable.getGenericType()));
        }
        compiler = building.setTypeProvider(provider(List.copyOf(structs.values())))
                .build();
        runtime = CelRuntimeFactory.standardCelRuntimeBuilder()
                .setOptions(options)
                .build();
    }

    /**
     * Checks an expression.
     *
     * @param expression in CEL
     * @return faults with their place; empty if the expression is valid
     */
    public List<Fault> faults(String expression) {
        if (expression.length() > MAX_LENGTH) {
            return List.of(new Fault(
                    1,
                    1,
                    "the expression has " + expression.length() + " characters; at most " + MAX_LENGTH + " are read"));
        }
        CelValidationResult result = compiler.compile(expression);
        if (!result.hasError()) {
            return MatchPatterns.faults(result);
        }
        return result.getErrors().stream()
                .map(issue -> new Fault(
                        Math.max(1, issue.getSourceLocation().getLine()),
                        // the library counts columns from 0
                        Math.max(1, issue.getSourceLocation().getColumn() + 1),
                        issue.getMessage()))
                .toList();
    }

    /**
     * Compiles an expression.
     *
     * @return a rule that any number of threads may evaluate
     * @throws IllegalArgumentException if the expression has faults
     */
    public Rule rule(String expression) {
        List<Fault> faults = faults(expression);
        if (!faults.isEmpty()) {
            throw new IllegalArgumentException(
                    "a stored expression cannot be used: " + faults.getFirst().sentence());
        }
        try {
            CelAbstractSyntaxTree tree = compiler.compile(expression).getAst();
            return new Rule(runtime.createProgram(tree));
        } catch (CelValidationException | CelEvaluationException e) {
            throw new IllegalArgumentException("a stored expression cannot be read: " + e.getMessage(), e);
        }
    }

    /** Evaluates a rule; never throws because of what the rule does. */
    public Answer evaluate(Rule rule, PolicyCase about) {
        Steps steps = new Steps(limit, nanoTime);
        Answer answer = evaluate(rule, about, steps);
        return steps.exceeded().orElse(answer);
    }

    private Answer evaluate(Rule rule, PolicyCase about, Steps steps) {
        try {
            Object result = rule.program.trace(variables(about), steps);
            return Boolean.TRUE.equals(result) ? new Answer.Holds() : new Answer.HoldsNot();
        } catch (CelEvaluationException e) {
            // a rule about a certificate does not hold for a request that has none; previous is always present in this
            // case
            return about.certificate().isEmpty() && e.getErrorCode() == CelErrorCode.ATTRIBUTE_NOT_FOUND
                    ? new Answer.HoldsNot()
                    : new Answer.Gave(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            return new Answer.Gave(String.valueOf(e.getMessage()));
        } catch (StackOverflowError _) {
            return new Answer.Gave("it is nested too deeply");
        }
    }

    /** {@return every variable and field, in order, for the documentation} */
    public List<Name> names() {
        List<Name> names = new ArrayList<>();
        Set<Class<?>> described = new HashSet<>();
        for (RecordComponent variable : PolicyCase.class.getRecordComponents()) {
            describe(variable, variable.getName(), names, described);
        }
        return names;
    }

    /** Fields of a type that occurs twice are listed once. */
    private void describe(RecordComponent component, String name, List<Name> names, Set<Class<?>> described) {
        names.add(new Name(
                name,
                typeName(component.getGenericType()),
                component.getAnnotation(About.class).value()));
        Type given = component.getGenericType();
        Type type = given instanceof ParameterizedType optional && optional.getRawType() == Optional.class
                ? element(given)
                : given;
        if (type instanceof Class<?> struct && struct.isRecord()) {
            if (described.add(struct)) {
                for (RecordComponent field : struct.getRecordComponents()) {
                    describe(field, name + "." + field.getName(), names, described);
                }
            }
        } else if (type instanceof ParameterizedType list
                && list.getRawType() == List.class
                && element(list) instanceof Class<?> struct
                && struct.isRecord()) {
            for (RecordComponent field : struct.getRecordComponents()) {
                describe(field, name + "[…]." + field.getName(), names, described);
            }
        }
    }

    private static String typeName(Type type) {
        if (type instanceof ParameterizedType generic) {
            return (generic.getRawType() == List.class ? "list of " : "") + simpleName(element(type));
        }
        return simpleName(type);
    }

    private static String simpleName(Type type) {
        Class<?> raw = (Class<?>) type;
        return raw == String.class
                ? "string"
                : raw == long.class ? "int" : raw == Instant.class ? "timestamp" : raw.getSimpleName();
    }

    private static Type element(Type type) {
        return ((ParameterizedType) type).getActualTypeArguments()[0];
    }

    private CelType type(Type type) {
        if (type instanceof ParameterizedType generic) {
            CelType element = type(element(generic));
            return generic.getRawType() == Optional.class ? element : ListType.create(element);
        }
        Class<?> raw = (Class<?>) type;
        if (raw == String.class) {
            return SimpleType.STRING;
        }
        if (raw == long.class) {
            return SimpleType.INT;
        }
        if (raw == Instant.class) {
            return SimpleType.TIMESTAMP;
        }
        StructType known = structs.get(raw);
        if (known == null) {
            Map<String, CelType> fields = new LinkedHashMap<>();
            for (RecordComponent field : raw.getRecordComponents()) {
                fields.put(field.getName(), type(field.getGenericType()));
            }
            known = StructType.create(
                    raw.getSimpleName(),
                    ImmutableSet.copyOf(fields.keySet()),
                    name -> Optional.ofNullable(fields.get(name)));
            structs.put(raw, known);
        }
        return known;
    }

    private static CelTypeProvider provider(List<StructType> structs) {
        return new CelTypeProvider() {
            @Override
            public ImmutableCollection<CelType> types() {
                return ImmutableList.copyOf(structs);
            }

            @Override
            public Optional<CelType> findType(String name) {
                return structs.stream()
                        .filter(struct -> struct.name().equals(name))
                        .map(CelType.class::cast)
                        .findFirst();
            }
        };
    }

    /** Converts records to maps: the checker has validated the names, and the runtime reads a map by them. */
    private static Map<String, Object> variables(Record value) {
        Map<String, Object> map = new LinkedHashMap<>();
        Arrays.stream(value.getClass().getRecordComponents())
                .forEach(component -> map.put(component.getName(), plain(read(component, value))));
        return map;
    }

    private static Object plain(Object value) {
        return switch (value) {
            case Record inner -> variables(inner);
            case List<?> list -> list.stream().map(each -> plain(each)).toList();
            // for an absent value, has() is false, and reading it is an error
            case Optional<?> optional -> optional.isPresent() ? plain(optional.get()) : Map.of();
            default -> value;
        };
    }

    private static Object read(RecordComponent component, Record value) {
        try {
            return component.getAccessor().invoke(value);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a record's own accessor failed", e);
        }
    }
}
