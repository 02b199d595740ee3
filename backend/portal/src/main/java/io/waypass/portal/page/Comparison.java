package io.waypass.portal.page;

import io.waypass.certificate.CertificateComparison;
import io.waypass.certificate.StoredCertificate;
import java.util.List;

/**
 * Two versions of a certificate side by side.
 *
 * @param older version number
 * @param newer version number
 * @param changes number of lines that differ
 */
public record Comparison(int older, int newer, long changes, List<Line> lines) {

    /** A value; {@code only} if the other version does not have it. */
    public record Value(String text, boolean only) {}

    /** A property of both versions. */
    public record Line(String field, boolean differs, List<Value> before, List<Value> after) {}

    public static Comparison of(StoredCertificate older, StoredCertificate newer) {
        CertificateComparison comparison = CertificateComparison.between(older, newer);
        return new Comparison(
                older.version(),
                newer.version(),
                comparison.changes().size(),
                comparison.lines().stream()
                        .map(line -> new Line(
                                line.field().value(),
                                line.differs(),
                                values(line.before(), line.removed()),
                                values(line.after(), line.added())))
                        .toList());
    }

    private static List<Value> values(List<String> all, List<String> only) {
        return all.stream().map(text -> new Value(text, only.contains(text))).toList();
    }
}
