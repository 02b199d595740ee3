package io.waypass.portal.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.certificate.ChainLink;
import io.waypass.certificate.ChainLink.Role;
import io.waypass.certificate.Finding;
import io.waypass.portal.page.ChainPicture.Leg;
import io.waypass.portal.page.ChainPicture.Node;
import java.time.Instant;
import java.util.List;
import java.util.ResourceBundle;
import org.junit.jupiter.api.Test;

class ChainPictureTests {

    private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
    private static final ChainLink LEAF = link(Role.LEAF, "CN=app1", "CN=CA 2", true);
    private static final ChainLink ISSUER = link(Role.INTERMEDIATE, "CN=CA 2", "CN=Root", true);
    private static final ChainLink NO_ISSUER = link(Role.INTERMEDIATE, "CN=CA 2", "CN=Root", false);

    @Test
    void drawsFromTheKeyToTheIssuerThatWasLeftOut() {
        ChainPicture picture = ChainPicture.of(List.of(LEAF, ISSUER), List.of(), NOW);

        assertThat(picture.nodes()).extracting(Node::word).containsExactly("fits", "valid", "verified", "left-out");
        assertThat(picture.legs()).extracting(Leg::word).containsExactly("belongs", "signed", "ends");
        assertThat(picture.nodes().getLast().title()).isEqualTo("CN=Root");
        everyWordHasItsMessage(picture);
    }

    @Test
    void marksAnIssuerThatMayNotIssue() {
        ChainPicture picture =
                ChainPicture.of(List.of(LEAF, NO_ISSUER), List.of(error("chain.not-an-issuer", "chain")), NOW);

        assertThat(picture.nodes()).extracting(Node::state).containsExactly("ok", "ok", "bad", "unknown");
        assertThat(picture.nodes().get(2).word()).isEqualTo("refused");
        everyWordHasItsMessage(picture);
    }

    @Test
    void drawsTheBreakWhereTheChainEnds() {
        ChainPicture picture = ChainPicture.of(List.of(LEAF), List.of(error("chain.broken", "chain")), NOW);

        assertThat(picture.legs()).extracting(Leg::state).containsExactly("plain", "bad");
        assertThat(picture.nodes().getLast().word()).isEqualTo("broken");
        everyWordHasItsMessage(picture);
    }

    @Test
    void drawsNoLinkToAKeyThatDoesNotBelong() {
        ChainPicture picture =
                ChainPicture.of(List.of(LEAF, ISSUER), List.of(error("key.mismatch", "privateKey")), NOW);

        assertThat(picture.nodes().getFirst().state()).isEqualTo("bad");
        assertThat(picture.legs().getFirst().state()).isEqualTo("bad");
        everyWordHasItsMessage(picture);
    }

    private static void everyWordHasItsMessage(ChainPicture picture) {
        ResourceBundle messages = ResourceBundle.getBundle("messages");
        assertThat(picture.nodes())
                .allSatisfy(node -> assertThat(messages.containsKey("chain.word." + node.kind() + "." + node.word()))
                        .as("%s %s", node.kind(), node.word())
                        .isTrue());
        assertThat(picture.legs())
                .allSatisfy(leg -> assertThat(messages.containsKey("chain.leg." + leg.word()))
                        .as(leg.word())
                        .isTrue());
    }

    private static Finding error(String code, String part) {
        return new Finding(Finding.Level.ERROR, code, part, "Title", "found.", "expected.", "to do.");
    }

    private static ChainLink link(Role role, String subject, String issuer, boolean mayIssue) {
        return new ChainLink(
                role,
                subject,
                issuer,
                Instant.parse("2026-01-01T00:00:00Z"),
                Instant.parse("2026-12-31T00:00:00Z"),
                "EC P-256",
                "AA:BB",
                mayIssue);
    }
}
