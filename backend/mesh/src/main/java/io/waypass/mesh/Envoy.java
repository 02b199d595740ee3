package io.waypass.mesh;

import io.waypass.testing.LocalProcess;
import io.waypass.testing.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A stock Envoy with a waypoint's bootstrap: everything else comes from istiod while it runs. */
final class Envoy implements AutoCloseable {

    private static final Duration START = Duration.ofMinutes(2);

    private final LocalProcess process;
    private final int admin = Ports.free(1).getFirst();
    private final Path log;

    /**
     * @param node what istiod needs to know of the proxy
     * @param discovery port of the relay
     * @param secrets port of the workload's secrets
     */
    Envoy(Path executable, ProxyNode node, int discovery, int secrets, Path directory) {
        this.log = directory.resolve("envoy.log");
        Path bootstrap = directory.resolve("envoy.json");
        try {
            Files.createDirectories(directory);
            Files.writeString(bootstrap, bootstrap(node, discovery, secrets));
            this.process = LocalProcess.start(
                    "envoy",
                    List.of(
                            executable.toString(),
                            "-c",
                            bootstrap.toString(),
                            "--concurrency",
                            "1",
                            "--disable-hot-restart",
                            "--log-level",
                            "warning",
                            "--drain-time-s",
                            "1"),
                    log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until it has its listeners and all their secrets. */
    void awaitReady() {
        Conditions.await("Envoy is ready; see " + log, START, () -> {
            if (!process.isAlive()) {
                throw new IllegalStateException("Envoy ended while starting; see " + log);
            }
            try {
                return get("/ready").strip().equals("LIVE");
            } catch (UncheckedIOException _) {
                return false;
            }
        });
    }

    /** {@return a page of Envoy's administration interface} */
    String get(String path) {
        return LoopbackPage.get(admin, path);
    }

    @Override
    public void close() {
        process.close();
    }

    /** Field by field what Istio's own bootstrap has for discovery, without its telemetry. */
    private String bootstrap(ProxyNode node, int discovery, int secrets) {
        return """
                {
                  "node": %s,
                  "admin": {"address": %s},
                  "bootstrap_extensions": [{
                    "name": "envoy.bootstrap.internal_listener",
                    "typed_config": {"@type": "type.googleapis.com/envoy.extensions.bootstrap.internal_listener.v3.InternalListener"}
                  }],
                  "dynamic_resources": {
                    "lds_config": {"ads": {}, "resource_api_version": "V3", "initial_fetch_timeout": "0s"},
                    "cds_config": {"ads": {}, "resource_api_version": "V3", "initial_fetch_timeout": "0s"},
                    "ads_config": {
                      "api_type": "DELTA_GRPC",
                      "transport_api_version": "V3",
                      "set_node_on_first_message_only": true,
                      "grpc_services": [{"envoy_grpc": {"cluster_name": "xds-grpc"}}]
                    }
                  },
                  "static_resources": {"clusters": [%s, %s]}
                }
                """.formatted(node.json(), address(admin), cluster("xds-grpc", discovery), cluster("sds-grpc", secrets));
    }

    private static String cluster(String name, int port) {
        return """
                {
                  "name": "%1$s", "type": "STATIC", "connect_timeout": "1s",
                  "typed_extension_protocol_options": {"envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
                    "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
                    "explicit_http_config": {"http2_protocol_options": {}}
                  }},
                  "load_assignment": {"cluster_name": "%1$s", "endpoints": [{"lb_endpoints": [
                    {"endpoint": {"address": %2$s}}
                  ]}]}
                }""".formatted(name, address(port));
    }

    private static String address(int port) {
        return "{\"socket_address\": {\"address\": \"127.0.0.1\", \"port_value\": %d}}".formatted(port);
    }
}
