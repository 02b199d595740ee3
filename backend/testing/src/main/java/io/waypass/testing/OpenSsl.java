package io.waypass.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * OpenSSL's command line in a directory of its own: it produces files that Waypass reads, and reads files that Waypass
 * writes. Commands run in a POSIX shell, so that a test and the documentation show the same text; this JVM's own {@code
 * keytool} is on the path, too. Passphrases belong in files or in the environment, never among the arguments.
 *
 * <p>OpenSSL 3.0 or later is needed, with its legacy provider for the ciphers of old keystores.
 */
public final class OpenSsl {

    private static final DateTimeFormatter ASN1_TIME =
            DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final long PATIENCE_SECONDS = 300;

    private final Path directory;

    /**
     * @param directory exists; preferably a temporary one, private keys are written to it
     * @throws IllegalStateException if OpenSSL is not installed
     */
    public OpenSsl(Path directory) {
        this.directory = directory;
        String version;
        try {
            version = shell("openssl version");
        } catch (IllegalStateException e) {
            throw new IllegalStateException(
                    "These tests need OpenSSL's command line, version 3.0 or later: install the package openssl.", e);
        }
        if (!version.startsWith("OpenSSL ") || version.compareTo("OpenSSL 3") < 0) {
            throw new IllegalStateException(
                    "These tests need OpenSSL 3.0 or later; “openssl” on the path is " + version.strip() + ".");
        }
    }

    /**
     * A certificate to issue.
     *
     * @param subject in OpenSSL's form, such as {@code /O=Example/CN=app1}
     * @param issuer name of an authority that was issued before; none for a self-signed certificate
     * @param from first instant of validity
     * @param until last instant of validity
     * @param digest such as {@code sha256}, or {@code default} for that of the issuer's key
     * @param extensions lines of an extension section; none for a certificate of version 1
     * @param options further options of {@code openssl ca}
     */
    public record Wanted(
            String subject,
            Optional<String> issuer,
            Instant from,
            Instant until,
            String digest,
            List<String> extensions,
            List<String> options) {

        /**
         * A self-signed authority.
         *
         * @param subject in OpenSSL's form
         * @param from first instant of validity
         * @param until last instant of validity
         */
        public static Wanted authority(String subject, Instant from, Instant until) {
            return new Wanted(
                    subject,
                    Optional.empty(),
                    from,
                    until,
                    "sha256",
                    List.of(
                            "basicConstraints=critical,CA:TRUE",
                            "keyUsage=critical,keyCertSign,cRLSign",
                            "subjectKeyIdentifier=hash"),
                    List.of());
        }

        /**
         * A self-signed client certificate.
         *
         * @param subject in OpenSSL's form
         * @param from first instant of validity
         * @param until last instant of validity
         */
        public static Wanted client(String subject, Instant from, Instant until) {
            return new Wanted(
                    subject,
                    Optional.empty(),
                    from,
                    until,
                    "sha256",
                    List.of(
                            "basicConstraints=critical,CA:FALSE",
                            "keyUsage=critical,digitalSignature",
                            "extendedKeyUsage=clientAuth",
                            "subjectKeyIdentifier=hash"),
                    List.of());
        }

        /** {@return a copy with another issuer} @param name of an authority that was issued before */
        public Wanted by(String name) {
            return new Wanted(subject, Optional.of(name), from, until, digest, extensions, options);
        }

        /** {@return a copy with another validity} @param first instant @param last instant */
        public Wanted valid(Instant first, Instant last) {
            return new Wanted(subject, issuer, first, last, digest, extensions, options);
        }

        /** {@return a copy with other extensions} @param lines of an extension section */
        public Wanted with(String... lines) {
            return new Wanted(subject, issuer, from, until, digest, List.of(lines), options);
        }

        /** {@return a copy with more extensions} @param lines of an extension section */
        public Wanted and(String... lines) {
            return new Wanted(
                    subject,
                    issuer,
                    from,
                    until,
                    digest,
                    Stream.concat(extensions.stream(), Arrays.stream(lines)).toList(),
                    options);
        }

        /**
         * Returns a copy with another signature.
         *
         * @param other digest, such as {@code sha1}
         * @param further options of {@code openssl ca}
         */
        public Wanted signedWith(String other, String... further) {
            return new Wanted(subject, issuer, from, until, other, extensions, List.of(further));
        }
    }

    public Path directory() {
        return directory;
    }

    /**
     * Runs OpenSSL.
     *
     * @param arguments without {@code openssl} itself
     * @return its standard output
     * @throws IllegalStateException with its error output, if it fails
     */
    public String run(String... arguments) {
        return shell("openssl " + Arrays.stream(arguments).map(OpenSsl::quoted).collect(Collectors.joining(" ")));
    }

    /**
     * Runs shell commands, and stops at the first that fails.
     *
     * @param commands each on a line
     * @return their standard output
     * @throws IllegalStateException with their error output, if one fails
     */
    public String shell(String commands) {
        Path script = null;
        Path output = null;
        Path errors = null;
        try {
            // a script in place of an argument, because a JVM in the C locale loses non-ASCII letters in arguments
            script = Files.createTempFile(directory, ".commands", ".sh");
            output = Files.createTempFile(directory, ".commands", ".out");
            errors = Files.createTempFile(directory, ".commands", ".err");
            Files.writeString(script, commands);
            ProcessBuilder builder = new ProcessBuilder("sh", "-eu", script.toString())
                    .directory(directory.toFile())
                    .redirectInput(new File("/dev/null"))
                    .redirectOutput(output.toFile())
                    .redirectError(errors.toFile());
            builder.environment()
                    .merge("PATH", System.getProperty("java.home") + "/bin", (path, own) -> own + ":" + path);
            builder.environment().put("LC_ALL", "C.UTF-8");
            Process process = builder.start();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
                throw new IllegalStateException("No end after " + PATIENCE_SECONDS + " s: " + commands);
            }
            if (process.exitValue() != 0) {
                throw new IllegalStateException("Failed with " + process.exitValue() + ": " + commands + "\n"
                        + Files.readString(errors) + Files.readString(output));
            }
            return Files.readString(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted: " + commands, e);
        } finally {
            delete(script);
            delete(output);
            delete(errors);
        }
    }

    /**
     * Generates a private key.
     *
     * @param name the file is {@code <name>.key}, PKCS#8 PEM
     * @param algorithm such as {@code RSA}, {@code EC}, {@code ED25519}
     * @param options such as {@code rsa_keygen_bits:2048}, {@code ec_paramgen_curve:P-256}
     */
    public void key(String name, String algorithm, String... options) {
        run(Stream.concat(
                        Stream.of("genpkey", "-quiet", "-algorithm", algorithm, "-out", name + ".key"),
                        Arrays.stream(options).flatMap(option -> Stream.of("-pkeyopt", option)))
                .toArray(String[]::new));
    }

    /**
     * Issues a certificate.
     *
     * @param name the file is {@code <name>.pem}; its key is {@code <name>.key}, generated on P-256 if absent
     */
    public void issue(String name, Wanted wanted) {
        if (!Files.exists(directory.resolve(name + ".key"))) {
            key(name, "EC", "ec_paramgen_curve:P-256");
        }
        boolean extended = !wanted.extensions().isEmpty();
        write(name + ".cnf", """
                [ca]
                default_ca = authority
                [authority]
                database = %1$s.index
                new_certs_dir = %1$s.issued
                rand_serial = yes
                unique_subject = no
                email_in_dn = yes
                policy = any
                [any]
                commonName = optional
                [req]
                distinguished_name = asked
                string_mask = utf8only
                [asked]
                [extensions]
                %2$s
                """.formatted(name, String.join("\n", wanted.extensions())));
        write(name + ".index", "");
        String signer = wanted.issuer()
                .map(issuer -> "-cert " + quoted(issuer + ".pem") + " -keyfile " + quoted(issuer + ".key"))
                .orElse("-selfsign -keyfile " + quoted(name + ".key"));
        shell("""
                openssl req -new -config %1$s.cnf -key %1$s.key -utf8 -subj %2$s -out %1$s.csr
                mkdir %1$s.issued
                openssl ca -batch -notext -preserveDN -config %1$s.cnf %3$s -startdate %4$s -enddate %5$s -md %6$s %7$s %8$s \
                    -in %1$s.csr -out %1$s.pem
                rm -r %1$s.issued %1$s.cnf %1$s.csr %1$s.index*
                """.formatted(
                        name,
                        quoted(wanted.subject()),
                        signer,
                        ASN1_TIME.format(wanted.from()),
                        ASN1_TIME.format(wanted.until()),
                        wanted.digest(),
                        extended ? "-extensions extensions" : "",
                        wanted.options().stream().map(OpenSsl::quoted).collect(Collectors.joining(" "))));
    }

    /** @param name in the directory */
    public void write(String name, String text) {
        write(name, text.getBytes(StandardCharsets.UTF_8));
    }

    /** @param name in the directory */
    public void write(String name, byte[] content) {
        try {
            Files.write(directory.resolve(name), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @param name in the directory */
    public byte[] read(String name) {
        try {
            return Files.readAllBytes(directory.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @param name in the directory */
    public String text(String name) {
        return new String(read(name), StandardCharsets.UTF_8);
    }

    private static String quoted(String argument) {
        return "'" + argument.replace("'", "'\\''") + "'";
    }

    private static void delete(@org.jspecify.annotations.Nullable Path file) {
        if (file != null) {
            file.toFile().delete();
        }
    }
}
