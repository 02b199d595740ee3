package io.waypass.mesh;

import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceStub;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.waypass.testing.TestCertificateAuthority.Issued;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * Stands between Envoy and istiod as Istio's agent does: Envoy's own requests, acknowledgements and refusals reach
 * istiod, and each of istiod's messages reaches Envoy, rewritten by {@link ResourceRewriter}. A lost connection to istiod
 * ends Envoy's stream, and Envoy connects again after its own pause.
 */
final class DiscoveryRelay implements AutoCloseable {

    private final Server server;
    private final ManagedChannel istiod;
    private final ResourceRewriter rewriter;
    private final List<ConfigurationChange> changes = new CopyOnWriteArrayList<>();
    private final List<String> refusals = new CopyOnWriteArrayList<>();

    /**
     * @param discoveryPort of istiod, with mutual TLS
     * @param own the waypoint's certificate, by which istiod knows who it is
     */
    DiscoveryRelay(int discoveryPort, Issued own, String rootPem, ResourceRewriter rewriter) {
        this.rewriter = rewriter;
        try {
            this.istiod = NettyChannelBuilder.forAddress("localhost", discoveryPort)
                    .sslContext(GrpcSslContexts.forClient()
                            .keyManager(bytes(own.chainPem()), bytes(own.keyPem()))
                            .trustManager(bytes(rootPem))
                            .build())
                    .maxInboundMessageSize(Integer.MAX_VALUE)
                    .build();
            this.server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .addService(new Service())
                    .maxInboundMessageSize(Integer.MAX_VALUE)
                    .build()
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ByteArrayInputStream bytes(String pem) {
        return new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8));
    }

    int port() {
        return server.getPort();
    }

    /** {@return what istiod sent, oldest first} */
    List<ConfigurationChange> changes() {
        return List.copyOf(changes);
    }

    /** {@return why Envoy refused what, oldest first} */
    List<String> refusals() {
        return List.copyOf(refusals);
    }

    @Override
    public void close() {
        server.shutdownNow();
        istiod.shutdownNow();
        try {
            server.awaitTermination(10, TimeUnit.SECONDS);
            istiod.awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private final class Service extends AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceImplBase {

        @Override
        public StreamObserver<DeltaDiscoveryRequest> deltaAggregatedResources(
                StreamObserver<DeltaDiscoveryResponse> envoy) {
            // an answer that arrives after Envoy went is of no use, and no error
            ((ServerCallStreamObserver<DeltaDiscoveryResponse>) envoy).setOnCancelHandler(() -> {});
            AggregatedDiscoveryServiceStub stub = AggregatedDiscoveryServiceGrpc.newStub(istiod);
            // a channel that failed before waits longer and longer; a new stream tries at once
            istiod.resetConnectBackoff();
            return new Requests(stub.deltaAggregatedResources(new Responses(envoy)));
        }
    }

    /** From Envoy to istiod. */
    private final class Requests implements StreamObserver<DeltaDiscoveryRequest> {

        private final StreamObserver<DeltaDiscoveryRequest> istiodStream;

        Requests(StreamObserver<DeltaDiscoveryRequest> istiodStream) {
            this.istiodStream = istiodStream;
        }

        @Override
        public void onNext(DeltaDiscoveryRequest request) {
            if (request.hasErrorDetail()) {
                refusals.add(
                        request.getTypeUrl() + ": " + request.getErrorDetail().getMessage());
            }
            istiodStream.onNext(request);
        }

        @Override
        public void onError(Throwable cause) {
            istiodStream.onError(Status.CANCELLED.withCause(cause).asRuntimeException());
        }

        @Override
        public void onCompleted() {
            istiodStream.onCompleted();
        }
    }

    /** From istiod to Envoy. */
    private final class Responses implements StreamObserver<DeltaDiscoveryResponse> {

        private final StreamObserver<DeltaDiscoveryResponse> envoyStream;

        Responses(StreamObserver<DeltaDiscoveryResponse> envoyStream) {
            this.envoyStream = envoyStream;
        }

        @Override
        public void onNext(DeltaDiscoveryResponse response) {
            DeltaDiscoveryResponse.Builder builder = response.toBuilder().clearResources();
            List<String> sent = new ArrayList<>();
            for (Resource resource : response.getResourcesList()) {
                sent.add(resource.getName());
                builder.addResources(
                        resource.hasResource()
                                ? resource.toBuilder()
                                        .setResource(rewriter.rewrite(resource.getResource()))
                                        .build()
                                : resource);
            }
            String type = response.getTypeUrl();
            changes.add(new ConfigurationChange(
                    Instant.now(),
                    type.substring(type.lastIndexOf('.') + 1),
                    sent,
                    response.getRemovedResourcesList()));
            envoyStream.onNext(builder.build());
        }

        @Override
        public void onError(Throwable cause) {
            envoyStream.onError(Status.UNAVAILABLE
                    .withDescription("the connection to istiod was lost")
                    .asRuntimeException());
        }

        @Override
        public void onCompleted() {
            envoyStream.onCompleted();
        }
    }
}
