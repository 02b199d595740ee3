package io.waypass.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.SimpleFileServer;
import io.waypass.testing.controlplane.ControlPlane;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With the real binaries. Not among the tests of their module, which would hold up the build until they are there. */
class ControlPlaneBinariesIT {

    private static final List<PublishedFile> DEFINITIONS = PublishedFile.definitions(PublishedFile.pinned());

    @TempDir
    Path directory;

    @Test
    void hasTheExecutablesAndThePinnedDefinitions() {
        ControlPlaneBinaries binaries = ControlPlane.binaries(System.out::println);

        assertThat(binaries.etcd()).isExecutable();
        assertThat(binaries.apiServer()).isExecutable();
        assertThat(binaries.kubectl()).isExecutable();
        assertThat(binaries.definitions())
                .hasSameSizeAs(DEFINITIONS)
                .allSatisfy(file -> assertThat(DEFINITIONS)
                        .filteredOn(definition ->
                                definition.name().equals(file.getFileName().toString()))
                        .singleElement()
                        .satisfies(definition -> assertThat(definition.matches(Files.readAllBytes(file)))
                                .isTrue()));
    }

    @Test
    void downloadsAnArchiveAsTarWritesIt() throws Exception {
        ControlPlaneBinaries built = ControlPlane.binaries(System.out::println);
        Path served = Files.createDirectories(directory.resolve("served"));
        Path archive = archive(built, served.resolve("binaries.tar.gz"));
        for (PublishedFile definition : DEFINITIONS) {
            Path file = served.resolve(definition.path());
            Files.createDirectories(file.getParent());
            Files.copy(built.definitions().getFirst().resolveSibling(definition.name()), file);
        }
        HttpServer server = SimpleFileServer.createFileServer(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), served, SimpleFileServer.OutputLevel.NONE);
        server.start();
        try {
            URI address = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
            ControlPlaneBinaries downloaded = new ControlPlaneCache(
                            directory.resolve("cache"),
                            new PublishedBinaries(
                                    address,
                                    address,
                                    Optional.of(new PublishedFile("binaries.tar.gz", sha512(archive))),
                                    DEFINITIONS,
                                    new Downloader(ProxySelector.of(null), Duration.ofMinutes(30))),
                            new GoBuild("/nonexistent/go", DEFINITIONS))
                    .locate(System.out::println);

            assertThat(downloaded.etcd()).isExecutable().hasSameBinaryContentAs(built.etcd());
            assertThat(downloaded.apiServer()).isExecutable().hasSameBinaryContentAs(built.apiServer());
            assertThat(downloaded.kubectl()).isExecutable().hasSameBinaryContentAs(built.kubectl());
            assertThat(downloaded.definitions()).hasSameSizeAs(DEFINITIONS);
        } finally {
            server.stop(0);
        }
    }

    /** In the published layout. */
    private Path archive(ControlPlaneBinaries binaries, Path archive) throws IOException, InterruptedException {
        Path layout = Files.createDirectories(directory.resolve("layout/controller-tools/envtest"));
        for (Path file : List.of(binaries.etcd(), binaries.apiServer(), binaries.kubectl())) {
            Files.createSymbolicLink(layout.resolve(file.getFileName()), file);
        }
        Path tar = directory.resolve("binaries.tar");
        Process process = new ProcessBuilder(
                        "tar",
                        "-chf",
                        tar.toString(),
                        "-C",
                        directory.resolve("layout").toString(),
                        "controller-tools")
                .inheritIO()
                .start();
        assertThat(process.waitFor()).isZero();
        try (OutputStream file = Files.newOutputStream(archive);
                GZIPOutputStream compressed = new GZIPOutputStream(file) {
                    {
                        def.setLevel(Deflater.BEST_SPEED);
                    }
                }) {
            Files.copy(tar, compressed);
        }
        return archive;
    }

    private static String sha512(Path file) throws IOException {
        return HexFormat.of().formatHex(PublishedFile.digest("SHA-512").digest(Files.readAllBytes(file)));
    }
}
