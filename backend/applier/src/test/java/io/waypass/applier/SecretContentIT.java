package io.waypass.applier;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Secret;
import io.waypass.app.App;
import io.waypass.certificate.CertificateSubmission;
import io.waypass.certificate.Part;
import io.waypass.request.RequestStatus;
import io.waypass.testing.Executables;
import io.waypass.testing.LocalProcess;
import io.waypass.testing.OpenSsl;
import io.waypass.testing.Ports;
import io.waypass.testing.Requirement;
import io.waypass.testing.TestCertificateAuthority;
import io.waypass.testing.TestCertificateAuthority.Issued;
import io.waypass.testing.TestCertificateAuthority.KeyType;
import io.waypass.testing.TestCertificateAuthority.Wish;
import io.waypass.testing.junit.Needs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.ConfigurableApplicationContext;

/** What Waypass writes is what OpenSSL reads, and what an nginx lets in that demands a client certificate. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SecretContentIT {

    private static final String PASSPHRASE = "correct horse";

    /** How the credential is handed in. */
    enum Upload {
        RSA_AS_PKCS12(KeyType.RSA_2048),
        EC_WITH_AN_ENCRYPTED_KEY(KeyType.EC_P256),
        ED25519_AS_JAVA_KEYSTORE(KeyType.ED25519);

        private final KeyType keyType;

        Upload(KeyType keyType) {
            this.keyType = keyType;
        }
    }

    private final TestCertificateAuthority clients =
            TestCertificateAuthority.root("CN=Client Root").intermediate("CN=Client CA 2");
    private Path directory;
    private Fixtures fixtures;
    private OpenSsl openssl;

    @BeforeAll
    void start(@TempDir Path temporary) throws IOException {
        directory = temporary;
        openssl = new OpenSsl(directory);
        fixtures = new Fixtures(Files.createDirectories(directory.resolve("applier")));
    }

    @AfterAll
    void stop() {
        fixtures.close();
    }

    @ParameterizedTest
    @EnumSource
    @Needs({Requirement.NGINX, Requirement.OPENSSL})
    void opensTheSecretWithOpensslAndAnNginxLetsItIn(Upload upload) throws Exception {
        String name = "content-" + upload.ordinal();
        Issued issued = clients.issue(Wish.client("CN=team-namespace." + name).withKey(upload.keyType));
        App app = fixtures.app(name);
        Secret secret;
        try (ConfigurableApplicationContext _ = fixtures.applier()) {
            String request = fixtures.submit(app, "nginx", submission(upload, issued));
            fixtures.approve(request);
            fixtures.await(request, RequestStatus.APPLIED);
            secret = fixtures.cluster
                    .secrets()
                    .inNamespace("team-namespace")
                    .withName(name + "-client-mtls-secret")
                    .get();
        }
        secret.getData()
                .forEach((entry, value) ->
                        openssl.write(entry, Base64.getDecoder().decode(value)));

        assertThat(openssl.shell("openssl x509 -in tls.crt -noout -subject")).contains("CN = team-namespace." + name);
        assertThat(openssl.shell("openssl pkey -in tls.key -noout -check")).contains("Key is valid");
        assertThat(openssl.shell("openssl pkey -in tls.key -pubout"))
                .isEqualTo(openssl.shell("openssl x509 -in tls.crt -noout -pubkey"));
        assertThat(openssl.text("tls.key")).startsWith("-----BEGIN PRIVATE KEY-----\n");
        assertThat(openssl.text("tls.crt").split("BEGIN CERTIFICATE")).hasSize(3);

        int port = Ports.free(1).getFirst();
        try (LocalProcess _ = nginx(port)) {
            String call = "printf 'GET /subject HTTP/1.0\\r\\n\\r\\n' | openssl s_client -quiet -connect 127.0.0.1:"
                    + port + " -servername my-nginx.foo.bar -verify_return_error -CAfile ca.crt";

            assertThat(openssl.shell(call + " -cert tls.crt -cert_chain tls.crt -key tls.key 2>&1"))
                    .contains("200 OK")
                    .contains("CN=team-namespace." + name);
            assertThat(openssl.shell(call + " 2>&1")).contains("No required SSL certificate was sent");
        }
    }

    private CertificateSubmission submission(Upload upload, Issued issued) throws Exception {
        List<Part> client = switch (upload) {
            case RSA_AS_PKCS12 -> List.of(Part.file(Part.Field.PKCS12, "app.p12", issued.pkcs12(PASSPHRASE)));
            case EC_WITH_AN_ENCRYPTED_KEY -> {
                openssl.write("plain.key", issued.keyPem());
                openssl.write("passphrase", PASSPHRASE);
                openssl.shell("openssl pkcs8 -topk8 -in plain.key -passout file:passphrase -out encrypted.key");
                yield List.of(
                        Part.file(Part.Field.PRIVATE_KEY, "encrypted.key", openssl.read("encrypted.key")),
                        Part.text(
                                Part.Field.CHAIN,
                                TestCertificateAuthority.pem(issued.chain().reversed())));
            }
            case ED25519_AS_JAVA_KEYSTORE -> List.of(Part.file(Part.Field.PKCS12, "app.jks", jks(issued)));
        };
        return new CertificateSubmission(
                client,
                List.of(Part.text(Part.Field.CA_BUNDLE, fixtures.partner.certificatePem())),
                PASSPHRASE.toCharArray());
    }

    private static byte[] jks(Issued issued) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("JKS");
        store.load(null, null);
        store.setKeyEntry(
                "client", issued.key(), PASSPHRASE.toCharArray(), issued.chain().toArray(Certificate[]::new));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        store.store(bytes, PASSPHRASE.toCharArray());
        return bytes.toByteArray();
    }

    /** An nginx of its own: it trusts the client authority's root, and its certificate is the partner's. */
    private LocalProcess nginx(int port) throws IOException {
        Issued server = fixtures.partner.issue(Wish.server("CN=my-nginx.foo.bar", List.of("my-nginx.foo.bar")));
        openssl.write("server.crt", server.chainPem());
        openssl.write("server.key", server.keyPem());
        openssl.write(
                "clients.crt",
                TestCertificateAuthority.pem(
                        List.of(clients.issue(Wish.client("CN=any")).root())));
        openssl.write("nginx.conf", """
                daemon off;
                master_process off;
                pid nginx.pid;
                error_log nginx-error.log;
                events {}
                http {
                  access_log off;
                  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
                  server {
                    listen 127.0.0.1:%d ssl;
                    ssl_certificate %2$s/server.crt;
                    ssl_certificate_key %2$s/server.key;
                    ssl_client_certificate %2$s/clients.crt;
                    ssl_verify_client on;
                    ssl_verify_depth 5;
                    location = /subject { return 200 "$ssl_client_s_dn"; }
                  }
                }
                """.formatted(port, directory));
        LocalProcess nginx = LocalProcess.start(
                "nginx",
                List.of(
                        Executables.find("nginx").orElseThrow().toString(),
                        "-p",
                        directory.toString(),
                        "-c",
                        directory.resolve("nginx.conf").toString()),
                directory.resolve("nginx.log"));
        Awaitility.await("nginx listens").until(() -> answers(port));
        return nginx;
    }

    private static boolean answers(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 500);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
