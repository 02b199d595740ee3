package io.waypass.testing.controlplane;

import io.waypass.testing.LocalProcess;
import io.waypass.testing.PartnerServer;
import io.waypass.testing.TestCertificateAuthority.Issued;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The {@code etcd} of a control plane: its process, and changes that tests make in it behind the API server. */
final class Etcd implements AutoCloseable {

    private static final Pattern REVISION = Pattern.compile("\"revision\":\\s*\"(\\d+)\"");

    private static final Pattern KEY = Pattern.compile("\"key\":\\s*\"([A-Za-z0-9+/=]+)\"");

    /**
     * Keys that the API server creates for itself, some of them only after it is ready. It writes {@code
     * compact_rev_key} every five minutes, and panics five minutes after that key is deleted (kube-apiserver 1.36.2,
     * {@code storage/etcd3/compact.go:234}, measured).
     */
    private static final Pattern API_SERVERS_OWN = Pattern.compile(
            "compact_rev_key|/registry/((leases|masterleases|events|flowschemas|prioritylevelconfigurations|servicecidrs|ipaddresses)/.*"
                    + "|apiregistration\\.k8s\\.io/.*|ranges/.*|namespaces/(default|kube-.*)|[^/]+/([^/]+/)?(default/kubernetes|system:.*)"
                    + "|[^/]+/kube-.*)");

    /** etcd's limit of a transaction. */
    private static final int DELETIONS_AT_ONCE = 100;

    private static final Duration TIMEOUT = Duration.ofMinutes(5);

    private final Credentials credentials;
    private final String address;
    private final LocalProcess process;

    private Etcd(Credentials credentials, String address, LocalProcess process) {
        this.credentials = credentials;
        this.address = address;
        this.process = process;
    }

    /** With {@code durable}, etcd loses nothing at a power cut. */
    static Etcd start(
            Path binary, Path directory, Credentials credentials, int clientPort, int peerPort, boolean durable)
            throws IOException {
        String clients = "https://127.0.0.1:" + clientPort;
        String peers = "https://127.0.0.1:" + peerPort;
        List<String> command = new ArrayList<>(List.of(
                binary.toString(),
                "--name=waypass",
                "--data-dir=" + directory.resolve("etcd"),
                "--listen-client-urls=" + clients,
                "--advertise-client-urls=" + clients,
                "--client-cert-auth",
                "--trusted-ca-file=" + credentials.file("etcd-ca.crt"),
                "--cert-file=" + credentials.file("etcd.crt"),
                "--key-file=" + credentials.file("etcd.key"),
                "--listen-peer-urls=" + peers,
                "--initial-advertise-peer-urls=" + peers,
                "--initial-cluster=waypass=" + peers,
                "--peer-client-cert-auth",
                "--peer-trusted-ca-file=" + credentials.file("etcd-ca.crt"),
                "--peer-cert-file=" + credentials.file("etcd.crt"),
                "--peer-key-file=" + credentials.file("etcd.key"),
                "--log-level=warn"));
        if (!durable) {
            command.add("--unsafe-no-fsync");
        }
        return new Etcd(credentials, clients, LocalProcess.start("etcd", command, directory.resolve("etcd.log")));
    }

    String address() {
        return address;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    long revision() {
        String answer = ask("range", "{\"key\": \"AA==\"}");
        Matcher revision = REVISION.matcher(answer);
        if (!revision.find()) {
            throw new IllegalStateException("etcd names no revision: " + answer);
        }
        return Long.parseLong(revision.group(1));
    }

    /** Makes etcd forget all revisions before the current one. */
    void compact() {
        ask("compaction", "{\"revision\": \"" + revision() + "\", \"physical\": true}");
    }

    /**
     * Deletes keys that were created after a revision, except those that the API server creates for itself. The API
     * server is notified as of any deletion; finalizers are not waited for, and no controller here would finish a
     * namespace.
     */
    void deleteCreatedAfter(long revision) {
        String created = ask(
                "range",
                "{\"key\": \"AA==\", \"range_end\": \"AA==\", \"keys_only\": true, \"min_create_revision\": \""
                        + (revision + 1) + "\"}");
        List<String> deletions = KEY.matcher(created)
                .results()
                .map(found -> found.group(1))
                .filter(key -> !isApiServersOwn(new String(Base64.getDecoder().decode(key), StandardCharsets.UTF_8)))
                .map(key -> "{\"request_delete_range\": {\"key\": \"" + key + "\"}}")
                .toList();
        for (int from = 0; from < deletions.size(); from += DELETIONS_AT_ONCE) {
            List<String> some = deletions.subList(from, Math.min(deletions.size(), from + DELETIONS_AT_ONCE));
            ask("txn", "{\"success\": [" + String.join(", ", some) + "]}");
        }
    }

    static boolean isApiServersOwn(String key) {
        return API_SERVERS_OWN.matcher(key).matches();
    }

    /** Calls etcd's JSON gateway, with etcd's own certificate. */
    private String ask(String operation, String question) {
        try {
            Issued member = credentials.etcdMember();
            try (HttpClient http = HttpClient.newBuilder()
                    .sslContext(PartnerServer.context(member, List.of(member.root())))
                    .version(HttpClient.Version.HTTP_1_1)
                    .build()) {
                HttpResponse<String> answer = http.send(
                        HttpRequest.newBuilder(URI.create(address + "/v3/kv/" + operation))
                                .timeout(TIMEOUT)
                                .POST(HttpRequest.BodyPublishers.ofString(question))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
                if (answer.statusCode() != 200) {
                    throw new IllegalStateException("etcd refuses the " + operation + ": " + answer.body());
                }
                return answer.body();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while asking etcd", e);
        }
    }

    @Override
    public void close() {
        process.close();
    }
}
