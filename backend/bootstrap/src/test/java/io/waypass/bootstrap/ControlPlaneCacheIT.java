package io.waypass.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.with;

import java.io.IOException;
import java.net.ProxySelector;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlPlaneCacheIT {

    private static final String ARCHIVE = "releases/binaries.tar.gz";
    private static final String DEFINITION = "istio/api/v1.31.1/kubernetes/definitions.yaml";
    private static final String TEXT = "apiVersion: apiextensions.k8s.io/v1\n";
    private static final byte[] PUBLISHED = ArchiveOfBinaries.published().compressed();

    /** Longer than any test takes. */
    private static final Duration PATIENT = Duration.ofMinutes(30);

    @TempDir
    Path directory;

    private final BlockingQueue<String> said = new LinkedBlockingQueue<>();
    private PublishedFilesServer server;
    private Path go;

    @BeforeEach
    void publishes() throws IOException {
        server = new PublishedFilesServer();
        server.has(ARCHIVE, PUBLISHED);
        server.has(DEFINITION, TEXT.getBytes(StandardCharsets.UTF_8));
        go = FakeGo.building(directory.resolve("go"), "kubernetes/definitions.yaml", TEXT);
    }

    @AfterEach
    void end() {
        server.close();
    }

    /** Locates the binaries as another process would; arguments: directory, server, checksum of the archive. */
    static final class Locate {

        private Locate() {}

        public static void main(String[] args) {
            ControlPlaneBinaries binaries = cache(
                            Path.of(args[0]), URI.create(args[1]), args[2], PATIENT, "/nonexistent/go")
                    .locate(sentence -> {});
            System.out.println(binaries.etcd());
        }
    }

    @Test
    void downloadsWhatIsPublishedAndNeedsNoGo() throws IOException {
        ControlPlaneBinaries binaries = cache(PUBLISHED, "/nonexistent/go").locate(said::add);

        assertPublished(binaries);
        assertThat(said)
                .anyMatch(sentence -> sentence.equals("Downloading the test binaries of Kubernetes "
                        + ControlPlaneBinaries.KUBERNETES_VERSION + " (1 MiB) from 127.0.0.1."));
        assertThat(cacheEntries()).containsExactlyInAnyOrder("bin", "definitions", "lock", "progress");
    }

    @Test
    void asksNobodyForWhatItHas() throws IOException {
        cache(PUBLISHED, "/nonexistent/go").locate(said::add);
        server.close();
        said.clear();

        assertPublished(cache(PUBLISHED, "/nonexistent/go").locate(said::add));

        assertThat(said).isEmpty();
    }

    @Test
    void followsRedirectsAsReleasesHaveThem() throws IOException {
        server.redirects(ARCHIVE, "elsewhere");
        server.has("elsewhere", PUBLISHED);

        assertPublished(cache(PUBLISHED, "/nonexistent/go").locate(said::add));
    }

    @Test
    void doesNotUseWhatHasAnotherChecksum() throws IOException {
        byte[] other = ArchiveOfBinaries.published().entry("more", '0', "").compressed();
        server.has(ARCHIVE, other);

        assertBuilt(cache(PUBLISHED, go.toString()).locate(said::add));

        assertThat(said)
                .anyMatch(sentence -> sentence.startsWith(
                        ("No download of the test binaries (%s has the SHA-512 sum %s where %s is expected, so it is not used); building Kubernetes "
                                        + ControlPlaneBinaries.KUBERNETES_VERSION
                                        + " from Go modules instead")
                                .formatted(server.address() + ARCHIVE, sha512(other), sha512(PUBLISHED))));
    }

    @Test
    void takesADefinitionWithAnotherChecksumFromItsGoModule() throws IOException {
        server.has(DEFINITION, "apiVersion: something.else/v1\n".getBytes(StandardCharsets.UTF_8));

        ControlPlaneBinaries binaries = cache(PUBLISHED, go.toString()).locate(said::add);

        assertPublished(binaries);
        assertThat(said)
                .anyMatch(sentence -> sentence.contains(
                        "from Go modules (no download: " + server.address() + DEFINITION + " has the SHA-256 sum"));
    }

    @Test
    void refusesAModuleWhoseDefinitionHasAnotherChecksum() throws IOException {
        server.has(DEFINITION, new byte[0]);
        FakeGo.building(directory.resolve("go"), "kubernetes/definitions.yaml", "apiVersion: something.else/v1\n");

        assertThatThrownBy(() -> cache(PUBLISHED, go.toString()).locate(said::add))
                .isInstanceOf(ControlPlaneUnavailable.class)
                .hasMessageContaining(
                        "definitions.yaml of the Go module istio.io/api@v1.31.1 does not have the SHA-256" + " sum");
        assertThat(cacheEntries()).contains("bin").doesNotContain("definitions");
    }

    @Test
    void buildsWhereATransferIsCut() throws IOException {
        server.cuts(ARCHIVE, PUBLISHED);

        assertBuilt(cache(PUBLISHED, go.toString()).locate(said::add));

        assertThat(said)
                .anyMatch(sentence -> sentence.startsWith(
                        "No download of the test binaries (" + server.address() + ARCHIVE + " failed: "));
    }

    @Test
    void buildsWhereATransferStalls() throws IOException {
        server.stalls(ARCHIVE, PUBLISHED);

        assertBuilt(cache(
                        directory.resolve("cache"),
                        server.address(),
                        sha512(PUBLISHED),
                        Duration.ofMillis(200),
                        go.toString())
                .locate(said::add));

        assertThat(said).anyMatch(sentence -> sentence.contains(server.address() + ARCHIVE + " delivered nothing for"));
    }

    @Test
    void buildsWhereNothingIsPublished() throws IOException {
        server.redirects(ARCHIVE, "nowhere");

        assertBuilt(cache(PUBLISHED, go.toString()).locate(said::add));

        assertThat(said).anyMatch(sentence -> sentence.contains(ARCHIVE + " answers with status 404"));
    }

    @Test
    void buildsWhereNothingIsWithinReach() throws IOException {
        URI address = server.address();
        server.close();

        ControlPlaneBinaries binaries = cache(
                        directory.resolve("cache"), address, sha512(PUBLISHED), PATIENT, go.toString())
                .locate(said::add);

        assertBuilt(binaries);
        assertThat(said)
                .element(1)
                .asString()
                .isEqualTo("No download of the test binaries (no connection to 127.0.0.1); building Kubernetes "
                        + ControlPlaneBinaries.KUBERNETES_VERSION
                        + " from Go modules instead, which takes about 5 minutes on two cores.");
    }

    @Test
    void writesNoPathsOfAnArchive() throws IOException {
        byte[] archive = new ArchiveOfBinaries()
                .entry("../../escaped", '0', "escaped")
                .entry("/" + directory.resolve("escaped").toString().substring(1), '0', "escaped")
                .symlink("controller-tools/envtest/etcd", "/bin/sh")
                .entry("controller-tools/envtest/etcd", '0', "etcd, as published\n")
                .entry("../kubectl", '0', "kubectl, as published\n")
                .entry("./kube-apiserver", '0', "kube-apiserver, as published\n")
                .entry("kubectl", '0', "a second one")
                .compressed();
        server.has(ARCHIVE, archive);

        assertPublished(cache(archive, "/nonexistent/go").locate(said::add));

        try (Stream<Path> files = Files.walk(directory)) {
            assertThat(files).noneMatch(file -> file.endsWith("escaped") || Files.isSymbolicLink(file));
        }
    }

    @Test
    void buildsWhereAnArchiveHasALinkForAnExecutable() throws IOException {
        byte[] archive = new ArchiveOfBinaries()
                .symlink("etcd", "/bin/sh")
                .entry("kubectl", '0', "")
                .entry("kube-apiserver", '0', "")
                .compressed();
        server.has(ARCHIVE, archive);

        assertBuilt(cache(archive, go.toString()).locate(said::add));

        assertThat(said).anyMatch(sentence -> sentence.contains("cannot be unpacked: the archive has no etcd"));
    }

    @Test
    void buildsWhereAnArchiveIsTooLarge() throws IOException {
        byte[] archive = new ArchiveOfBinaries()
                .oversized("etcd", 2_000_000_000_000L >> 8)
                .compressed();
        server.has(ARCHIVE, archive);

        assertBuilt(cache(archive, go.toString()).locate(said::add));

        assertThat(said)
                .anyMatch(sentence ->
                        sentence.contains("cannot be unpacked: the archive has more than 1258291200 bytes"));
    }

    @Test
    void buildsWhereAnArchiveBreaksOff() throws IOException {
        byte[] archive = Arrays.copyOf(PUBLISHED, PUBLISHED.length / 2);
        server.has(ARCHIVE, archive);

        assertBuilt(cache(archive, go.toString()).locate(said::add));

        assertThat(said).anyMatch(sentence -> sentence.contains(" cannot be unpacked: "));
    }

    @Test
    void saysWhatToDoWhereThereIsNeitherADownloadNorGo() throws IOException {
        server.redirects(ARCHIVE, "nowhere");

        assertThatThrownBy(() -> cache(PUBLISHED, "/nonexistent/go").locate(said::add))
                .isInstanceOf(ControlPlaneUnavailable.class)
                .hasMessageContaining("answers with status 404")
                .hasMessageContaining("there is no “go” on the PATH. Let this machine reach https://github.com")
                .hasMessageContaining("install Go 1.26 or later")
                .hasMessageContaining("-Dsandbox.kubeconfig=<file>");
    }

    @Test
    void saysThatItNeedsAModuleProxyWhereNoneIsWithinReach() throws IOException {
        server.redirects(ARCHIVE, "nowhere");
        server.redirects(DEFINITION, "nowhere");
        Path without = FakeGo.withoutModules(directory.resolve("go"));

        assertThatThrownBy(() -> cache(PUBLISHED, without.toString()).locate(said::add))
                .isInstanceOf(ControlPlaneUnavailable.class)
                .hasMessageContaining("mod download -json istio.io/api@v1.31.1” failed")
                .hasMessageContaining("a Go module proxy within reach")
                .hasMessageContaining("module lookup disabled by GOPROXY=off");
    }

    @Test
    void triesAnewAfterAFailure() throws IOException {
        server.cuts(ARCHIVE, PUBLISHED);
        ControlPlaneCache cache = cache(PUBLISHED, "/nonexistent/go");
        assertThatThrownBy(() -> cache.locate(said::add)).isInstanceOf(ControlPlaneUnavailable.class);
        assertThat(cacheEntries()).containsExactlyInAnyOrder("lock", "progress");

        server.has(ARCHIVE, PUBLISHED);

        assertPublished(cache.locate(said::add));
    }

    @Test
    void clearsAwayWhatAKilledProcessLeft() throws IOException {
        Files.createDirectories(directory.resolve("cache/work-1/bin"));
        Files.writeString(directory.resolve("cache/work-1/bin/etcd"), "half of it");

        assertPublished(cache(PUBLISHED, "/nonexistent/go").locate(said::add));

        assertThat(cacheEntries()).noneMatch(name -> name.startsWith("work-"));
    }

    @Test
    void waitsForAnotherProcessAndSaysWhatThatDoes() throws Exception {
        CountDownLatch rest = new CountDownLatch(1);
        server.has(ARCHIVE, PUBLISHED, rest);
        Path output = directory.resolve("output");
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Locate.class.getName(),
                        directory.resolve("cache").toString(),
                        server.address().toString(),
                        sha512(PUBLISHED))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            Path progress = directory.resolve("cache/progress");
            with().timeout(5, TimeUnit.MINUTES)
                    .until(() -> !other.isAlive()
                            || Files.exists(progress)
                                    && Files.readString(progress).contains("Downloading"));
            assertThat(other.isAlive())
                    .as("the other process: %s", Files.readString(output))
                    .isTrue();

            CompletableFuture<ControlPlaneBinaries> second = CompletableFuture.supplyAsync(
                    () -> cache(PUBLISHED, "/nonexistent/go").locate(said::add));
            CompletableFuture<ControlPlaneBinaries> third = CompletableFuture.supplyAsync(
                    () -> cache(PUBLISHED, "/nonexistent/go").locate(sentence -> {}));
            assertThat(said.poll(5, TimeUnit.MINUTES))
                    .startsWith("Waiting, 0 s so far, for the process that prepares the control plane's binaries.")
                    .endsWith("It says: Downloading the test binaries of Kubernetes "
                            + ControlPlaneBinaries.KUBERNETES_VERSION + " (1 MiB) from 127.0.0.1.");
            rest.countDown();

            assertPublished(second.get(5, TimeUnit.MINUTES));
            assertPublished(third.get(5, TimeUnit.MINUTES));
            assertThat(other.waitFor(5, TimeUnit.MINUTES)).isTrue();
            assertThat(other.exitValue()).as(Files.readString(output)).isZero();
            assertThat(server.asked(ARCHIVE)).isOne();
        } finally {
            other.destroyForcibly();
        }
    }

    private void assertPublished(ControlPlaneBinaries binaries) throws IOException {
        assertExecutables(binaries, "etcd, as published\n");
    }

    private void assertBuilt(ControlPlaneBinaries binaries) throws IOException {
        assertExecutables(binaries, "server, as built\n");
    }

    private static void assertExecutables(ControlPlaneBinaries binaries, String etcd) throws IOException {
        assertThat(binaries.etcd()).isExecutable().hasContent(etcd);
        assertThat(binaries.apiServer()).isExecutable();
        assertThat(binaries.kubectl()).isExecutable();
        assertThat(binaries.definitions())
                .hasSize(1)
                .first()
                .satisfies(file -> assertThat(Files.readString(file)).isEqualTo(TEXT));
    }

    private List<String> cacheEntries() throws IOException {
        try (Stream<Path> entries = Files.list(directory.resolve("cache"))) {
            return entries.map(entry -> entry.getFileName().toString()).toList();
        }
    }

    private ControlPlaneCache cache(byte[] archive, String go) {
        return cache(directory.resolve("cache"), server.address(), sha512(archive), PATIENT, go);
    }

    private static ControlPlaneCache cache(Path directory, URI server, String archive, Duration stall, String go) {
        byte[] text = TEXT.getBytes(StandardCharsets.UTF_8);
        List<PublishedFile> definitions = List.of(new PublishedFile(
                DEFINITION,
                HexFormat.of().formatHex(PublishedFile.digest("SHA-256").digest(text))));
        return new ControlPlaneCache(
                directory,
                new PublishedBinaries(
                        server,
                        server,
                        Optional.of(new PublishedFile(ARCHIVE, archive)),
                        definitions,
                        new Downloader(ProxySelector.of(null), stall)),
                new GoBuild(go, definitions));
    }

    private static String sha512(byte[] bytes) {
        return HexFormat.of().formatHex(PublishedFile.digest("SHA-512").digest(bytes));
    }
}
