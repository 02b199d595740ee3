package io.waypass.sandbox;

import io.waypass.testing.TestCertificateAuthority;
import io.waypass.testing.TestCertificateAuthority.Issued;
import io.waypass.testing.TestCertificateAuthority.Wish;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Sample files of a partner: client certificates of two apps, and the authority that signed the partner's server
 * certificate. They are generated once for each state directory.
 */
final class SampleCertificates {

    /** Passphrase of the PKCS#12 files; they are samples. */
    static final String PASSPHRASE = "sample";

    private static final List<String> APPS = List.of("app1", "app2");

    private final Path directory;

    private SampleCertificates(Path directory) {
        this.directory = directory;
    }

    static SampleCertificates in(StateDirectory state) {
        Path directory = state.path("certificates");
        Path authorityFile = directory.resolve("partner-ca.pem");
        if (!Files.exists(directory.resolve("README.txt"))) {
            TestCertificateAuthority partner = TestCertificateAuthority.root("CN=Sample partner CA");
            state.writePrivately(authorityFile, partner.certificatePem());
            state.writePrivately(directory.resolve("partner-ca.key.pem"), partner.keyPem());
            for (String app : APPS) {
                Issued issued = partner.issue(Wish.client("CN=team-namespace." + app));
                state.writePrivately(directory.resolve(app + ".crt.pem"), issued.chainPem());
                state.writePrivately(directory.resolve(app + ".key.pem"), issued.keyPem());
                Path keystore = directory.resolve(app + ".p12");
                state.writePrivately(keystore, "");
                try {
                    Files.write(keystore, issued.pkcs12(PASSPHRASE));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            state.writePrivately(directory.resolve("README.txt"), """
                    Samples for the sandbox, made on this machine; nobody trusts them.

                    appN.crt.pem, appN.key.pem  client certificate and its private key
                    appN.p12                    the same as PKCS#12, passphrase “%s”
                    partner-ca.pem              who signed the partner's server certificate (the CA field);
                                                in this sandbox it signed the clients' certificates too
                    partner-ca.key.pem          that CA's key, to make further samples with
                    """.formatted(PASSPHRASE));
        }
        return new SampleCertificates(directory);
    }

    Path directory() {
        return directory;
    }

    /** {@return who signed the certificates of the partner and of its clients} */
    TestCertificateAuthority authority() {
        try {
            return TestCertificateAuthority.read(
                    Files.readString(directory.resolve("partner-ca.pem")),
                    Files.readString(directory.resolve("partner-ca.key.pem")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
