package io.waypass.bootstrap;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file that another project publishes, with its expected checksum. All are listed in {@code
 * controlplane/checksums.txt}.
 *
 * @param path below the publisher's base address, without a leading slash
 * @param sum SHA-512 or SHA-256, in lower-case hexadecimal; its length tells which
 */
record PublishedFile(String path, String sum) {

    private static final Pattern LINE = Pattern.compile("([0-9a-f]{64}|[0-9a-f]{128})  (\\S+)");

    private static final Pattern DEFINITION = Pattern.compile("(kubernetes-sigs|istio)/([^/]+)/(v[^/]+)/(.+\\.yaml)");

    /** {@return the files in {@code checksums.txt}} */
    static List<PublishedFile> pinned() {
        return parse(PinnedSet.CONTROL_PLANE.text("checksums.txt"));
    }

    /**
     * Parses the output of {@code sha512sum} and {@code sha256sum}.
     *
     * @param lines with comments after {@code #} and blank lines
     */
    static List<PublishedFile> parse(String lines) {
        return lines.lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(line -> {
                    Matcher parts = LINE.matcher(line);
                    if (!parts.matches()) {
                        throw new IllegalArgumentException("Neither sum and path nor a comment: " + line);
                    }
                    return new PublishedFile(parts.group(2), parts.group(1));
                })
                .toList();
    }

    /**
     * Finds the archive of test binaries for a platform.
     *
     * @param operatingSystem value of the system property {@code os.name}
     * @param architecture value of the system property {@code os.arch}
     * @return the archive, empty if none is published for the platform
     */
    static Optional<PublishedFile> binaries(List<PublishedFile> files, String operatingSystem, String architecture) {
        String system = operatingSystem.toLowerCase(Locale.ROOT).startsWith("mac")
                ? "darwin"
                : operatingSystem.toLowerCase(Locale.ROOT);
        String processor = switch (architecture) {
            case "x86_64" -> "amd64";
            case "aarch64" -> "arm64";
            default -> architecture;
        };
        return files.stream()
                .filter(file -> file.path().endsWith("-" + system + "-" + processor + ".tar.gz"))
                .findFirst();
    }

    /** {@return the files that contain custom resource definitions} */
    static List<PublishedFile> definitions(List<PublishedFile> files) {
        return files.stream()
                .filter(file -> DEFINITION.matcher(file.path()).matches())
                .toList();
    }

    /** {@return the last segment of the path} */
    String name() {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** {@return the Go module that also contains a definition, with its version: {@code istio.io/api@v1.31.1}} */
    String module() {
        Matcher definition = definition();
        String owner = definition.group(1).equals("istio") ? "istio.io" : "sigs.k8s.io";
        return owner + "/" + definition.group(2) + "@" + definition.group(3);
    }

    /** {@return path of a definition in its repository and in its module} */
    String pathInModule() {
        return definition().group(4);
    }

    private Matcher definition() {
        Matcher definition = DEFINITION.matcher(path);
        if (!definition.matches()) {
            throw new IllegalStateException(path + " is no definition");
        }
        return definition;
    }

    /** {@return {@code SHA-512} or {@code SHA-256}} */
    String algorithm() {
        return sum.length() == 128 ? "SHA-512" : "SHA-256";
    }

    MessageDigest digest() {
        return digest(algorithm());
    }

    /** {@return whether the bytes have the expected checksum} */
    boolean matches(byte[] bytes) {
        return sum.equals(HexFormat.of().formatHex(digest().digest(bytes)));
    }

    static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
