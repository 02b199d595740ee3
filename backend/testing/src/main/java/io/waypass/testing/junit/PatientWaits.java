package io.waypass.testing.junit;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Gives every wait on a condition five minutes: no limit on the product, only the point where a test gives up. A wait
 * that succeeds costs nothing, and a busy machine takes a few times as long as an idle one.
 */
public final class PatientWaits implements BeforeAllCallback {

    /** Maximum duration of a wait before the test fails. */
    public static final Duration PATIENCE = Duration.ofMinutes(5);

    @Override
    public void beforeAll(ExtensionContext context) {
        Awaitility.setDefaultTimeout(PATIENCE);
    }
}
