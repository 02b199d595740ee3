package io.waypass.portal.page.orphan;

import io.waypass.access.Person;
import io.waypass.cluster.Cluster;
import io.waypass.cluster.Clusters;
import io.waypass.cluster.MissingObject;
import io.waypass.cluster.Orphan;
import io.waypass.cluster.OrphanCounts;
import io.waypass.cluster.Orphans;
import io.waypass.database.Slice;
import io.waypass.portal.page.Flash;
import io.waypass.portal.page.Moment;
import io.waypass.portal.page.Refused;
import io.waypass.portal.page.RowSlice;
import io.waypass.portal.page.Unwatched;
import io.waypass.portal.page.request.RequestRow;
import io.waypass.refusal.Refusal;
import io.waypass.request.NewRequest;
import io.waypass.request.RequestFilter;
import io.waypass.request.RequestKind;
import io.waypass.request.RequestSubmission;
import io.waypass.request.RequestSummary;
import io.waypass.request.Requests;
import io.waypass.resource.WatchHealths;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** Pages of a cluster's orphans and missing objects, and of requests to remove orphans. */
@Controller
class OrphanPages {

    /** A cluster to choose; with {@code more}, the count is a lower bound. */
    record Chip(String name, long count, boolean more, boolean chosen) {}

    record OrphanRow(
            String uid,
            String kind,
            String namespace,
            String name,
            String cause,
            String says,
            String managers,
            Moment since,
            @Nullable String request,
            boolean chosen) {}

    record MissingRow(
            String identity,
            String app,
            String host,
            String team,
            String kind,
            String namespace,
            String name,
            Moment observedAt) {}

    /** The form's input, and the reason of a refusal. */
    record Form(String reason, @Nullable String wrong, Set<String> chosen) {
        static final Form EMPTY = new Form("", null, Set.of());
    }

    record ListView(
            @Nullable String cluster,
            @Nullable Unwatched unwatched,
            List<Chip> clusters,
            OrphanCounts counts,
            long most,
            RowSlice<OrphanRow> orphans,
            @Nullable String here,
            RowSlice<MissingRow> missing,
            RowSlice<RequestRow> removals,
            Form form) {}

    /** Cursors of the next pages. */
    record Cursors(Optional<String> orphans, Optional<String> missing, Optional<String> removals) {}

    private static final int REMOVAL_ROWS = 10;

    private static final RequestFilter REMOVALS = new RequestFilter(
            Optional.empty(),
            Optional.empty(),
            Optional.of(RequestKind.REMOVE_ORPHANS),
            Optional.empty(),
            Optional.empty());

    private final Orphans orphans;
    private final RequestSubmission submit;
    private final Requests requests;
    private final Clusters clusters;
    private final WatchHealths watchHealths;
    private final Clock clock;

    OrphanPages(
            Orphans orphans,
            RequestSubmission submit,
            Requests requests,
            Clusters clusters,
            WatchHealths watchHealths,
            Clock clock) {
        this.orphans = orphans;
        this.submit = submit;
        this.requests = requests;
        this.clusters = clusters;
        this.watchHealths = watchHealths;
        this.clock = clock;
    }

    @GetMapping("/orphans")
    String list(
            Person person,
            @RequestParam Optional<String> cluster,
            @RequestParam Optional<String> cursor,
            @RequestParam Optional<String> missing,
            @RequestParam Optional<String> removals,
            Model model) {
        person.requireAdmin();
        model.addAttribute("view", view(person, cluster, new Cursors(cursor, missing, removals), Form.EMPTY));
        return "orphan/list";
    }

    @PostMapping("/orphans")
    String ask(
            Person person,
            @RequestParam(defaultValue = "") String cluster,
            @RequestParam(defaultValue = "") List<String> uid,
            @RequestParam(defaultValue = "") String reason,
            @RequestParam Optional<String> cursor,
            Model model,
            RedirectAttributes redirect,
            HttpServletResponse response) {
        person.requireAdmin();
        try {
            String id = submit.submit(person, new NewRequest.OfOrphans(cluster, uid, reason));
            Flash.done(redirect, "flash.orphans");
            return "redirect:/requests/" + id;
        } catch (Refusal refusal) {
            response.setStatus(Refused.status(refusal).value());
            model.addAttribute(
                    "view",
                    view(
                            person,
                            Optional.of(cluster),
                            new Cursors(cursor.filter(given -> !given.isBlank()), Optional.empty(), Optional.empty()),
                            new Form(reason, refusal.detail(), Set.copyOf(uid))));
            return "orphan/list";
        }
    }

    private ListView view(Person person, Optional<String> wanted, Cursors cursors, Form form) {
        Instant now = clock.instant();
        List<Chip> chips = new ArrayList<>();
        List<String> names =
                clusters.list().stream().map(Cluster::name).sorted().toList();
        List<OrphanCounts> counts = names.stream()
                .map(name -> orphans.counts(person, Optional.of(name)))
                .toList();
        // by default, the first cluster that has orphans or missing objects
        int shown = wanted.map(names::indexOf).filter(at -> at >= 0).orElse(-1);
        for (int i = 0; shown < 0 && i < names.size(); i++) {
            shown = counts.get(i).orphans() + counts.get(i).missing() > 0 ? i : -1;
        }
        shown = Math.max(shown, 0);
        for (int i = 0; i < names.size(); i++) {
            OrphanCounts each = counts.get(i);
            chips.add(new Chip(
                    names.get(i),
                    each.orphans() + each.missing(),
                    each.orphans() == OrphanCounts.MOST_COUNTED || each.missing() == OrphanCounts.MOST_COUNTED,
                    i == shown));
        }
        if (names.isEmpty()) {
            return new ListView(
                    null,
                    null,
                    List.of(),
                    new OrphanCounts(0, 0),
                    OrphanCounts.MOST_COUNTED,
                    new RowSlice<>(List.of(), null),
                    null,
                    new RowSlice<>(List.of(), null),
                    new RowSlice<>(List.of(), null),
                    form);
        }
        Optional<String> cluster = Optional.of(names.get(shown));
        Slice<Orphan> objects = orphans.objects(person, cluster, cursors.orphans(), Slice.PAGE_ROWS);
        Slice<MissingObject> missing = orphans.missing(person, cluster, cursors.missing(), Slice.PAGE_ROWS);
        Slice<RequestSummary> removals = requests.list(person, REMOVALS, cursors.removals(), REMOVAL_ROWS);
        return new ListView(
                cluster.get(),
                Unwatched.of(cluster.get(), watchHealths.of(cluster.get()), now),
                chips,
                counts.get(shown),
                OrphanCounts.MOST_COUNTED,
                listed(objects, orphan -> row(orphan, form, now)),
                cursors.orphans().orElse(null),
                listed(missing, object -> row(object, now)),
                listed(removals, request -> RequestRow.of(request, now)),
                form);
    }

    private static <T, R> RowSlice<R> listed(Slice<T> slice, Function<T, R> row) {
        return new RowSlice<>(
                slice.items().stream().map(row).toList(), slice.nextCursor().orElse(null));
    }

    private static OrphanRow row(Orphan orphan, Form form, Instant now) {
        return new OrphanRow(
                orphan.object().uid(),
                orphan.object().place().kind(),
                orphan.object().place().namespace(),
                orphan.object().place().name(),
                orphan.cause().value(),
                orphan.object().identity().or(orphan.object()::owner).orElse(""),
                orphan.object().managers(),
                Moment.of(orphan.firstSeenAt(), now),
                orphan.request().orElse(null),
                form.chosen().contains(orphan.object().uid()));
    }

    private static MissingRow row(MissingObject missing, Instant now) {
        return new MissingRow(
                missing.identity(),
                missing.app(),
                missing.host(),
                missing.team(),
                missing.place().kind(),
                missing.place().namespace(),
                missing.place().name(),
                Moment.of(missing.observedAt(), now));
    }
}
