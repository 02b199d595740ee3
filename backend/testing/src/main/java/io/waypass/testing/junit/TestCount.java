package io.waypass.testing.junit;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;

/** Counts the tests of a class; a parameterized test counts once. */
final class TestCount {

    private TestCount() {}

    static int of(ExtensionContext context) {
        return of(context.getRequiredTestClass());
    }

    private static int of(Class<?> type) {
        return AnnotationSupport.findAnnotatedMethods(type, Testable.class, HierarchyTraversalMode.TOP_DOWN)
                        .size()
                + ReflectionSupport.findNestedClasses(
                                type, nested -> AnnotationSupport.isAnnotated(nested, Nested.class))
                        .stream()
                        .mapToInt(TestCount::of)
                        .sum();
    }
}
