package io.waypass.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
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

    /**
     * Finds free ports, all different.
     *
     * @param count number of ports
     * @return the ports, free a moment ago
     */
    public static List<Integer> free(int count) {
        return ThreadLocalRandom.current()
                .ints(FIRST, LAST + 1)
                .distinct()
                .filter(Ports::isFree)
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
}
