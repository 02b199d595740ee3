package io.waypass.portal.page.orphan;

import io.waypass.access.Person;
import io.waypass.cluster.Cleaning;
import io.waypass.cluster.CleaningObject;
import io.waypass.cluster.CleaningOutcome;
import io.waypass.cluster.CleaningStatus;
import io.waypass.cluster.CleaningSummary;
import io.waypass.cluster.Cleanings;
import io.waypass.portal.page.DecisionForm;
import io.waypass.portal.page.Flash;
import io.waypass.portal.page.Moment;
import io.waypass.portal.page.Refused;
import io.waypass.portal.page.WithdrawalForm;
import io.waypass.refusal.InvalidInput;
import io.waypass.refusal.Refusal;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** One cleaning: what would be deleted, who asked, and deciding on it. */
@Controller
class CleaningPages {

    /** The state of an object: what became of it, else {@code orphan}, or {@code claimed} if it is none any more. */
    record ObjectRow(
            String kind,
            String namespace,
            String name,
            String uid,
            String state,
            @Nullable String message) {}

    record VerdictView(boolean approved, String by, String reason, Moment at) {}

    record Header(
            String cluster,
            String status,
            @Nullable String message,
            String reason,
            String requestedBy,
            Moment requestedAt) {}

    /** What is on the list; {@code orphans} of it belong to nothing now, {@code deleted} are gone. */
    record Removal(String digest, List<ObjectRow> objects, long orphans, long deleted) {
        static Removal of(Cleaning cleaning) {
            return new Removal(
                    cleaning.digest(),
                    cleaning.objects().stream().map(CleaningPages::row).toList(),
                    cleaning.objects().stream().filter(CleaningObject::orphan).count(),
                    cleaning.objects().stream()
                            .filter(object -> object.outcome().equals(Optional.of(CleaningOutcome.DELETED)))
                            .count());
        }
    }

    record View(
            String id,
            Header header,
            Removal removal,
            @Nullable VerdictView verdict,
            @Nullable Moment finishedAt,
            @Nullable DecisionForm decision,
            @Nullable WithdrawalForm withdrawal) {

        View withDecision(String verdict, String written, String wrong) {
            return with(decision == null ? null : decision.refused(verdict, written, wrong), withdrawal);
        }

        View withWithdrawal(String written, String wrong) {
            return with(decision, new WithdrawalForm(written, wrong));
        }

        private View with(@Nullable DecisionForm decided, @Nullable WithdrawalForm withdrawn) {
            return new View(id, header, removal, verdict, finishedAt, decided, withdrawn);
        }
    }

    private final Cleanings cleanings;
    private final Clock clock;

    CleaningPages(Cleanings cleanings, Clock clock) {
        this.cleanings = cleanings;
        this.clock = clock;
    }

    @GetMapping("/cleanings/{id}")
    String detail(Person person, @PathVariable String id, Model model) {
        model.addAttribute("view", view(person, id));
        return "orphan/cleaning";
    }

    /** Where reload and back lead after a form came back: the address was made for sending. */
    @GetMapping({"/cleanings/{id}/decision", "/cleanings/{id}/withdrawal"})
    String sent() {
        return "redirect:/cleanings/{id}";
    }

    @PostMapping("/cleanings/{id}/decision")
    String decide(
            Person person,
            @PathVariable String id,
            @RequestParam(defaultValue = "") String verdict,
            @RequestParam(defaultValue = "") String digest,
            @RequestParam(defaultValue = "") String reason,
            @RequestParam(defaultValue = "false") boolean confirmed,
            Model model,
            RedirectAttributes redirect,
            HttpServletResponse response) {
        try {
            if (!DecisionForm.approves(verdict)) {
                cleanings.reject(person, id, digest, reason);
                Flash.done(redirect, "Your rejection is recorded", "Nothing is deleted.");
            } else if (confirmed) {
                cleanings.approve(person, id, digest, reason);
                Flash.done(
                        redirect,
                        "Your approval is recorded",
                        "The applier deletes what is still an orphan now, and says below what became of each object.");
            } else {
                throw new InvalidInput(
                        "/confirmed",
                        "confirmation.missing",
                        "Confirm that you have read the list: what is deleted does not come back.");
            }
            return "redirect:/cleanings/" + id;
        } catch (Refusal refusal) {
            View view = view(person, id);
            if (view.decision() == null) {
                throw refusal;
            }
            return Refused.again(
                    refusal, view.withDecision(verdict, reason, refusal.detail()), "orphan/cleaning", model, response);
        }
    }

    @PostMapping("/cleanings/{id}/withdrawal")
    String withdraw(
            Person person,
            @PathVariable String id,
            @RequestParam(defaultValue = "") String reason,
            Model model,
            RedirectAttributes redirect,
            HttpServletResponse response) {
        try {
            cleanings.withdraw(person, id, reason);
            Flash.done(redirect, "It is withdrawn", "Nothing was deleted. The objects can be asked for again.");
            return "redirect:/cleanings/" + id;
        } catch (Refusal refusal) {
            View view = view(person, id);
            if (view.withdrawal() == null) {
                throw refusal;
            }
            return Refused.again(
                    refusal, view.withWithdrawal(reason, refusal.detail()), "orphan/cleaning", model, response);
        }
    }

    private View view(Person person, String id) {
        Instant now = clock.instant();
        Cleaning cleaning = cleanings.find(person, id);
        CleaningSummary summary = cleaning.summary();
        boolean pending = summary.status() == CleaningStatus.PENDING;
        boolean own = cleanings.objection(person, cleaning).isPresent();
        return new View(
                summary.publicId(),
                new Header(
                        summary.cluster(),
                        summary.status().value(),
                        summary.statusMessage().orElse(null),
                        summary.reason(),
                        summary.requestedByName(),
                        Moment.of(summary.requestedAt(), now)),
                Removal.of(cleaning),
                cleaning.verdict()
                        .map(verdict -> new VerdictView(
                                verdict.approved(), verdict.byName(), verdict.reason(), Moment.of(verdict.at(), now)))
                        .orElse(null),
                cleaning.finishedAt().map(at -> Moment.of(at, now)).orElse(null),
                pending && !own ? DecisionForm.blank(null, cleaning.digest(), 0) : null,
                pending && own ? WithdrawalForm.BLANK : null);
    }

    private static ObjectRow row(CleaningObject object) {
        return new ObjectRow(
                object.place().kind(),
                object.place().namespace(),
                object.place().name(),
                object.uid(),
                object.outcome().map(CleaningOutcome::value).orElse(object.orphan() ? "orphan" : "claimed"),
                object.message().orElse(null));
    }
}
