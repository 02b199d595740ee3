package io.waypass.portal.page.request;

import io.waypass.certificate.Finding;
import java.util.List;
import java.util.Locale;

/** A finding about a certificate, as pages show it. */
record FindingRow(String level, String code, String title, String found, String expected, String toDo) {

    static List<FindingRow> of(List<Finding> findings) {
        return findings.stream()
                .sorted(java.util.Comparator.comparing(Finding::level))
                .map(finding -> new FindingRow(
                        finding.level().name().toLowerCase(Locale.ROOT),
                        finding.code(),
                        finding.title(),
                        finding.found(),
                        finding.expected(),
                        finding.toDo()))
                .toList();
    }
}
