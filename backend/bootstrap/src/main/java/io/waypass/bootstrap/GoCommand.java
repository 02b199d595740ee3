package io.waypass.bootstrap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The {@code go} command, for executables of other projects whose modules a {@code go.sum} pins. Compiled packages stay
 * in Go's own cache, so an interrupted build continues from there.
 */
final class GoCommand {

    /** The oldest version that builds the pinned modules. */
    static final String VERSION = "1.26";

    private static final Pattern DIRECTORY = Pattern.compile("\"Dir\": \"(.*)\"");

    private final List<String> go;
    private final Map<String, String> environment;

    /**
     * @param go a name on the {@code PATH} or a path, perhaps with a command before it that starts it
     * @param environment added to this process's own
     */
    GoCommand(List<String> go, Map<String, String> environment) {
        this.go = go;
        this.environment = environment;
    }

    /** {@return whether there is such a command} */
    boolean isAvailable(Path work) {
        try {
            run(work, sentence -> {}, List.of("version"));
            return true;
        } catch (IOException | CommandFailed e) {
            return false;
        }
    }

    /** Makes a directory the module of a pinned set, for {@link #build} and {@link #download}. */
    static Path module(PinnedSet pinned, Path directory) throws IOException {
        Files.createDirectories(directory);
        for (String name : List.of("go.mod", "go.sum")) {
            Files.writeString(directory.resolve(name), pinned.text(name));
        }
        return directory;
    }

    /**
     * Builds executables.
     *
     * @param module its directory
     * @param target an empty directory
     * @param settings further flags
     * @param packages of the executables; Go begins with the first one
     * @param progress receives a sentence every 30 seconds
     */
    void build(Path module, Path target, List<String> settings, List<String> packages, Consumer<String> progress)
            throws IOException, CommandFailed {
        List<String> arguments = new ArrayList<>(List.of(
                "build",
                "-buildvcs=false",
                "-mod=readonly",
                // linked without debugging information (-s -w); not generating it saves a tenth of the compiler's time
                "-gcflags=all=-dwarf=false"));
        arguments.addAll(settings);
        arguments.addAll(List.of("-o", target + "/"));
        arguments.addAll(packages);
        run(module, progress, arguments);
    }

    /**
     * Downloads a module.
     *
     * @param work a directory for temporary files, or a module that requires it
     * @param module with a version, or as the module in {@code work} requires it
     * @return its directory in Go's own cache
     */
    Path download(Path work, String module) throws IOException, CommandFailed {
        List<String> arguments = List.of("mod", "download", "-json", module);
        String output = run(work, sentence -> {}, arguments);
        Matcher directory = DIRECTORY.matcher(output);
        if (!directory.find()) {
            throw new CommandFailed(command(arguments), output);
        }
        return Path.of(directory.group(1));
    }

    private String run(Path directory, Consumer<String> progress, List<String> arguments)
            throws IOException, CommandFailed {
        Map<String, String> variables = new TreeMap<>(Map.of(
                "CGO_ENABLED",
                "0",
                "GOWORK",
                "off",
                // less garbage collection: a tenth less time, a third for large packages; the limit bounds the linker's
                // memory
                "GOGC",
                "400",
                "GOMEMLIMIT",
                "2GiB",
                // a killed build leaves files there; the directory is removed later
                "GOTMPDIR",
                directory.toString()));
        variables.putAll(environment);
        return new ChildCommand(variables).run(directory, progress, command(arguments));
    }

    private List<String> command(List<String> arguments) {
        List<String> command = new ArrayList<>(go);
        command.addAll(arguments);
        return command;
    }
}
