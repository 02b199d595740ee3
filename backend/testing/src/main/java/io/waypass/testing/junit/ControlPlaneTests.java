package io.waypass.testing.junit;

import io.waypass.testing.BuildNotes;
import io.waypass.testing.Requirement;
import io.waypass.testing.controlplane.ControlPlaneNotBuilt;
import java.lang.reflect.Constructor;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.TestAbortedException;

/**
 * Leaves out tests that need a control plane where none is available: that is known only when one is requested, in the
 * test itself, its constructor or a method that runs before it.
 */
public final class ControlPlaneTests
        implements InvocationInterceptor, LifecycleMethodExecutionExceptionHandler, TestExecutionExceptionHandler {

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
        if (Requirement.allRequired() || !hasNoControlPlane(failure)) {
            return failure;
        }
        boolean wholeClass = context.getTestMethod().isEmpty();
        BuildNotes.ofThisBuild().leftOut(wholeClass ? TestCount.of(context) : 1, Requirement.CONTROL_PLANE);
        return new TestAbortedException(Requirement.CONTROL_PLANE.reason(), failure);
    }

    /** A class whose initialiser failed has the cause the first time only, and later just its text. */
    private static boolean hasNoControlPlane(Throwable failure) {
        return Stream.<@Nullable Throwable>iterate(failure, cause -> cause != null, Throwable::getCause)
                .anyMatch(cause -> cause instanceof ControlPlaneNotBuilt
                        || String.valueOf(cause.getMessage()).contains(ControlPlaneNotBuilt.class.getName()));
    }
}
