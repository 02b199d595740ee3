package io.waypass.bootstrap;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The test binaries that the Kubernetes project publishes for selected versions, as releases of
 * kubernetes-sigs/controller-tools, and the custom resource definitions in their repositories.
 */
final class PublishedBinaries {

    /** Several times the size of current archives. */
    private static final long ARCHIVE_LIMIT = 400L << 20;

    private static final long UNPACKED_LIMIT = 1200L << 20;
    private static final long DEFINITION_LIMIT = 8L << 20;

    private final URI releases;
    private final URI repositories;
    private final Optional<PublishedFile> archive;
    private final List<PublishedFile> definitions;
    private final Downloader downloader;

    /**
     * @param releases base address of archives, ending in a slash
     * @param repositories base address of definitions, ending in a slash
     * @param archive the archive for this platform, if there is one
     */
    PublishedBinaries(
            URI releases,
            URI repositories,
            Optional<PublishedFile> archive,
            List<PublishedFile> definitions,
            Downloader downloader) {
        this.releases = releases;
        this.repositories = repositories;
        this.archive = archive;
        this.definitions = definitions;
        this.downloader = downloader;
    }

    /**
     * Downloads the executables.
     *
     * @param work a directory for temporary files
     * @param target an empty directory
     * @param progress receives sentences about the progress
     * @throws DownloadFailed if they cannot be downloaded
     * @throws IOException if they cannot be written
     */
    void executables(Path work, Path target, Consumer<String> progress) throws DownloadFailed, IOException {
        PublishedFile published = archive.orElseThrow(() -> new DownloadFailed(
                "none are published for " + System.getProperty("os.name") + " on " + System.getProperty("os.arch")));
        URI address = releases.resolve(published.path());
        Path downloaded = work.resolve("binaries.tar.gz");
        downloader.download(
                address,
                published,
                downloaded,
                ARCHIVE_LIMIT,
                "the test binaries of Kubernetes " + ControlPlaneBinaries.KUBERNETES_VERSION,
                progress);
        try {
            new BinaryArchive(UNPACKED_LIMIT).unpack(downloaded, target);
        } catch (IOException e) {
            throw new DownloadFailed(address + " cannot be unpacked: " + e.getMessage());
        }
        Files.delete(downloaded);
    }

    /**
     * Downloads the definitions.
     *
     * @param target an empty directory
     * @throws DownloadFailed if one of them cannot be downloaded
     * @throws IOException if they cannot be written
     */
    void definitions(Path target) throws DownloadFailed, IOException {
        for (PublishedFile definition : definitions) {
            downloader.download(
                    repositories.resolve(definition.path()),
                    definition,
                    target.resolve(definition.name()),
                    DEFINITION_LIMIT,
                    definition.name(),
                    sentence -> {});
        }
    }
}
