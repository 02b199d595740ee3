package io.waypass.portal.page.home;

import io.waypass.access.Person;
import io.waypass.app.Apps;
import io.waypass.certificate.DaysLeft;
import io.waypass.database.Slice;
import io.waypass.identity.Identities;
import io.waypass.identity.IdentitySummary;
import io.waypass.portal.page.Moment;
import io.waypass.portal.page.request.RequestRow;
import io.waypass.request.RequestFilter;
import io.waypass.request.RequestStatus;
import io.waypass.request.RequestSummary;
import io.waypass.request.Requests;
import io.waypass.resource.Condition;
import io.waypass.resource.WatchHealth;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

/** The start page: what needs the person, then what is in progress. */
@Controller
class HomePage {

    record Need(
            String what,
            String tone,
            List<Object> args,
            @Nullable String why,
            String href) {}

    record Expiry(String id, String app, String host, Moment until, DaysLeft daysLeft, long percent) {}

    record View(boolean mayAsk, List<Need> needs, List<RequestRow> requests, List<Expiry> expiring) {}

    private static final int SHOWN = 8;

    private final Requests requests;
    private final Identities identities;
    private final Apps apps;
    private final Clock clock;

    HomePage(Requests requests, Identities identities, Apps apps, Clock clock) {
        this.requests = requests;
        this.identities = identities;
        this.apps = apps;
        this.clock = clock;
    }

    @GetMapping("/")
    String home(Person person, Model model) {
        Instant now = clock.instant();
        List<IdentitySummary> seen =
                identities.list(person, Optional.empty(), Slice.MAX_LIMIT).items();
        List<Need> needs = new ArrayList<>();
        if (person.admin()) {
            long waiting = requests.count(person, RequestStatus.PENDING);
            if (waiting > 0) {
                needs.add(new Need("decide", "accent", List.of(waiting), null, "/queue"));
            }
            needs.addAll(unwatched(seen));
        }
        if (!person.teams().isEmpty()) {
            needs.addAll(own(person, seen, now));
        }
        model.addAttribute(
                "view",
                new View(
                        !person.teams().isEmpty(),
                        needs,
                        requests.list(person, RequestFilter.ALL, Optional.empty(), SHOWN).items().stream()
                                .map(request -> RequestRow.of(request, now))
                                .toList(),
                        expiring(seen, now)));
        return "home";
    }

    /** Clusters that are not watched now, or only in part. */
    private static List<Need> unwatched(List<IdentitySummary> seen) {
        Map<String, IdentitySummary> clusters = new TreeMap<>();
        seen.stream()
                .filter(identity -> !identity.watched())
                .forEach(identity -> clusters.put(identity.cluster(), identity));
        return clusters.entrySet().stream()
                .map(cluster -> {
                    Optional<WatchHealth> current = cluster.getValue().watch().filter(WatchHealth::current);
                    return new Need(
                            current.isPresent() ? "partly-unwatched" : "unwatched",
                            "bad",
                            List.of(cluster.getKey()),
                            current.flatMap(WatchHealth::unwatched).orElse(null),
                            "/identities/" + cluster.getValue().publicId());
                })
                .toList();
    }

    private List<Need> own(Person person, List<IdentitySummary> seen, Instant now) {
        List<Need> needs = new ArrayList<>();
        if (apps.list(person, Optional.empty(), 1).items().isEmpty()) {
            needs.add(new Need("register", "accent", List.of(), null, "/apps/new"));
        }
        for (IdentitySummary identity : seen) {
            // an identity that is being retired needs nobody
            if (!person.memberOf(identity.team()) || identity.retiring()) {
                continue;
            }
            String href = "/identities/" + identity.publicId();
            identity.conditions().stream()
                    .filter(condition ->
                            condition.type() != Condition.Type.READY && condition.status() == Condition.Status.FALSE)
                    .findFirst()
                    .ifPresent(condition -> needs.add(new Need(
                            "broken",
                            "bad",
                            List.of(identity.app(), identity.host()),
                            condition.type().value() + ": " + condition.message(),
                            href)));
            identity.notAfter().ifPresent(end -> {
                DaysLeft left = DaysLeft.of(end, now);
                if (left.isExpired()) {
                    needs.add(new Need("expired", "bad", List.of(identity.app(), identity.host()), null, href));
                } else if (left.isSoon()) {
                    needs.add(new Need(
                            "expiring", "warn", List.of(identity.app(), identity.host(), left.days()), null, href));
                }
            });
        }
        for (RequestSummary request : requests.needingTeam(person, SHOWN)) {
            // every request of a team is about an identity
            request.identity()
                    .ifPresent(identity -> needs.add(new Need(
                            request.status().value(),
                            "bad",
                            List.of(identity.app(), identity.host()),
                            request.statusMessage().orElse(null),
                            "/requests/" + request.publicId())));
        }
        return needs;
    }

    private static List<Expiry> expiring(List<IdentitySummary> seen, Instant now) {
        return seen.stream()
                .filter(identity -> identity.notAfter().isPresent() && !identity.retiring())
                .sorted(Comparator.comparing(identity -> identity.notAfter().orElseThrow()))
                .limit(5)
                .map(identity -> {
                    Instant end = identity.notAfter().orElseThrow();
                    DaysLeft left = DaysLeft.of(end, now);
                    return new Expiry(
                            identity.publicId(),
                            identity.app(),
                            identity.host(),
                            Moment.of(end, now),
                            left,
                            left.isExpired() ? 100 : Math.clamp(left.days() * 100 / 365, 1, 100));
                })
                .toList();
    }
}
