package io.waypass.testing.junit;

import io.waypass.testing.BuildNotes;
import io.waypass.testing.Requirement;
import io.waypass.testing.controlplane.ControlPlaneNotBuilt;
import io.waypass.testing.mesh.MeshNotBuilt;
import java.lang.reflect.Constructor;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.TestAbortedException;

/**
 * Leaves out tests that need the binaries of a control plane or a mesh where these are not available: that is known only
 * when they are requested, in the test itself, its constructor or a method that runs before it.
 */
public final class MissingBinaries
        implements InvocationInterceptor, LifecycleMethodExecutionExceptionHandler, TestExecutionExceptionHandler {

    private static final Map<Class<? extends Throwable>, Requirement> FAILURES =
            Map.of(ControlPlaneNotBuilt.class, Requirement.CONTROL_PLANE, MeshNotBuilt.class, Requirement.MESH);

    /** With an instance for each test, the context names the test. */
    @Override
    public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext root) {
        return ExtensionContextScope.TEST_METHOD;
    }

    @Override
    public <T> T interceptTestClassConstructor(
            Invocation<T> invocation, ReflectiveInvocationContext<Constructor<T>> constructor, ExtensionContext context)
            throws Throwable {
        try {
            return invocation.proceed();
        } catch (Throwable e) {
            throw leftOut(e, context);
        }
    }

    @Override
    public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        throw leftOut(failure, context);
    }

    @Override
    public void handleBeforeEachMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        throw leftOut(failure, context);
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        throw leftOut(failure, context);
    }

    private Throwable leftOut(Throwable failure, ExtensionContext context) {
        Optional<Requirement> missing = missing(failure);
        if (Requirement.allRequired() || missing.isEmpty()) {
            return failure;
        }
        boolean wholeClass = context.getTestMethod().isEmpty();
        BuildNotes.ofThisBuild().leftOut(wholeClass ? TestCount.of(context) : 1, missing.get());
        return new TestAbortedException(missing.get().reason(), failure);
    }

    private static Optional<Requirement> missing(Throwable failure) {
        return FAILURES.entrySet().stream()
                .filter(each -> isCausedBy(each.getKey(), failure))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    /**
     * A class whose initialiser failed has the cause the first time only, and later just its text: in an {@link
     * ExceptionInInitializerError}, for other messages may quote a failure.
     */
    private static boolean isCausedBy(Class<? extends Throwable> type, Throwable failure) {
        return Stream.<@Nullable Throwable>iterate(failure, cause -> cause != null, Throwable::getCause)
                .anyMatch(cause -> type.isInstance(cause)
                        || cause instanceof ExceptionInInitializerError
                                && String.valueOf(cause.getMessage()).contains(type.getName()));
    }
}
