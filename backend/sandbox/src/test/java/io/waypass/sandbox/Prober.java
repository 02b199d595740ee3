package io.waypass.sandbox;

import io.waypass.mesh.HboneCaller;
import io.waypass.mesh.HboneCaller.Answer;
import io.waypass.mesh.Partner.Seen;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Calls the partner as several apps without a pause while a test changes things, each app over a connection that it keeps
 * and over one that it opens for each call; and judges by the partner's log what must never happen: plaintext, a call
 * without a certificate, another app's certificate, an answer to an app without approval.
 */
final class Prober implements AutoCloseable {

    /**
     * One call.
     *
     * @param id in the partner's log
     * @param status of the answer; 0 for none
     */
    record Call(String id, String app, String phase, Instant at, int status) {}

    private final MeshJourney journey;
    private final ConcurrentLinkedQueue<Call> calls = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads = new ArrayList<>();
    private final Map<String, Boolean> approved = new ConcurrentHashMap<>();
    private final int seenBefore;
    private volatile String phase = "begin";
    private volatile boolean ended;

    /**
     * @param admitted apps with an approved identity
     * @param strangers apps without
     */
    Prober(MeshJourney journey, List<String> admitted, List<String> strangers) {
        this.journey = journey;
        this.seenBefore = journey.mesh.partner().seen().size();
        admitted.forEach(this::admit);
        strangers.forEach(app -> begin(app, false));
    }

    /** Begins to call as another app with an approved identity that the gateway serves. */
    void admit(String app) {
        begin(app, true);
    }

    private void begin(String app, boolean admitted) {
        approved.put(app, admitted);
        for (boolean kept : new boolean[] {true, false}) {
            threads.add(Thread.ofPlatform().name("prober-" + app).daemon().start(() -> run(app, kept)));
        }
    }

    private void run(String app, boolean kept) {
        int number = 0;
        String service = journey.mesh.service();
        try (HboneCaller caller = journey.mesh.waypoint().caller(Journey.TEAM_NAMESPACE, app, service)) {
            while (!ended) {
                String now = phase;
                String id = "%s|%s|%s|%d".formatted(app, kept ? "kept" : "new", now, number++);
                Instant at = Instant.now();
                int status;
                try {
                    Answer answer = MeshJourney.get(caller, id);
                    status = answer.status();
                } catch (IOException _) {
                    status = 0;
                }
                calls.add(new Call(id, app, now, at, status));
                if (!kept) {
                    caller.disconnect();
                }
                // some hundred calls a second in all: enough to hit a gap of milliseconds, and the mesh can do its work
                TimeUnit.MILLISECONDS.sleep(10);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Names what the test does next, for the table. */
    void phase(String name) {
        phase = name;
    }

    /** {@return what happened that must never happen, a line each} */
    List<String> violations() {
        List<String> violations = new ArrayList<>();
        for (Seen seen : journey.mesh.partner().seen().stream().skip(seenBefore).toList()) {
            String app = seen.id() == null ? "" : seen.id().split("\\|")[0];
            if (!approved.containsKey(app)) {
                if (seen.tls() == null || seen.subject() == null) {
                    violations.add("a call without TLS or certificate: " + seen);
                }
                continue;
            }
            if (seen.port() == 80 || seen.tls() == null) {
                violations.add("plaintext: " + seen);
            } else if (seen.subject() == null) {
                violations.add("no certificate: " + seen);
            } else if (!approved.get(app)) {
                violations.add("an app without approval: " + seen);
            } else if (!seen.subject().equals(MeshJourney.subject(app))) {
                violations.add("another app's certificate: " + seen);
            }
        }
        for (Call call : calls) {
            if (!approved.get(call.app()) && call.status() != 403 && call.status() != 0 && call.status() < 500) {
                violations.add("an answer to an app without approval: " + call);
            }
        }
        return violations;
    }

    /** {@return calls of admitted apps in a phase} */
    List<Call> calls(String inPhase) {
        return calls.stream()
                .filter(call -> approved.get(call.app()) && call.phase().equals(inPhase))
                .toList();
    }

    /** {@return a row for each phase: calls of admitted apps, how many failed, the longest time without success of one app} */
    String table() {
        Map<String, List<Call>> phases = calls.stream()
                .filter(call -> approved.get(call.app()))
                .collect(Collectors.groupingBy(Call::phase, LinkedHashMap::new, Collectors.toList()));
        StringBuilder table = new StringBuilder(
                "| what happened | calls | failed | longest gap of an app |\n| --- | --- | --- | --- |\n");
        phases.forEach((name, all) -> table.append(String.format(
                Locale.ROOT,
                "| %s | %d | %d | %.2f s |%n",
                name,
                all.size(),
                all.stream().filter(call -> call.status() != 200).count(),
                longestGap(all).toMillis() / 1000.0)));
        return table.toString();
    }

    private static Duration longestGap(List<Call> all) {
        return all.stream().collect(Collectors.groupingBy(Call::app)).values().stream()
                .map(Prober::gap)
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
    }

    private static Duration gap(List<Call> ofOneApp) {
        Duration longest = Duration.ZERO;
        @Nullable Instant failing = null;
        for (Call call :
                ofOneApp.stream().sorted(Comparator.comparing(Call::at)).toList()) {
            if (call.status() == 200) {
                if (failing != null && longest.compareTo(Duration.between(failing, call.at())) < 0) {
                    longest = Duration.between(failing, call.at());
                }
                failing = null;
            } else if (failing == null) {
                failing = call.at();
            }
        }
        if (failing != null) {
            Duration open = Duration.between(failing, ofOneApp.getLast().at());
            longest = longest.compareTo(open) < 0 ? open : longest;
        }
        return longest;
    }

    /** Ends the calls, and returns when the last is over. */
    void end() {
        ended = true;
        threads.forEach(thread -> {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    @Override
    public void close() {
        end();
    }
}
