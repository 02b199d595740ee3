package io.waypass.mesh;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.envoyproxy.envoy.service.secret.v3.SecretDiscoveryServiceGrpc;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.waypass.testing.TestCertificateAuthority.Issued;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;

/** Gives Envoy the waypoint's own certificate and the mesh's root, as Istio's agent does under the same names. */
final class WorkloadSecrets implements AutoCloseable {

    private static final String TYPE = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret";

    private final Server server;

    WorkloadSecrets(Issued own, String rootPem) {
        Map<String, Secret> secrets = Map.of(
                "default",
                Secret.newBuilder()
                        .setName("default")
                        .setTlsCertificate(TlsCertificate.newBuilder()
                                .setCertificateChain(inline(own.chainPem()))
                                .setPrivateKey(inline(own.keyPem())))
                        .build(),
                "ROOTCA",
                Secret.newBuilder()
                        .setName("ROOTCA")
                        .setValidationContext(
                                CertificateValidationContext.newBuilder().setTrustedCa(inline(rootPem)))
                        .build());
        try {
            this.server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .addService(new Service(secrets))
                    .build()
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static DataSource inline(String pem) {
        return DataSource.newBuilder()
                .setInlineBytes(ByteString.copyFromUtf8(pem))
                .build();
    }

    int port() {
        return server.getPort();
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    private static final class Service extends SecretDiscoveryServiceGrpc.SecretDiscoveryServiceImplBase {

        private final Map<String, Secret> secrets;

        Service(Map<String, Secret> secrets) {
            this.secrets = secrets;
        }

        @Override
        public StreamObserver<DiscoveryRequest> streamSecrets(StreamObserver<DiscoveryResponse> envoy) {
            return new StreamObserver<>() {

                @Override
                public void onNext(DiscoveryRequest request) {
                    if (!request.getResponseNonce().isEmpty()) {
                        // an acknowledgement: these secrets never change
                        return;
                    }
                    DiscoveryResponse.Builder response = DiscoveryResponse.newBuilder()
                            .setTypeUrl(TYPE)
                            .setVersionInfo("1")
                            .setNonce("1");
                    request.getResourceNamesList().stream()
                            .filter(secrets::containsKey)
                            .map(secrets::get)
                            .map(Any::pack)
                            .forEach(response::addResources);
                    envoy.onNext(response.build());
                }

                @Override
                public void onError(Throwable cause) {
                    // Envoy went away
                }

                @Override
                public void onCompleted() {
                    envoy.onCompleted();
                }
            };
        }
    }
}
