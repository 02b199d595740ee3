package io.waypass.bootstrap;

import java.util.List;

/** A command ended with a status other than 0. The message is a clause that names the command. */
final class CommandFailed extends Exception {

    private static final int LAST_LINES = 15;

    private final String lastWords;

    CommandFailed(List<String> command, String output) {
        super("“" + String.join(" ", command) + "” failed");
        List<String> lines = output.lines().toList();
        lastWords = String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
    }

    /** {@return the last lines that it printed} */
    String lastWords() {
        return lastWords;
    }
}
