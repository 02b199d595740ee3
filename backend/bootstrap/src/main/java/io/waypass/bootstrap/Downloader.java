package io.waypass.bootstrap;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Downloads files over HTTP, and verifies their checksums. */
final class Downloader {

    private static final Duration CONNECT = Duration.ofSeconds(5);

    private static final long MIB = 1024L * 1024;

    private final HttpClient http;
    private final Duration stall;

    /** @param stall a transfer that delivers nothing for this long fails */
    Downloader(ProxySelector proxies, Duration stall) {
        this.http = HttpClient.newBuilder()
                .connectTimeout(CONNECT)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .proxy(proxies)
                .build();
        this.stall = stall;
    }

    /**
     * Selects the proxy of {@code HTTPS_PROXY} (upper or lower case, as curl and Go read it), otherwise that of the
     * JVM's own properties.
     *
     * @param environment of the process
     */
    static ProxySelector proxies(Map<String, String> environment) {
        return Stream.of("HTTPS_PROXY", "https_proxy")
                .map(name -> environment.getOrDefault(name, ""))
                .filter(value -> !value.isBlank())
                .flatMap(value -> proxy(value).stream())
                .findFirst()
                .orElseGet(ProxySelector::getDefault);
    }

    /** Empty if the value is no address. The value may contain a password, so no message quotes it. */
    private static Optional<ProxySelector> proxy(String value) {
        try {
            URI address = new URI(value.contains("://") ? value : "http://" + value);
            return address.getHost() == null || address.getPort() > 65_535
                    ? Optional.empty()
                    : Optional.of(ProxySelector.of(
                            new InetSocketAddress(address.getHost(), address.getPort() < 0 ? 80 : address.getPort())));
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    /**
     * Downloads a file and verifies its checksum. If that fails, the file must not be used.
     *
     * @param file expected checksum and path
     * @param to target file
     * @param limit maximum size in bytes
     * @param what the file's name in progress messages
     * @param progress receives its size, and every 30 seconds the progress
     * @throws DownloadFailed if the server does not deliver the expected bytes
     * @throws IOException if they cannot be written
     */
    void download(URI from, PublishedFile file, Path to, long limit, String what, Consumer<String> progress)
            throws DownloadFailed, IOException {
        try (FileChannel channel = FileChannel.open(
                to, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            Transfer transfer = new Transfer(channel, file.digest(), limit);
            CompletableFuture<HttpResponse<String>> answer =
                    http.sendAsync(HttpRequest.newBuilder(from).build(), info -> {
                        transfer.answered(info.statusCode(), info.headers().firstValueAsLong("content-length"));
                        return transfer;
                    });
            String sum = await(from, answer, transfer, what, progress);
            if (!sum.equals(file.sum())) {
                throw new DownloadFailed("%s has the %s sum %s where %s is expected, so it is not used"
                        .formatted(from, file.algorithm(), sum, file.sum()));
            }
        }
    }

    private String await(
            URI from,
            CompletableFuture<HttpResponse<String>> answer,
            Transfer transfer,
            String what,
            Consumer<String> progress)
            throws DownloadFailed, IOException {
        long told = System.nanoTime();
        boolean sizeTold = false;
        while (true) {
            try {
                HttpResponse<String> complete = answer.get(50, TimeUnit.MILLISECONDS);
                if (!sizeTold) {
                    progress.accept(begun(what, transfer.size, from));
                }
                return complete.body();
            } catch (TimeoutException e) {
                if (!sizeTold && transfer.answered) {
                    sizeTold = true;
                    progress.accept(begun(what, transfer.size, from));
                }
                long now = System.nanoTime();
                if (now - transfer.lastDelivery > stall.toNanos()) {
                    answer.cancel(true);
                    throw new DownloadFailed(from + " delivered nothing for " + stall.toSeconds() + " s");
                }
                if (now - told > TimeUnit.SECONDS.toNanos(30)) {
                    told = now;
                    progress.accept("Downloading " + what + ", " + mib(transfer.received) + " so far.");
                }
            } catch (ExecutionException e) {
                throw failure(from, e.getCause() == null ? e : e.getCause());
            } catch (InterruptedException e) {
                answer.cancel(true);
                Thread.currentThread().interrupt();
                throw new DownloadFailed("the download of " + from + " was interrupted");
            }
        }
    }

    private static String begun(String what, long size, URI from) {
        return "Downloading " + what + (size > 0 ? " (" + mib(size) + ")" : "") + " from " + from.getHost() + ".";
    }

    private static DownloadFailed failure(URI from, Throwable thrown) throws IOException {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof DownloadRefused refused) {
                return new DownloadFailed(from + " " + refused.getMessage());
            }
            if (cause instanceof NotWritten notWritten) {
                throw notWritten;
            }
            if (cause instanceof UnresolvedAddressException || cause instanceof UnknownHostException) {
                return new DownloadFailed("the name " + from.getHost() + " cannot be resolved");
            }
            if (cause instanceof HttpConnectTimeoutException) {
                return new DownloadFailed(
                        "no connection to " + from.getHost() + " within " + CONNECT.toSeconds() + " s");
            }
        }
        if (thrown instanceof ConnectException) {
            return new DownloadFailed("no connection to " + from.getHost());
        }
        return new DownloadFailed(from + " failed: "
                + (thrown.getMessage() == null ? thrown.getClass().getSimpleName() : thrown.getMessage()));
    }

    private static String mib(long bytes) {
        return (bytes + MIB - 1) / MIB + " MiB";
    }

    /** The server answers, but not with a usable file. */
    private static final class DownloadRefused extends IOException {

        DownloadRefused(String message) {
            super(message);
        }
    }

    /** The file cannot be written; another source would not help. */
    private static final class NotWritten extends IOException {

        NotWritten(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }

    /** Writes a body to a file, and computes its checksum at the same time. */
    private static final class Transfer implements HttpResponse.BodySubscriber<String> {

        private final CompletableFuture<String> sum = new CompletableFuture<>();
        private final FileChannel channel;
        private final MessageDigest digest;
        private final long limit;
        private Flow.@Nullable Subscription subscription;
        private @Nullable DownloadRefused refusal;

        volatile boolean answered;
        volatile long size;
        volatile long received;
        volatile long lastDelivery = System.nanoTime();

        Transfer(FileChannel channel, MessageDigest digest, long limit) {
            this.channel = channel;
            this.digest = digest;
            this.limit = limit;
        }

        void answered(int status, OptionalLong length) {
            size = length.orElse(0);
            lastDelivery = System.nanoTime();
            if (status != 200) {
                refusal = new DownloadRefused("answers with status " + status);
            } else if (size > limit) {
                refusal = tooLarge();
            } else {
                answered = true;
            }
        }

        private DownloadRefused tooLarge() {
            return new DownloadRefused("is larger than the " + mib(limit) + " that are expected at most");
        }

        @Override
        public CompletionStage<String> getBody() {
            return sum;
        }

        @Override
        public void onSubscribe(Flow.Subscription begun) {
            subscription = begun;
            if (refusal != null) {
                giveUp(refusal);
            } else {
                begun.request(1);
            }
        }

        @Override
        public void onNext(List<ByteBuffer> parts) {
            lastDelivery = System.nanoTime();
            try {
                for (ByteBuffer part : parts) {
                    received += part.remaining();
                    if (received > limit) {
                        giveUp(tooLarge());
                        return;
                    }
                    digest.update(part.duplicate());
                    while (part.hasRemaining()) {
                        channel.write(part);
                    }
                }
            } catch (IOException e) {
                giveUp(new NotWritten(e));
                return;
            }
            if (subscription != null) {
                subscription.request(1);
            }
        }

        private void giveUp(IOException reason) {
            sum.completeExceptionally(reason);
            if (subscription != null) {
                subscription.cancel();
            }
        }

        @Override
        public void onError(Throwable thrown) {
            sum.completeExceptionally(thrown);
        }

        @Override
        public void onComplete() {
            sum.complete(HexFormat.of().formatHex(digest.digest()));
        }
    }
}
