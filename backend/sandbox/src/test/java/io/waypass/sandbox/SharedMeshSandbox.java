package io.waypass.sandbox;

/** The same with a mesh. */
final class SharedMeshSandbox extends SharedSandbox {

    SharedMeshSandbox() {
        super("mesh-sandbox", SandboxOptions::withMesh);
    }
}
