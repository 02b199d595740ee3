package io.waypass.applier.inventory;

import io.waypass.applier.cluster.LiveObject;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * When istiod was seen last, by the renewal of its leader elections. Each revision of istiod renews a Lease of its own for the
 * deployment of gateways and for their statuses, one of them another Lease for the statuses of Istio's kinds, every 7.5 seconds; a Lease
 * that is not renewed for 30 seconds goes to another pod (read in istiod 1.31's {@code leaderelection.go}).
 *
 * <p>A renewal counts from the moment at which it is seen here, as client-go does it, so that clocks need not agree. Only the first
 * sight of a Lease goes by the time that istiod wrote.
 */
final class IstiodSightings {

    /** Twice the time after which another istiod takes over. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final List<String> ELECTIONS =
            List.of("istio-gateway-deployment", "istio-gateway-status-leader", "istio-status-leader");

    private record Renewal(String time, Instant seen) {}

    private final InstantSource clock;
    private final Map<String, Renewal> renewals = new ConcurrentHashMap<>();

    IstiodSightings(InstantSource clock) {
        this.clock = clock;
    }

    void seen(LiveObject lease) {
        if (ELECTIONS.stream().noneMatch(lease.name()::startsWith)) {
            return;
        }
        String time = lease.at("/spec/renewTime").asText();
        renewals.compute(lease.name(), (_, before) -> {
            if (before == null) {
                return new Renewal(time, firstSeen(time));
            }
            return before.time().equals(time) ? before : new Renewal(time, clock.instant());
        });
    }

    void gone(String lease) {
        renewals.remove(lease);
    }

    private Instant firstSeen(String time) {
        Instant now = clock.instant();
        try {
            Instant renewed = Instant.parse(time);
            return renewed.isAfter(now) ? now : renewed;
        } catch (DateTimeException e) {
            return Instant.EPOCH;
        }
    }

    /** {@return the last renewal of any election; empty if there is none} */
    Optional<Instant> last() {
        return renewals.values().stream().map(Renewal::seen).max(Instant::compareTo);
    }

    /** {@return whether istiod was seen within {@link #PATIENCE}} */
    boolean isRecent(Instant seen) {
        return !clock.instant().isAfter(seen.plus(PATIENCE));
    }
}
