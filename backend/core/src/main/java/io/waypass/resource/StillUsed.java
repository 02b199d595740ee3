package io.waypass.resource;

import io.waypass.refusal.Refusal;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Refuses a removal, because identities or apps depend on what would be removed; names the first of them. */
public final class StillUsed extends Refusal {

    /** Maximum number of identities or apps that are named. */
    public static final int NAMED = 20;

    /**
     * An identity that prevents the removal.
     *
     * @param id {@code idn_…}
     * @param app the app's name
     * @param host the destination's host
     */
    public record Identity(String id, String app, String host) {}

    /**
     * An app that prevents the removal.
     *
     * @param id {@code app_…}
     */
    public record App(String id, String name, String namespace) {}

    private final Map<String, List<?>> members;

    private StillUsed(String code, String title, String message, Map<String, List<?>> members) {
        super(Kind.CONFLICT, code, title, message);
        this.members = members;
    }

    /**
     * {@return a refusal because of identities}
     *
     * @param what name of what would be removed
     * @param named the first identities
     * @param all their number
     */
    static StillUsed byIdentities(String code, String what, List<Identity> named, long all) {
        return new StillUsed(
                code,
                "It still has identities",
                what + " has identities that are approved, applied or asked for: "
                        + named.stream()
                                .map(identity -> identity.id() + " (" + identity.app() + " → " + identity.host() + ")")
                                .collect(Collectors.joining(", "))
                        + more(all - named.size())
                        + ". Retire them, or withdraw what was asked for, first. Nothing was removed.",
                Map.of("identities", named));
    }

    /** {@return a refusal because of apps} @param what name of what would be removed @param named the first apps @param all their number */
    static StillUsed byApps(String code, String what, List<App> named, long all) {
        return new StillUsed(
                code,
                "It still has apps",
                what + " has apps: "
                        + named.stream()
                                .map(app -> app.id() + " (" + app.name() + " in " + app.namespace() + ")")
                                .collect(Collectors.joining(", "))
                        + more(all - named.size()) + ". Its members remove them first. Nothing was removed.",
                Map.of("apps", named));
    }

    private static String more(long count) {
        return count > 0 ? " and " + count + " more" : "";
    }

    @Override
    public Map<String, List<?>> members() {
        return members;
    }
}
