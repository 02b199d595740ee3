package io.waypass.testing;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Ends processes that this JVM left behind because it was killed, for example by a build's timeout. A shell reads
 * process ids from this JVM; when that stream ends with the JVM, the shell ends the processes that still run.
 */
final class OrphanWatch {

    private static final String SCRIPT = """
            trap '' INT TERM HUP
            left=' '
            while read -r verb pid; do
              case "$verb$left" in
                +*) left="$left$pid " ;;
                -*" $pid "*) left="${left%%" $pid "*} ${left#*" $pid "}" ;;
              esac
            done
            for signal in TERM KILL; do
              for tenth in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do
                alive=
                for pid in $left; do
                  kill -0 "$pid" 2>/dev/null && alive="$alive $pid"
                done
                [ -n "$alive" ] || exit 0
                [ "$tenth" = 1 ] && kill -s "$signal" $alive 2>/dev/null
                sleep 0.1
              done
            done
            """;

    private static @Nullable OrphanWatch only;

    private final Writer words;

    private OrphanWatch(Writer words) {
        this.words = words;
    }

    /** Watches a process until it ends. */
    static void over(ProcessHandle process) {
        tell("+", process);
        process.onExit().thenRun(() -> tell("-", process));
    }

    private static synchronized void tell(String verb, ProcessHandle process) {
        try {
            if (only == null) {
                Process shell = new ProcessBuilder("sh", "-c", SCRIPT)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
                only = new OrphanWatch(shell.outputWriter(StandardCharsets.US_ASCII));
            }
            only.words.write(verb + " " + process.pid() + "\n");
            only.words.flush();
        } catch (IOException _) {
            // without a shell there is no watch: processes normally end by close or the shutdown hook, this is the
            // exception
        }
    }
}
