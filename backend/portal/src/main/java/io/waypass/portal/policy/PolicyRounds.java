package io.waypass.portal.policy;

import io.waypass.database.NotificationListener;
import io.waypass.decision.RequestDecisions;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Evaluates the policies for each plan as soon as it waits for a decision, and again for all that wait once a policy
 * was activated or deactivated. Any number of portals may do so: each request is evaluated under its own lock.
 */
public final class PolicyRounds implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(PolicyRounds.class);
    private static final String CHANNEL = "waypass_pending";

    /** Interval after which failed evaluations, or those that another portal left undone, are retried. */
    private static final int WAIT_MILLIS = 5_000;

    private final DataSource database;
    private final RequestDecisions decisions;
    private @Nullable NotificationListener listening;

    /** @param database unpooled, for one long connection */
    public PolicyRounds(DataSource database, RequestDecisions decisions) {
        this.database = database;
        this.decisions = decisions;
    }

    @Override
    public synchronized void start() {
        listening = new NotificationListener(database, CHANNEL, WAIT_MILLIS, new NotificationListener.Listener() {
            @Override
            public void connected() {
                round();
            }

            @Override
            public void heard(List<String> words) {
                round();
            }
        });
    }

    @Override
    public synchronized void stop() {
        if (listening != null) {
            listening.close();
            listening = null;
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return listening != null;
    }

    private void round() {
        try {
            List<String> unjudged = decisions.unjudged();
            while (!unjudged.isEmpty() && askAll(unjudged)) {
                unjudged = decisions.unjudged();
            }
        } catch (RuntimeException e) {
            LOG.warn("Policies could not be asked ({}); again in a few seconds", e.getMessage());
        }
    }

    /**
     * Whether all were evaluated: a request that could not be must neither delay the others nor be retried in a busy
     * loop.
     */
    private boolean askAll(List<String> requests) {
        boolean all = true;
        for (String request : requests) {
            try {
                decisions.askPolicies(request);
            } catch (RuntimeException | StackOverflowError e) {
                LOG.error("{}: the policies could not be asked", request, e);
                all = false;
            }
        }
        return all;
    }
}
