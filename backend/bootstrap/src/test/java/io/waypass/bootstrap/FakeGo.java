package io.waypass.bootstrap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Shell scripts that replace the {@code go} command. */
final class FakeGo {

    private FakeGo() {}

    /**
     * Writes a script that has a module with one definition, and builds by writing three files.
     *
     * @param directory of the script and the module
     * @param pathInModule the definition's
     * @param definition its text
     * @return the script
     */
    static Path building(Path directory, String pathInModule, String definition) throws IOException {
        return building(directory, Map.of(pathInModule, definition), List.of("server", "kube-apiserver", "kubectl"));
    }

    /** Writes a script that has a module with Istio's charts, and builds istiod by writing a file. */
    static Path ofIstio(Path directory) throws IOException {
        return building(
                directory,
                Map.of(
                        "manifests/charts/base/Chart.yaml",
                        "name: base\n",
                        "manifests/charts/istio-control/istio-discovery/templates/clusterrole.yaml",
                        "kind: ClusterRole\n",
                        "manifests/charts/ztunnel/Chart.yaml",
                        "name: ztunnel\n"),
                List.of("pilot-discovery"));
    }

    private static Path building(Path directory, Map<String, String> module, List<String> executables)
            throws IOException {
        for (Map.Entry<String, String> content : module.entrySet()) {
            Path file = directory.resolve("module").resolve(content.getKey());
            Files.createDirectories(file.getParent());
            Files.writeString(file, content.getValue());
        }
        return script(directory, """
                case "$1" in
                mod) echo '{ "Dir": "%s" }' ;;
                build)
                  while [ "$1" != -o ]; do shift; done
                  for name in %s; do
                    echo "$name, as built" > "$2$name"
                    chmod +x "$2$name"
                  done ;;
                esac
                """.formatted(directory.resolve("module"), String.join(" ", executables)));
    }

    /** Writes a script that has no modules. */
    static Path withoutModules(Path directory) throws IOException {
        return script(directory, """
                [ "$1" = version ] || { echo "module lookup disabled by GOPROXY=off"; exit 1; }
                """);
    }

    /** Writes a script that, instead of building, writes its process id to a file and does not end. */
    static Path endless(Path directory, Path pid) throws IOException {
        return script(directory, """
                [ "$1" = version ] && exit 0
                echo $$ > %1$s.new
                mv %1$s.new %1$s
                while true; do sleep 1; done
                """.formatted(pid));
    }

    private static Path script(Path directory, String text) throws IOException {
        Files.createDirectories(directory);
        Path go = Files.writeString(directory.resolve("go"), "#!/bin/sh\n" + text);
        if (!go.toFile().setExecutable(true)) {
            throw new IOException(go + " cannot be made executable");
        }
        return go;
    }
}
