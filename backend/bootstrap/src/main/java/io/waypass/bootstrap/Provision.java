package io.waypass.bootstrap;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The process beside the build that prepares the control plane's binaries and then, where its first argument is {@code
 * mesh}, the mesh's: more suites wait for the first, and a build of one slows the other. It ends when its standard input
 * does.
 */
final class Provision {

    /** Prefix of lines about the control plane, which appear among Maven's. */
    static final String PREFIX = "[control plane] ";

    /** Prefix of lines about the mesh. */
    static final String MESH_PREFIX = "[mesh] ";

    /** Argument that asks for the mesh, too. */
    static final String MESH = "mesh";

    private Provision() {}

    public static void main(String[] args) {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        Thread parent = new Thread(Provision::endWithInput, "watch-parent");
        parent.setDaemon(true);
        parent.start();
        try {
            ControlPlaneBinaries.locate(sentence -> out.println(PREFIX + sentence));
        } catch (ControlPlaneUnavailable e) {
            out.println(PREFIX + e.getMessage());
            // nor can anything use a mesh
            System.exit(1);
        }
        if (List.of(args).contains(MESH)) {
            try {
                MeshBinaries.locate(sentence -> out.println(MESH_PREFIX + sentence));
            } catch (MeshBinariesUnavailable e) {
                out.println(MESH_PREFIX + e.getMessage());
                System.exit(1);
            }
        }
    }

    private static void endWithInput() {
        try {
            System.in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            // a broken pipe is the end of input, too
        }
        // exit, not halt: a shutdown hook ends the compiler
        System.exit(1);
    }
}
