package io.waypass.sandbox;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Hands the one sandbox of this JVM to constructors; it ends with the JVM. JUnit's own stores would end it after each
 * class: with two test JVMs, Surefire starts JUnit anew for each class.
 */
final class SharedSandbox implements ParameterResolver {

    private static @Nullable RunningSandbox only;

    private static synchronized RunningSandbox only() {
        if (only == null) {
            // its logs stay readable after a failure
            Path directory =
                    Path.of("target", "sandbox-" + ProcessHandle.current().pid());
            RunningSandbox started = Sandbox.start(SandboxOptions.forTest(directory), System.out::println);
            Runtime.getRuntime().addShutdownHook(new Thread(started::close, "end-shared-sandbox"));
            only = started;
        }
        return only;
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType().equals(RunningSandbox.class);
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return only();
    }
}
