package io.waypass.bootstrap;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** The process beside the build that prepares the control plane's binaries. It ends when its standard input does. */
final class Provision {

    /** Prefix of each line, which appears among Maven's. */
    static final String PREFIX = "[control plane] ";

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
            System.exit(1);
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
