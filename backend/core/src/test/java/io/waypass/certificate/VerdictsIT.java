package io.waypass.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.testing.Requirement;
import io.waypass.testing.junit.Needs;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every code, brought about with what OpenSSL makes, and every sentence that a person reads then. */
@Needs(Requirement.OPENSSL)
class VerdictsIT {

    private static final Map<String, String> WRITTEN = new HashMap<>();

    static List<Verdict> verdicts() {
        return Stream.concat(Verdicts.all().stream(), Mistakes.all().stream()).toList();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("verdicts")
    void saysWhatIsWrongAndWhatToDo(Verdict verdict) {
        try (Judgement judgement = verdict.judged()) {
            List<String> codes = new ArrayList<>(verdict.also());
            codes.add(verdict.code());
            assertThat(judgement.findings().stream().map(Finding::code)).containsExactlyInAnyOrderElementsOf(codes);
            Finding finding = verdict.finding(judgement).orElseThrow();
            assertThat(finding.level()).isEqualTo(verdict.level());
            assertThat(judgement.credential().isPresent()).isEqualTo(verdict.level() != Finding.Level.ERROR);
            assertThat(judgement.wantsPassphrase()).isEqualTo(verdict.code().startsWith("key.passphrase-"));
            assertThat(judgement.toString()).doesNotContain("Exception", OpenSslKit.PASSPHRASE);
            if (finding.level() == Finding.Level.ERROR && isOfTheChain(verdict, finding)) {
                assertThat(judgement.chain().filter(VerdictsIT::looksFine))
                        .as("a chain that looks fine")
                        .isEmpty();
            }
            if (FindingSentences.writing()) {
                WRITTEN.put(verdict.toString(), FindingSentences.of(finding));
            } else {
                assertThat(FindingSentences.of(finding))
                        .as("findings.txt; written anew by %s", FindingSentences.COMMAND)
                        .isEqualTo(FindingSentences.all().get(verdict.toString()));
            }
        }
    }

    @Test
    void eachIsNamedOnce() {
        assertThat(verdicts().stream().map(Verdict::toString)).doesNotHaveDuplicates();
    }

    /** And not of what stands beside it: the CA bundle, or a certificate that is no part of it. */
    private static boolean isOfTheChain(Verdict verdict, Finding finding) {
        return verdict.ca().equals(List.of(new Shape.Given(Part.Field.CA_BUNDLE, "partner.pem")))
                && !finding.is(FindingCode.CHAIN_UNRELATED);
    }

    private static boolean looksFine(Chain chain) {
        return chain.key() == Chain.Key.FITS
                && chain.end() != Chain.End.BROKEN
                && chain.links().stream().noneMatch(link -> link.standing() == ChainLink.Standing.REFUSED);
    }

    @AfterAll
    static void writeSentences() {
        if (FindingSentences.writing()) {
            FindingSentences.write(verdicts(), WRITTEN);
            CertificateDocs.write();
        }
    }
}
