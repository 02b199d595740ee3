package io.waypass.portal.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.certificate.CertificateIntake;
import io.waypass.certificate.CertificateSubmission;
import io.waypass.certificate.Chain;
import io.waypass.certificate.ChainLink;
import io.waypass.certificate.ChainLink.Role;
import io.waypass.certificate.ChainLink.Standing;
import io.waypass.certificate.Circumstances;
import io.waypass.certificate.Judgement;
import io.waypass.portal.page.ChainPicture.Leg;
import io.waypass.portal.page.ChainPicture.Node;
import io.waypass.testing.TestCertificateAuthority;
import io.waypass.testing.TestCertificateAuthority.Issued;
import io.waypass.testing.TestCertificateAuthority.Wish;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.ResourceBundle;
import org.junit.jupiter.api.Test;

class ChainPictureTests {

    private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

    private final TestCertificateAuthority issuing =
            TestCertificateAuthority.root("CN=Foo Bar Root CA").intermediate("CN=Foo Bar Client CA 2");
    private final Issued app1 = issuing.issue(Wish.client("CN=team-namespace.app1"));

    @Test
    void drawsFromTheKeyToTheIssuerThatWasLeftOut() {
        ChainPicture picture = drawn(app1.chainPem() + app1.keyPem());

        assertThat(picture.nodes()).extracting(Node::word).containsExactly("fits", "fine", "fine", "left-out");
        assertThat(picture.legs()).extracting(Leg::word).containsExactly("belongs", "signed", "ends");
        assertThat(picture.nodes().getLast().title()).isEqualTo("CN=Foo Bar Root CA");
    }

    @Test
    void drawsNoLinkToAKeyThatDoesNotBelong() {
        Issued other = issuing.issue(Wish.client("CN=team-namespace.app2"));

        ChainPicture picture = drawn(app1.chainPem() + other.keyPem());

        assertThat(picture.nodes().getFirst().state()).isEqualTo("bad");
        assertThat(picture.legs().getFirst().word()).isEqualTo("others");
    }

    @Test
    void drawsNoLinkToAKeyThatIsDamaged() {
        ChainPicture picture = drawn(app1.chainPem() + app1.keyPem().replaceFirst("M", "N"));

        assertThat(picture.nodes().getFirst().word()).isEqualTo("unusable");
        assertThat(picture.legs().getFirst().word()).isEqualTo("unproven");
    }

    @Test
    void drawsWhatIsRefusedAsRefused() {
        Issued expired = issuing.issue(Wish.client("CN=team-namespace.app1").expired());

        ChainPicture picture = drawn(expired.chainPem() + expired.keyPem());

        assertThat(picture.nodes()).extracting(Node::state).containsExactly("ok", "bad", "ok", "unknown");
        assertThat(picture.nodes().get(1).word()).isEqualTo("expired");
    }

    @Test
    void hasAMessageForEachWord() {
        ResourceBundle messages = ResourceBundle.getBundle("messages");
        for (Chain.Key key : Chain.Key.values()) {
            for (Chain.End end : Chain.End.values()) {
                for (Standing standing : Standing.values()) {
                    ChainPicture picture = ChainPicture.of(
                            new Chain(
                                    key,
                                    List.of(
                                            link(Role.LEAF, standing, "2027-01-01T00:00:00Z"),
                                            link(Role.INTERMEDIATE, standing, "2027-01-01T00:00:00Z"),
                                            link(Role.INTERMEDIATE, standing, "2026-01-02T00:00:00Z"),
                                            link(Role.ROOT, standing, "2027-01-01T00:00:00Z")),
                                    end),
                            NOW);
                    assertThat(picture.nodes())
                            .extracting(node -> "chain.word." + node.kind() + "." + node.word())
                            .allMatch(messages::containsKey);
                    assertThat(picture.legs())
                            .flatExtracting(leg -> List.of("chain.leg." + leg.word(), "chain.goes-on." + leg.word()))
                            .allMatch(messages::containsKey);
                }
            }
        }
    }

    /** As the form hands it in: all of the client's in one field. */
    private ChainPicture drawn(String client) {
        try (CertificateSubmission submission = CertificateSubmission.of(client, "", issuing.certificatePem());
                Judgement judgement = new CertificateIntake(Clock.systemUTC()).judge(submission, Circumstances.NONE)) {
            return ChainPicture.of(judgement.chain().orElseThrow(), Instant.now());
        }
    }

    private static ChainLink link(Role role, Standing standing, String until) {
        return new ChainLink(
                role,
                "CN=a",
                "CN=b",
                Instant.parse("2026-01-01T00:00:00Z"),
                Instant.parse(until),
                "EC P-256",
                "AA:BB",
                standing);
    }
}
