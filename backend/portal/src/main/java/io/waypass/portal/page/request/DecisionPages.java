package io.waypass.portal.page.request;

import io.waypass.access.Person;
import io.waypass.decision.RequestDecisions;
import io.waypass.portal.page.DecisionForm;
import io.waypass.portal.page.Flash;
import io.waypass.portal.page.Refused;
import io.waypass.refusal.Refusal;
import io.waypass.request.RequestWithdrawal;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Optional;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** Decides on plans, and withdraws requests. */
@Controller
class DecisionPages {

    private final RequestDecisions decisions;
    private final RequestWithdrawal withdrawal;
    private final RequestViews views;

    DecisionPages(RequestDecisions decisions, RequestWithdrawal withdrawal, RequestViews views) {
        this.decisions = decisions;
        this.withdrawal = withdrawal;
        this.views = views;
    }

    /** The address of a refused form only takes a POST; reload and back lead to the request. */
    @GetMapping({"/requests/{id}/decision", "/requests/{id}/withdrawal"})
    String decision() {
        return "redirect:/requests/{id}";
    }

    @PostMapping("/requests/{id}/decision")
    String decide(
            Person person,
            @PathVariable String id,
            @RequestParam(defaultValue = "") String verdict,
            @RequestParam(defaultValue = "") String digest,
            @RequestParam Optional<String> plan,
            @RequestParam(defaultValue = "") String reason,
            Model model,
            RedirectAttributes redirect,
            HttpServletResponse response) {
        try {
            boolean approves = DecisionForm.approves(verdict);
            switch (decisions.decide(person, new RequestDecisions.Vote(id, digest, plan, approves, reason))) {
                case APPROVED -> Flash.done(redirect, "flash.approved");
                case NEEDS_MORE -> Flash.done(redirect, "flash.approved.more");
                case REJECTED ->
                    Flash.done(
                            redirect,
                            views.of(person, id, true).header().team() == null
                                    ? "flash.rejected.platform"
                                    : "flash.rejected");
            }
            return "redirect:/requests/" + id + "?from=queue";
        } catch (Refusal refusal) {
            RequestView view = views.of(person, id, true);
            DecisionForm form = view.decision().form();
            if (form == null) {
                throw refusal;
            }
            // a person who saw another plan chooses again after reading this one
            boolean anew = plan.filter(seen -> !seen.equals(form.plan())).isPresent();
            String kept = anew || refusal.kind() == Refusal.Kind.STALE ? "" : verdict;
            String wrong = anew && refusal.kind() != Refusal.Kind.STALE
                    ? "The plan was made anew while you read it. Your decision was not recorded. Read it again, then decide. "
                            + refusal.detail()
                    : refusal.detail();
            return Refused.again(refusal, view.withDecision(kept, reason, wrong), "request/detail", model, response);
        }
    }

    @PostMapping("/requests/{id}/withdrawal")
    String withdraw(
            Person person,
            @PathVariable String id,
            @RequestParam(defaultValue = "") String reason,
            Model model,
            RedirectAttributes redirect,
            HttpServletResponse response) {
        try {
            withdrawal.withdraw(person, id, reason);
            Flash.done(redirect, "flash.withdrawn");
            return "redirect:/requests/" + id;
        } catch (Refusal refusal) {
            RequestView view = views.of(person, id, false);
            if (view.decision().withdrawal() == null) {
                throw refusal;
            }
            return Refused.again(
                    refusal, view.withWithdrawal(reason, refusal.detail()), "request/detail", model, response);
        }
    }
}
