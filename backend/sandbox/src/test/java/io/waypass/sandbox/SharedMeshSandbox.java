package io.waypass.sandbox;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Hands the one sandbox with a mesh of this JVM to constructors and methods; it ends with the JVM. */
final class SharedMeshSandbox implements ParameterResolver {

    private static @Nullable RunningSandbox only;

    private static synchronized RunningSandbox only() {
        if (only == null) {
            Path directory =
                    Path.of("target", "mesh-sandbox-" + ProcessHandle.current().pid());
            RunningSandbox started =
                    Sandbox.start(SandboxOptions.forTest(directory).withMesh(), System.out::println);
            Runtime.getRuntime().addShutdownHook(new Thread(started::close, "end-shared-mesh-sandbox"));
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
