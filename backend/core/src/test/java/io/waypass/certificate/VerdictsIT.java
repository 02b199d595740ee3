package io.waypass.certificate;

import static org.assertj.core.api.Assertions.assertThat;

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
class VerdictsIT {

    private static final Map<String, String> WRITTEN = new HashMap<>();

    static List<Verdict> verdicts() {
        return Stream.concat(Verdicts.all().stream(), Refusals.all().stream()).toList();
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

    @AfterAll
    static void writeSentences() {
        if (FindingSentences.writing()) {
            FindingSentences.write(verdicts(), WRITTEN);
            CertificateDocs.write();
        }
    }
}
