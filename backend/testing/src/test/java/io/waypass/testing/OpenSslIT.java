package io.waypass.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waypass.testing.OpenSsl.Wanted;
import io.waypass.testing.junit.Needs;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Needs(Requirement.OPENSSL)
class OpenSslIT {

    private static final Instant FROM = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant UNTIL = Instant.parse("2026-12-31T00:00:00Z");

    @TempDir
    Path directory;

    private OpenSsl openSsl;

    @BeforeEach
    void start() {
        openSsl = new OpenSsl(directory);
    }

    @Test
    void issuesCertificatesThatVerify() {
        openSsl.issue("root", Wanted.authority("/CN=Root", FROM, UNTIL));
        openSsl.issue(
                "app1", Wanted.client("/O=Gießerei Müller/CN=app1", FROM, UNTIL).by("root"));

        assertThat(openSsl.run("verify", "-no_check_time", "-CAfile", "root.pem", "app1.pem"))
                .isEqualTo("app1.pem: OK\n");
        assertThat(openSsl.run(
                        "x509", "-in", "app1.pem", "-noout", "-subject", "-dates", "-nameopt", "utf8,sep_comma_plus"))
                .contains("O=Gießerei Müller,CN=app1", "notBefore=Jan  1 00:00:00 2026 GMT", "notAfter=Dec 31");
    }

    @Test
    void saysWhatOpenSslSaidWhenACommandFails() {
        assertThatThrownBy(() -> openSsl.run("x509", "-in", "missing.pem"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("missing.pem")
                .hasMessageContaining("No such file");
    }

    @Test
    void leavesNothingBehindButWhatWasAskedFor() {
        openSsl.issue("root", Wanted.authority("/CN=Root", FROM, UNTIL));

        assertThat(directory).isDirectoryContaining("glob:**/root.{key,pem}");
        assertThat(directory.toFile().list()).containsExactlyInAnyOrder("root.key", "root.pem");
    }

    @Test
    void knowsTheKeytoolOfThisJvm() {
        assertThat(openSsl.shell("command -v keytool").strip()).startsWith(System.getProperty("java.home"));
    }
}
