package io.waypass.testing.controlplane;

import io.waypass.testing.TestCertificateAuthority;
import io.waypass.testing.TestCertificateAuthority.Issued;
import io.waypass.testing.TestCertificateAuthority.KeyType;
import io.waypass.testing.TestCertificateAuthority.Wish;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.jspecify.annotations.Nullable;

/** Certificates, keys and kubeconfigs of a control plane, as files in its directory. */
final class Credentials {

    private final Path directory;
    private @Nullable KeyPair usersKey;

    private Credentials(Path directory) {
        this.directory = directory;
    }

    /** Reads the authority from a directory, or creates one, and issues new certificates for the servers. */
    static Credentials in(Path directory) throws IOException {
        Credentials credentials = new Credentials(directory);
        credentials.keepAuthority();
        credentials.issueServers();
        return credentials;
    }

    Path directory() {
        return directory;
    }

    Path file(String name) {
        return directory.resolve(name);
    }

    private void keepAuthority() throws IOException {
        Path marker = file("complete");
        if (!Files.exists(marker)) {
            Files.createDirectories(directory);
            TestCertificateAuthority authority = TestCertificateAuthority.root("CN=waypass local control plane");
            Files.writeString(file("ca.crt"), authority.certificatePem());
            secret(file("ca.key"), authority.keyPem());
            secret(
                    file("service-account.key"),
                    authority
                            .issue(Wish.client("CN=service-accounts").withKey(KeyType.RSA_2048))
                            .keyPem());
            Files.writeString(marker, "");
        }
    }

    /** At each start, because these certificates are valid for a year only; the authority above them stays. */
    private void issueServers() throws IOException {
        Issued server = authority()
                .issue(Wish.server("CN=kube-apiserver", List.of("127.0.0.1", "localhost", "kubernetes.default.svc")));
        Files.writeString(file("server.crt"), server.chainPem());
        secret(file("server.key"), server.keyPem());
        // etcd trusts an authority of its own: a client of the API server must not read Secrets past RBAC
        TestCertificateAuthority etcdAuthority = TestCertificateAuthority.root("CN=waypass local etcd");
        Issued etcdMember = etcdAuthority.issue(Wish.server("CN=etcd", List.of("127.0.0.1"))
                .withUsages(List.of(KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth)));
        Files.writeString(file("etcd-ca.crt"), etcdAuthority.certificatePem());
        Files.writeString(file("etcd.crt"), etcdMember.chainPem());
        secret(file("etcd.key"), etcdMember.keyPem());
    }

    private TestCertificateAuthority authority() throws IOException {
        return TestCertificateAuthority.read(Files.readString(file("ca.crt")), Files.readString(file("ca.key")));
    }

    /** etcd's certificate for clients and peers. */
    Issued etcdMember() throws IOException {
        return Issued.read(
                Files.readString(file("etcd.crt")),
                Files.readString(file("etcd.key")),
                Files.readString(file("etcd-ca.crt")));
    }

    /** Trusts the API server only. */
    SSLContext trustingApiServer() {
        try (InputStream stream = Files.newInputStream(file("ca.crt"))) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            store.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(stream));
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** For a member of {@code system:masters}, with a key of its own. */
    void writeAdminKubeconfig(String server, Path kubeconfig) throws IOException {
        writeKubeconfig(
                server,
                authority()
                        .issue(Wish.client("O=system:masters,CN=waypass-admin").withKey(KeyType.RSA_2048)),
                kubeconfig);
    }

    /** For a user who has no rights until a role is bound. */
    void writeKubeconfig(String server, String user, Path kubeconfig) throws IOException {
        writeKubeconfig(server, authority().issue(Wish.client("CN=" + user), usersKey()), kubeconfig);
    }

    /**
     * One key for all users but the administrator, because their certificates tell them apart: tests add dozens of
     * users, and an RSA key takes a second of processor time. RSA, because Kubernetes clients read other keys only when
     * told of them.
     */
    private synchronized KeyPair usersKey() {
        if (usersKey == null) {
            usersKey = KeyType.RSA_2048.generate();
        }
        return usersKey;
    }

    private void writeKubeconfig(String server, Issued issued, Path file) throws IOException {
        secret(file, """
                apiVersion: v1
                kind: Config
                current-context: waypass
                clusters:
                - name: waypass
                  cluster:
                    server: %s
                    certificate-authority-data: %s
                users:
                - name: waypass
                  user:
                    client-certificate-data: %s
                    client-key-data: %s
                contexts:
                - name: waypass
                  context:
                    cluster: waypass
                    user: waypass
                """.formatted(
                server, base64(authority().certificatePem()), base64(issued.chainPem()), base64(issued.keyPem())));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Readable by its owner only, even while it is written. */
    private static void secret(Path file, String text) throws IOException {
        if (!Files.exists(file)) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        Files.writeString(file, text);
    }
}
