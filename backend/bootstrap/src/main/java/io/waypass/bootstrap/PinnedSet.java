package io.waypass.bootstrap;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/**
 * Resource files that pin what is downloaded and built.
 *
 * @param folder on the classpath
 */
record PinnedSet(String folder) {

    static final PinnedSet CONTROL_PLANE = new PinnedSet("controlplane");
    static final PinnedSet MESH = new PinnedSet("mesh");

    String text(String name) {
        try (InputStream stream = PinnedSet.class.getResourceAsStream("/" + folder + "/" + name)) {
            if (stream == null) {
                throw new IllegalStateException(folder + "/" + name + " is not on the classpath");
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return part of a cache directory's name: another set uses another directory} */
    String checksum(List<String> names) {
        StringBuilder texts = new StringBuilder();
        names.forEach(name -> texts.append(text(name)));
        byte[] digest = PublishedFile.digest("SHA-256").digest(texts.toString().getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest, 0, 6);
    }
}
