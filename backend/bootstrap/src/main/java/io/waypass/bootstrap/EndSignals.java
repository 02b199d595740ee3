package io.waypass.bootstrap;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;

/** Signals that ask a process to end: SIGINT (Ctrl-C), SIGTERM, and SIGHUP of a closed terminal. */
public final class EndSignals {

    private static final List<String> NAMES = List.of("INT", "TERM", "HUP");

    private EndSignals() {}

    /**
     * Runs an action at each of these signals, in place of the JVM's exit with status 128 + the signal's number. A
     * signal that the parent process made the JVM ignore, as a shell does for background jobs, stays ignored.
     *
     * @param action runs in a thread of its own, at each signal
     */
    public static void handle(Runnable action) {
        try {
            // by reflection: javac's warning about this package cannot be switched off, and warnings are errors
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object proxy = Proxy.newProxyInstance(
                    handler.getClassLoader(), new Class<?>[] {handler}, (self, method, arguments) -> {
                        switch (method.getName()) {
                            case "handle":
                                action.run();
                                return null;
                            case "equals":
                                return self == arguments[0];
                            case "hashCode":
                                return System.identityHashCode(self);
                            default:
                                return "end";
                        }
                    });
            Constructor<?> named = signal.getConstructor(String.class);
            Method handle = signal.getMethod("handle", signal, handler);
            for (String name : NAMES) {
                try {
                    handle.invoke(null, named.newInstance(name), proxy);
                } catch (InvocationTargetException e) {
                    // Windows has no HUP, and with -Xrs the JVM does not handle signals
                    if (!(e.getCause() instanceof IllegalArgumentException)) {
                        throw e;
                    }
                }
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("This JVM handles no signals", e);
        }
    }
}
