package io.waypass.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tables in {@code docs/certificates.md} say what the tests show. */
class CertificateDocsTests {

    @ParameterizedTest
    @ValueSource(strings = {"errors", "warnings", "notes", "mistakes", "shapes"})
    void theDocumentationSaysWhatTheTestsShow(String section) {
        assertThat(CertificateDocs.written(section))
                .as("%s in docs/certificates.md; written anew by %s", section, FindingSentences.COMMAND)
                .isEqualTo(CertificateDocs.tables().get(section));
    }

    @Test
    void noCodeIsLeftOut() {
        assertThat(Verdicts.all().stream().map(Verdict::code).distinct())
                .containsExactlyInAnyOrderElementsOf(
                        Stream.of(FindingCode.values()).map(FindingCode::value).toList());
    }
}
