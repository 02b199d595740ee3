package io.waypass.identity;

import io.waypass.certificate.Finding;
import io.waypass.certificate.Judgement;
import io.waypass.refusal.InputProblem;
import io.waypass.refusal.Refusal;
import java.util.List;
import java.util.stream.Collectors;

/** The certificate has errors. Names every problem of the request; nothing was stored. */
public final class CertificateRefused extends Refusal {

    private final List<InputProblem> problems;
    private final Judgement judgement;

    public CertificateRefused(List<InputProblem> problems, Judgement judgement) {
        super(
                Kind.INVALID,
                "certificate.refused",
                "The certificate cannot be accepted",
                judgement.errors().stream().map(Finding::title).collect(Collectors.joining("; "))
                        + ". Nothing was stored. Mend what is listed and send it again.");
        this.problems = List.copyOf(problems);
        this.judgement = judgement.withoutCredential();
    }

    @Override
    public List<InputProblem> problems() {
        return problems;
    }

    /** {@return the judgement, without a credential} */
    public Judgement judgement() {
        return judgement;
    }
}
