package io.waypass.bootstrap;

/** This machine can provide no istiod or no Envoy; the message says what to install. */
public class MeshBinariesUnavailable extends RuntimeException {

    public MeshBinariesUnavailable(String message) {
        super(message);
    }

    MeshBinariesUnavailable(String message, Throwable cause) {
        super(message, cause);
    }
}
