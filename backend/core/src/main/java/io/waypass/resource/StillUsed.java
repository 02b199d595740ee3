package io.waypass.resource;

import io.waypass.refusal.Refusal;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Something is not removed, since others hang on it; the first of them are named. */
public final class StillUsed extends Refusal {

    /** How many are named at most. */
    public static final int NAMED = 20;

    /**
     * An identity that is in the way.
     *
     * @param id {@code idn_…}
     * @param app the app's name
     * @param host the destination's host
     */
    public record Identity(String id, String app, String host) {}

    /**
     * An app that is in the way.
     *
     * @param id {@code app_…}
     * @param name its name
     * @param namespace its namespace
     */
    public record App(String id, String name, String namespace) {}

    private final Map<String, List<?>> members;

    private StillUsed(String code, String title, String message, Map<String, List<?>> members) {
        super(Kind.CONFLICT, code, title, message);
        this.members = members;
    }

    /**
     * Identities are in the way.
     *
     * @param code stable code
     * @param what the name of what was to be removed
     * @param named the first of them
     * @param all how many there are
     * @return the refusal
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

    /**
     * Apps are in the way.
     *
     * @param code stable code
     * @param what the name of what was to be removed
     * @param named the first of them
     * @param all how many there are
     * @return the refusal
     */
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
