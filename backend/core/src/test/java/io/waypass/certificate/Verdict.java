package io.waypass.certificate;

import io.waypass.certificate.Finding.Level;
import io.waypass.testing.OpenSsl;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Something handed in, and what has to be found. What a person reads of it stands in {@code findings.txt}.
 *
 * @param when what is handed in, in words
 * @param level of the finding
 * @param code of the finding
 * @param made what is made for it, beside an {@link OpenSslKit} with a key on P-256
 * @param client what is given for the client
 * @param ca what is given as CA bundle
 * @param passphrase that is given
 * @param circumstances what is known beside it
 * @param also codes of the other findings
 */
record Verdict(
        String when,
        Level level,
        String code,
        Consumer<OpenSsl> made,
        List<Shape.Given> client,
        List<Shape.Given> ca,
        String passphrase,
        Function<OpenSsl, Circumstances> circumstances,
        List<String> also) {

    private static Verdict of(Level level, String code, String when) {
        return new Verdict(
                when,
                level,
                code,
                _ -> {},
                List.of(),
                List.of(new Shape.Given(Part.Field.CA_BUNDLE, "partner.pem")),
                "",
                _ -> Circumstances.NONE,
                List.of());
    }

    static Verdict error(String code, String when) {
        return of(Level.ERROR, code, when);
    }

    static Verdict warning(String code, String when) {
        return of(Level.WARNING, code, when);
    }

    static Verdict note(String code, String when) {
        return of(Level.NOTE, code, when);
    }

    Verdict made(Consumer<OpenSsl> by) {
        return new Verdict(when, level, code, by, client, ca, passphrase, circumstances, also);
    }

    Verdict made(String... commands) {
        return made(openSsl -> openSsl.shell(String.join("\n", commands)));
    }

    /** Files as a browser hands them in, where there is one field for all of the client's. */
    Verdict given(String... files) {
        Verdict verdict = this;
        for (String file : files) {
            verdict = verdict.given(Part.Field.CHAIN, file);
        }
        return verdict;
    }

    Verdict given(Part.Field where, String file) {
        List<Shape.Given> more = new ArrayList<>(client);
        more.add(new Shape.Given(where, file));
        return new Verdict(when, level, code, made, List.copyOf(more), ca, passphrase, circumstances, also);
    }

    Verdict ca(String... files) {
        List<Shape.Given> given = Stream.of(files)
                .map(file -> new Shape.Given(Part.Field.CA_BUNDLE, file))
                .toList();
        return new Verdict(when, level, code, made, client, given, passphrase, circumstances, also);
    }

    Verdict withoutCa() {
        return ca(new String[0]);
    }

    Verdict opened(String by) {
        return new Verdict(when, level, code, made, client, ca, by, circumstances, also);
    }

    Verdict known(Function<OpenSsl, Circumstances> beside) {
        return new Verdict(when, level, code, made, client, ca, passphrase, beside, also);
    }

    Verdict also(String... codes) {
        return new Verdict(when, level, code, made, client, ca, passphrase, circumstances, List.of(codes));
    }

    Judgement judged() {
        OpenSslKit kit = OpenSslKit.of(OpenSslKit.Key.P_256);
        made.accept(kit.openSsl());
        try (CertificateSubmission submission = new CertificateSubmission(
                client.stream().map(each -> kit.part(each.field(), each.file())).toList(),
                ca.stream().map(each -> kit.part(each.field(), each.file())).toList(),
                passphrase.toCharArray())) {
            return OpenSslKit.intake().judge(submission, circumstances.apply(kit.openSsl()));
        }
    }

    Optional<Finding> finding(Judgement judgement) {
        return judgement.findings().stream()
                .filter(each -> each.code().equals(code))
                .findFirst();
    }

    @Override
    public String toString() {
        return code + ": " + when;
    }
}
