package io.waypass.mesh;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.waypass.testing.TestCertificateAuthority.Issued;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * An app's calls, in ztunnel's place: HTTP/2 CONNECT over mutual TLS with the app's own certificate to the waypoint
 * (Istio's HBONE), and HTTP/1.1 within. One object keeps one connection with one tunnel, as a client with a pool does.
 */
public final class HboneCaller implements AutoCloseable {

    private static final EventLoopGroup LOOP =
            new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("hbone", true), NioIoHandler.newFactory());
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /**
     * What the caller got.
     *
     * @param status of the answer
     * @param headers by their names in lower case
     */
    public record Answer(int status, Map<String, String> headers, String body) {}

    private final int waypointPort;
    private final String authority;
    private final Map<String, String> connectHeaders;
    private final SslContext tls;
    private @Nullable Channel connection;
    private @Nullable Http2StreamChannel tunnel;
    private volatile @Nullable CompletableFuture<Answer> pending;
    private volatile boolean goingAway;

    /**
     * @param waypointPort on the loopback interface
     * @param authority address and port of the service that the app calls
     * @param connectHeaders added to the CONNECT request
     * @param own the app's certificate; null for none
     */
    HboneCaller(
            int waypointPort,
            String authority,
            Map<String, String> connectHeaders,
            @Nullable Issued own,
            String rootPem) {
        this.waypointPort = waypointPort;
        this.authority = authority;
        this.connectHeaders = Map.copyOf(connectHeaders);
        this.tls = tls(own, rootPem);
    }

    private static SslContext tls(@Nullable Issued own, String rootPem) {
        try {
            SslContextBuilder builder = SslContextBuilder.forClient()
                    .trustManager(stream(rootPem))
                    // a SPIFFE certificate names no host; what the waypoint is matters to ztunnel, not to these tests
                    .endpointIdentificationAlgorithm("")
                    .applicationProtocolConfig(new ApplicationProtocolConfig(
                            Protocol.ALPN,
                            SelectorFailureBehavior.NO_ADVERTISE,
                            SelectedListenerFailureBehavior.ACCEPT,
                            ApplicationProtocolNames.HTTP_2));
            if (own != null) {
                builder.keyManager(stream(own.chainPem()), stream(own.keyPem()));
            }
            return builder.build();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ByteArrayInputStream stream(String pem) {
        return new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Sends a GET through the tunnel, which is opened first if it is not open.
     *
     * @param host header
     * @param headers pairs of name and value, in their order
     * @throws IOException if there is no tunnel, or it ends before the answer
     */
    public Answer get(String path, String host, List<Map.Entry<String, String>> headers) throws IOException {
        return send(HttpMethod.GET, path, host, headers, "");
    }

    /** The same with any method and a body. */
    public synchronized Answer send(
            HttpMethod method, String path, String host, List<Map.Entry<String, String>> headers, String body)
            throws IOException {
        Http2StreamChannel open = open();
        ByteBuf content = Unpooled.copiedBuffer(body, StandardCharsets.UTF_8);
        DefaultFullHttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, method, path, content);
        request.headers().add("host", host);
        if (content.isReadable()) {
            request.headers().add("content-length", content.readableBytes());
        }
        headers.forEach(header -> request.headers().add(header.getKey(), header.getValue()));
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        pending = answer;
        open.writeAndFlush(request).addListener(written -> {
            if (!written.isSuccess()) {
                answer.completeExceptionally(written.cause());
            }
        });
        try {
            return await(answer);
        } catch (IOException e) {
            disconnect();
            throw e;
        } finally {
            pending = null;
        }
    }

    /** Ends tunnel and connection; the next call opens new ones. */
    public synchronized void disconnect() {
        if (connection != null) {
            connection.close().awaitUninterruptibly();
        }
        connection = null;
        tunnel = null;
    }

    @Override
    public void close() {
        disconnect();
    }

    private Http2StreamChannel open() throws IOException {
        if (tunnel != null && tunnel.isActive() && !goingAway) {
            return tunnel;
        }
        disconnect();
        goingAway = false;
        var connected = new Bootstrap()
                .group(LOOP)
                .channel(NioSocketChannel.class)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(
                                        tls.newHandler(channel.alloc()),
                                        Http2FrameCodecBuilder.forClient().build(),
                                        new Http2MultiplexHandler(new Ignoring()),
                                        new Connection());
                    }
                })
                .connect("127.0.0.1", waypointPort)
                .awaitUninterruptibly();
        if (!connected.isSuccess()) {
            throw new IOException("no connection to the waypoint", connected.cause());
        }
        connection = connected.channel();
        CompletableFuture<String> accepted = new CompletableFuture<>();
        connection.closeFuture().addListener(_ -> {
            IOException ended = new IOException("the waypoint ended the connection");
            accepted.completeExceptionally(ended);
            fail(ended);
        });
        Http2StreamChannel stream = new Http2StreamChannelBootstrap(connection)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(
                                        new Tunnel(accepted),
                                        new HttpClientCodec(),
                                        new HttpObjectAggregator(16 << 20),
                                        new Answers());
                    }
                })
                .open()
                .awaitUninterruptibly()
                .getNow();
        if (stream == null) {
            throw new IOException("the waypoint accepts no stream");
        }
        DefaultHttp2Headers connect = new DefaultHttp2Headers();
        connect.method("CONNECT").authority(authority);
        connectHeaders.forEach((name, value) -> connect.add(name, value));
        stream.pipeline().context(Tunnel.class).writeAndFlush(new DefaultHttp2HeadersFrame(connect));
        String status = await(accepted);
        if (!status.equals("200")) {
            disconnect();
            throw new IOException("the waypoint answered CONNECT with " + status);
        }
        tunnel = stream;
        return stream;
    }

    private void fail(IOException cause) {
        CompletableFuture<Answer> waiting = pending;
        if (waiting != null) {
            waiting.completeExceptionally(cause);
        }
    }

    private static <T> T await(CompletableFuture<T> future) throws IOException {
        try {
            return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IOException("the call failed: " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw new IOException("no answer within " + PATIENCE.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    /** Turns the stream's DATA frames into bytes and back. */
    private final class Tunnel extends ChannelDuplexHandler {

        private final CompletableFuture<String> accepted;

        Tunnel(CompletableFuture<String> accepted) {
            this.accepted = accepted;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            switch (message) {
                case Http2HeadersFrame headers ->
                    accepted.complete(String.valueOf(headers.headers().status()));
                case Http2DataFrame data -> {
                    context.fireChannelRead(data.content().retain());
                    boolean last = data.isEndStream();
                    data.release();
                    if (last) {
                        context.close();
                    }
                }
                case Http2ResetFrame reset -> {
                    IOException ended = new IOException("the waypoint reset the tunnel: " + reset.errorCode());
                    accepted.completeExceptionally(ended);
                    fail(ended);
                    context.close();
                }
                default -> {}
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            IOException ended = new IOException("the tunnel ended");
            accepted.completeExceptionally(ended);
            fail(ended);
            context.fireChannelInactive();
        }

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            context.write(message instanceof ByteBuf bytes ? new DefaultHttp2DataFrame(bytes) : message, promise);
        }
    }

    private final class Answers extends SimpleChannelInboundHandler<FullHttpResponse> {

        @Override
        protected void channelRead0(ChannelHandlerContext context, FullHttpResponse response) {
            CompletableFuture<Answer> waiting = pending;
            if (waiting != null) {
                Map<String, String> headers = new TreeMap<>();
                response.headers()
                        .forEach(each -> headers.put(each.getKey().toLowerCase(Locale.ROOT), each.getValue()));
                waiting.complete(new Answer(
                        response.status().code(), headers, response.content().toString(StandardCharsets.UTF_8)));
            }
            if ("close".equalsIgnoreCase(response.headers().get("connection"))) {
                context.close();
            }
        }
    }

    /** A listener that changes drains its connections: it says so first, and a client opens another one. */
    private final class Connection extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof Http2GoAwayFrame) {
                goingAway = true;
            }
            ReferenceCountUtil.release(message);
        }
    }

    /** The waypoint opens no streams. */
    @Sharable
    private static final class Ignoring extends ChannelInboundHandlerAdapter {}
}
