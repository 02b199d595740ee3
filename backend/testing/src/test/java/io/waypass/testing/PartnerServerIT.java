package io.waypass.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waypass.testing.TestCertificateAuthority.Issued;
import io.waypass.testing.TestCertificateAuthority.KeyType;
import io.waypass.testing.TestCertificateAuthority.Wish;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PartnerServerIT {

    private final TestCertificateAuthority partner = TestCertificateAuthority.root("CN=Partner Root");

    private final TestCertificateAuthority clients = TestCertificateAuthority.root("CN=Client Root");

    private final TestCertificateAuthority issuing = clients.intermediate("CN=Client Issuing");

    private final PartnerServer server = PartnerServer.start(
            partner.issue(Wish.server("CN=my-nginx.foo.bar", List.of("my-nginx.foo.bar", "127.0.0.1"))),
            List.of(clients.certificate()));

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @EnumSource(
            value = KeyType.class,
            names = {"RSA_2048", "EC_P256", "ED25519"})
    void saysWhoseCertificateItSees(KeyType keyType) throws Exception {
        Issued app1 = issuing.issue(Wish.client("CN=team-namespace.app1").withKey(keyType));

        assertThat(ask(app1)).isEqualTo("{\"subject\": \"CN=team-namespace.app1\"}\n");
    }

    @Test
    void refusesWhoWasSignedBySomebodyElse() {
        Issued impostor = TestCertificateAuthority.root("CN=Another Root").issue(Wish.client("CN=team-namespace.app1"));

        assertThatThrownBy(() -> ask(impostor)).isInstanceOf(IOException.class);
    }

    @Test
    void refusesAnExpiredCertificate() {
        Issued expired = issuing.issue(Wish.client("CN=team-namespace.app1").expired());

        assertThatThrownBy(() -> ask(expired)).isInstanceOf(IOException.class);
    }

    private String ask(Issued client) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newBuilder()
                .sslContext(PartnerServer.context(client, List.of(partner.certificate())))
                .version(HttpClient.Version.HTTP_1_1)
                .build()) {
            return http.send(
                            HttpRequest.newBuilder(server.subjectAddress()).build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }
}
