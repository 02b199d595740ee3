package io.waypass.portal.page.request;

import io.waypass.certificate.Finding;
import io.waypass.certificate.Judgement;
import io.waypass.certificate.Part;
import io.waypass.certificate.Recognised;
import io.waypass.portal.page.CertificatePass;
import io.waypass.portal.page.ChainPicture;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The judgement of a certificate, as the form shows it.
 *
 * @param parts how each file and text was recognised
 * @param findings errors first
 * @param errors number of errors
 * @param warnings number of warnings
 * @param notes number of notes, such as a chain that was put in order
 * @param passphrase whether one is needed
 * @param chain null if no certificate could be read
 * @param pass the leaf; null if no certificate could be read
 */
record InspectionView(
        List<Row> parts,
        List<FindingRow> findings,
        long errors,
        long warnings,
        long notes,
        boolean passphrase,
        @Nullable ChainPicture chain,
        @Nullable CertificatePass pass) {

    /** A file or a text; {@code name} is empty for a text, {@code source} is {@code file}, {@code client}, {@code caBundle} or {@code catalogue}. */
    record Row(String field, String source, String name, String form, String holds, boolean whole, boolean secret) {}

    static InspectionView of(Judgement judgement, boolean ownCaBundle, Instant now) {
        return new InspectionView(
                judgement.recognised().stream()
                        .map(part -> new Row(
                                part.field().value(),
                                source(part, ownCaBundle),
                                part.fileName().orElse(""),
                                part.form(),
                                part.holds(),
                                part.whole(),
                                part.secret()))
                        .toList(),
                FindingRow.of(judgement.findings()),
                count(judgement, Finding.Level.ERROR),
                count(judgement, Finding.Level.WARNING),
                count(judgement, Finding.Level.NOTE),
                judgement.wantsPassphrase(),
                judgement.chain().map(chain -> ChainPicture.of(chain, now)).orElse(null),
                judgement
                        .facts()
                        .map(facts -> CertificatePass.of(facts, 0, now))
                        .orElse(null));
    }

    private static String source(Recognised part, boolean ownCaBundle) {
        if (part.fileName().isPresent()) {
            return "file";
        }
        return part.field() != Part.Field.CA_BUNDLE ? "client" : ownCaBundle ? "caBundle" : "catalogue";
    }

    private static long count(Judgement judgement, Finding.Level level) {
        return judgement.findings().stream()
                .filter(finding -> finding.level() == level)
                .count();
    }
}
