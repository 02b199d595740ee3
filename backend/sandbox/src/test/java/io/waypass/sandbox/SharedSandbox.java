package io.waypass.sandbox;

import java.nio.file.Path;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Hands the one sandbox of this test run to constructors; it ends after the last test. */
final class SharedSandbox implements ParameterResolver {

    private static final Namespace NAMESPACE = Namespace.create(SharedSandbox.class);

    private record Started(RunningSandbox sandbox) implements AutoCloseable {

        static Started start() {
            // its logs stay readable after a failure; the suites run in two JVMs, with a sandbox each
            return new Started(Sandbox.start(
                    SandboxOptions.forTest(
                            Path.of("target", "sandbox-" + System.getProperty("surefire.forkNumber", "1"))),
                    System.out::println));
        }

        @Override
        public void close() {
            sandbox.close();
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType().equals(RunningSandbox.class);
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(NAMESPACE)
                .computeIfAbsent("sandbox", _ -> Started.start(), Started.class)
                .sandbox();
    }
}
