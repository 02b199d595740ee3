package io.waypass.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;

/** Free ports on the loopback interface. */
public final class Ports {

    private Ports() {}

    /**
     * Below the range from which Linux and macOS take the ports of outgoing connections: one of those could take the
     * port before the server does.
     */
    private static final int FIRST = 15_000;

    private static final int LAST = 32_767;

    /** Kept until this JVM ends, and with them the locks. */
    private static final List<FileChannel> RESERVED = new CopyOnWriteArrayList<>();

    /**
     * Finds free ports, all different, and different from those that any JVM on this machine was given and may not listen on
     * yet: a mesh's sandbox takes about twenty at a time, and test JVMs run beside each other.
     *
     * @param count number of ports
     * @return the ports, free a moment ago
     */
    public static List<Integer> free(int count) {
        return ThreadLocalRandom.current()
                .ints(FIRST, LAST + 1)
                .distinct()
                .filter(port -> isFree(port) && reserve(port))
                .limit(count)
                .boxed()
                .toList();
    }

    /** {@return whether a server could listen on the port now} */
    public static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException _) {
            return false;
        }
    }

    private static boolean reserve(int port) {
        Path file = Path.of(
                System.getProperty("java.io.tmpdir"),
                "waypass-ports-" + System.getProperty("user.name"),
                Integer.toString(port));
        try {
            Files.createDirectories(file.getParent());
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (locked(channel)) {
                RESERVED.add(channel);
                return true;
            }
            channel.close();
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException _) {
            // this JVM holds it
            return false;
        }
    }
}
