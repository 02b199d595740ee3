package io.waypass.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.StringEntry;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tables in {@code docs/certificates.md} say what the tests show. */
class CertificateDocsTests {

    private static final Pattern CODE =
            Pattern.compile("(?:chain|key|ca|leaf|input|signature|replaces|\u0001)\\.(?:[a-z][a-z-]*[a-z]|\u0001)");

    @ParameterizedTest
    @ValueSource(strings = {"errors", "warnings", "notes", "mistakes", "shapes"})
    void theDocumentationSaysWhatTheTestsShow(String section) {
        assertThat(CertificateDocs.written(section))
                .as("%s in docs/certificates.md; written anew by %s", section, FindingSentences.COMMAND)
                .isEqualTo(CertificateDocs.tables().get(section));
    }

    @Test
    void noCodeIsLeftOut() throws Exception {
        Set<String> known = Verdicts.all().stream().map(Verdict::code).collect(Collectors.toCollection(TreeSet::new));

        Set<String> written = codesInClasses();

        assertThat(written)
                .isNotEmpty()
                .allSatisfy(code -> assertThat(known)
                        .anyMatch(each -> each.matches(Pattern.quote(code).replace("\u0001", "\\E[a-z-]+\\Q"))));
    }

    /** Texts of the compiled classes that look like codes; what is put together has a gap. */
    private static Set<String> codesInClasses() throws IOException, URISyntaxException {
        Path classes = Path.of(CertificateIntake.class
                        .getResource("CertificateIntake.class")
                        .toURI())
                .getParent();
        Set<String> codes = new TreeSet<>();
        try (Stream<Path> files = Files.list(classes)) {
            for (Path file : files.toList()) {
                ClassFile.of().parse(file).constantPool().forEach(entry -> {
                    if (entry instanceof StringEntry text
                            && CODE.matcher(text.stringValue()).matches()) {
                        codes.add(text.stringValue());
                    }
                });
            }
        }
        return codes;
    }
}
