package io.waypass.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.testing.OpenSsl;
import io.waypass.testing.Requirement;
import io.waypass.testing.junit.Needs;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What OpenSSL and keytool write is read, and what is given out is read by OpenSSL. */
@Needs(Requirement.OPENSSL)
class ShapesIT {

    private static final String NOON = String.valueOf(OpenSslKit.TODAY.getEpochSecond());

    /** What OpenSSL says of a credential that was given out; most shapes give out the same ones. */
    private record GivenOut(String chainPem, String pkcs8, String root) {}

    private static final Map<GivenOut, String> SHOWN = new HashMap<>();

    static List<Shape> shapes() {
        return Shapes.all();
    }

    @Test
    void moreThanFortyShapesAreAccepted() {
        assertThat(Shapes.all()).hasSizeGreaterThan(40).doesNotHaveDuplicates();
        assertThat(Shapes.all().stream().map(Shape::toString)).doesNotHaveDuplicates();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("shapes")
    void acceptsWhatPeopleHave(Shape shape) {
        OpenSslKit kit = OpenSslKit.of(shape.key());
        OpenSsl openSsl = kit.openSsl();
        if (!shape.commands().isEmpty()) {
            openSsl.shell(String.join("\n", shape.commands()));
        }

        try (CertificateSubmission submission = new CertificateSubmission(
                        parts(kit, shape.client()),
                        parts(kit, shape.ca()),
                        shape.passphrase().toCharArray());
                Judgement judgement = OpenSslKit.intake().judge(submission, Circumstances.NONE)) {
            assertThat(judgement.errors().stream().map(Finding::message)).isEmpty();
            assertThat(judgement.findings().stream().map(Finding::code)).containsExactlyElementsOf(shape.told());
            assertThat(judgement.recognised().stream().map(each -> each.form() + ": " + each.holds()))
                    .containsExactlyElementsOf(shape.readAs());
            assertThat(judgement.recognised()).allMatch(Recognised::whole);
            if (!shape.passphrase().isEmpty()) {
                assertThat(judgement.toString()).doesNotContain(shape.passphrase());
            }
            openSslReadsWhatIsGivenOut(
                    openSsl,
                    shape,
                    judgement.facts().orElseThrow(),
                    judgement.credential().orElseThrow());
        }
    }

    private static List<Part> parts(OpenSslKit kit, List<Shape.Given> given) {
        return given.stream().map(each -> kit.part(each.field(), each.file())).toList();
    }

    private static void openSslReadsWhatIsGivenOut(
            OpenSsl openSsl, Shape shape, CertificateFacts facts, ClientCredential credential) {
        assertThat(credential.chainPem()).isEqualTo(asOpenSslWroteThem(openSsl, shape.chain()));
        assertThat(credential.caBundlePem()).isEqualTo(asOpenSslWroteThem(openSsl, shape.bundle()));
        String root = shape.chain().contains("leaf-self.pem") ? "leaf-self.pem" : "root.pem";
        String key = HexFormat.of().formatHex(credential.key().pkcs8());
        String shown = SHOWN.computeIfAbsent(
                new GivenOut(credential.chainPem(), key, root), _ -> shown(openSsl, credential, root));
        assertThat(shown)
                .contains(openSsl.text("leaf.key"), openSsl.text("leaf.pub"))
                .contains("Key is valid", "out.chain: OK");
        assertThat(shown.lines())
                .contains(
                        "serial=" + facts.serial().replace(":", ""),
                        "sha256 Fingerprint=" + facts.fingerprint(),
                        "subject=" + facts.subject(),
                        "issuer=" + facts.issuer());
        assertThat(facts.keyAlgorithm()).isEqualTo(shape.key().description());
        assertThat(facts.notBefore()).isEqualTo(OpenSslKit.FROM);
        assertThat(facts.notAfter()).isEqualTo(OpenSslKit.UNTIL);
        assertThat(facts.chainSubjects()).hasSameSizeAs(shape.chain());
        assertThat(facts.caSubjects()).hasSameSizeAs(shape.bundle());
        assertThat(facts.sans())
                .isEqualTo(
                        shape.chain().getFirst().equals("leaf.pem")
                                ? List.of("DNS:app1.example", "URI:spiffe://example/ns/team-namespace/sa/app1")
                                : List.of());
    }

    private static String shown(OpenSsl openSsl, ClientCredential credential, String root) {
        openSsl.write("out.chain", credential.chainPem());
        openSsl.write("out.key", credential.key().pkcs8());
        return openSsl.shell("""
                openssl x509 -in out.chain -noout -serial -fingerprint -sha256 -subject -issuer \
                    -nameopt RFC2253,-esc_msb,utf8 -pubkey
                openssl pkey -inform DER -in out.key -check
                openssl verify -attime %s -purpose sslclient -CAfile %s -untrusted issuers.pem out.chain
                """.formatted(NOON, root));
    }

    private static String asOpenSslWroteThem(OpenSsl openSsl, List<String> files) {
        return files.stream().map(openSsl::text).collect(Collectors.joining());
    }
}
