package io.waypass.applier.mesh;

import com.fasterxml.jackson.databind.JsonNode;
import io.waypass.applier.inventory.ReliedFacts;
import io.waypass.plan.CheckCode;
import io.waypass.plan.PlanCheck;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Results that checks of all kinds of resources have in common: of what is watched, claimed, or reported by the mesh. */
public final class FactChecks {

    private FactChecks() {}

    public static PlanCheck watched(ReliedFacts reliedFacts) {
        Map<String, String> unwatched = reliedFacts.unwatchedKinds();
        return unwatched.isEmpty()
                ? CheckCode.INVENTORY_WATCHED.passed("The applier watches everything that this plan relies on.")
                : CheckCode.INVENTORY_WATCHED.unknown(
                        "The applier does not watch everything that this plan relies on: "
                                + String.join(" ", unwatched.values()),
                        "Give the applier the rights that its chart lists. Until then a change may go unnoticed.");
    }

    /**
     * Whether a claim is nobody else's.
     *
     * @param unwatched why it is not known who has the claim, if it is not
     * @param what would have to be watched
     * @param others what else has the claim
     * @param bad what follows the names of the others in the message
     */
    public static PlanCheck noOthers(
            CheckCode code,
            Optional<String> unwatched,
            String what,
            SortedMap<String, String> others,
            String good,
            String bad,
            String toDo) {
        if (unwatched.isPresent()) {
            return unseen(code, what, unwatched.get());
        }
        return others.isEmpty()
                ? code.passed(good)
                : code.failed(
                        "The " + others.keySet().stream().limit(3).collect(Collectors.joining(", the "))
                                + (others.size() > 3 ? " and " + (others.size() - 3) + " more" : "") + bad,
                        toDo);
    }

    /**
     * What the mesh reports on an object.
     *
     * @param condition empty if it reports neither true nor false
     */
    public static PlanCheck reported(CheckCode code, String good, String what, Optional<JsonNode> condition) {
        if (condition.isEmpty()) {
            return code.unknown("Nobody has reported on " + what + ".", "See whether the mesh's control plane runs.");
        }
        return condition.get().path("status").asText().equals("True")
                ? code.passed(good)
                : code.failed(
                        "The mesh reports on " + what + ": "
                                + condition.get().path("reason").asText() + ", “"
                                + condition.get().path("message").asText()
                                + "”. Until it is mended, calls do not get through.",
                        "A platform admin can mend it while the request waits; the plan is made anew then.");
    }

    public static Optional<JsonNode> condition(JsonNode conditions, String type) {
        return StreamSupport.stream(conditions.spliterator(), false)
                .filter(condition -> condition.path("type").asText().equals(type))
                .filter(condition -> !condition.path("status").asText().equals("Unknown"))
                .findFirst();
    }

    /** The result where the applier may not read what the check is about, with the API server's words. */
    public static PlanCheck unseen(CheckCode code, String what, String words) {
        return code.unknown(
                "The applier may not read " + what + ": “" + words + "”.",
                "Give the applier the rights that its chart lists.");
    }
}
