package io.waypass.sandbox;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Hands the one sandbox of this JVM to constructors and methods; it ends with the JVM. JUnit's own stores would end it
 * after each class: with two test JVMs, Surefire starts JUnit anew for each class.
 */
class SharedSandbox implements ParameterResolver {

    /** By name: with a mesh, and without. */
    private static final Map<String, RunningSandbox> RUNNING = new HashMap<>();

    private final String name;
    private final UnaryOperator<SandboxOptions> options;

    SharedSandbox() {
        this("sandbox", UnaryOperator.identity());
    }

    SharedSandbox(String name, UnaryOperator<SandboxOptions> options) {
        this.name = name;
        this.options = options;
    }

    private static synchronized RunningSandbox running(String name, UnaryOperator<SandboxOptions> options) {
        return RUNNING.computeIfAbsent(name, _ -> {
            // its logs stay readable after a failure
            Path directory =
                    Path.of("target", name + "-" + ProcessHandle.current().pid());
            RunningSandbox started =
                    Sandbox.start(options.apply(SandboxOptions.forTest(directory)), System.out::println);
            Runtime.getRuntime().addShutdownHook(new Thread(started::close, "end-shared-" + name));
            return started;
        });
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType().equals(RunningSandbox.class);
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return running(name, options);
    }
}
