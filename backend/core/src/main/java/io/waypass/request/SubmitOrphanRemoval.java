package io.waypass.request;

import io.waypass.access.Person;
import io.waypass.access.PublicIds;
import io.waypass.audit.AuditTrail;
import io.waypass.cluster.Clusters;
import io.waypass.cluster.NewOrphanRemoval;
import io.waypass.cluster.OrphanRemovals;
import io.waypass.database.Rows;
import io.waypass.refusal.Conflict;
import io.waypass.refusal.InputProblem;
import io.waypass.refusal.InvalidInput;
import io.waypass.refusal.Reason;
import io.waypass.resource.Resources;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.transaction.support.TransactionOperations;

/**
 * A platform admin asks for orphans to be removed. Another admin decides on exactly that list of objects, and the applier removes what is
 * still an orphan then.
 */
public final class SubmitOrphanRemoval {

    private final TransactionOperations transactions;
    private final Clusters clusters;
    private final OrphanRemovals removals;
    private final Resources resources;
    private final RequestTransitions transitions;
    private final PublicIds ids;

    public SubmitOrphanRemoval(
            TransactionOperations transactions,
            Clusters clusters,
            OrphanRemovals removals,
            Resources resources,
            RequestTransitions transitions,
            PublicIds ids) {
        this.transactions = transactions;
        this.clusters = clusters;
        this.removals = removals;
        this.resources = resources;
        this.transitions = transitions;
        this.ids = ids;
    }

    /**
     * Submits the request.
     *
     * @param person a platform admin
     * @param wanted which objects, and why
     * @return the request's public id
     * @throws io.waypass.refusal.Refusal if it may not be, if one is no orphan (any more), or is asked for already
     */
    public String submit(Person person, NewOrphanRemoval wanted) {
        person.requireAdmin();
        InvalidInput.throwIfAny(problems(wanted));
        long cluster = clusters.find(wanted.cluster()).orElseThrow().id();
        InvalidInput.throwIfAny(strangers(cluster, wanted));
        String publicId = ids.next("req");
        try {
            transactions.executeWithoutResult(_ -> submit(person, wanted, cluster, publicId));
        } catch (DataIntegrityViolationException e) {
            // what the database guards, in case it changed a moment ago
            throw Rows.constraint(e).startsWith("orphan_removal_object") ? changed() : e;
        }
        return publicId;
    }

    private void submit(Person person, NewOrphanRemoval wanted, long cluster, String publicId) {
        resources.lock(cluster);
        removals.openWith(cluster, wanted.uids()).ifPresent(other -> {
            throw taken(other);
        });
        int revision = removals.add(cluster, wanted.uids()).orElseThrow(SubmitOrphanRemoval::changed);
        transitions.submit(
                new RequestTransitions.Proposal(
                        publicId,
                        RequestKind.REMOVE_ORPHANS,
                        cluster,
                        revision,
                        wanted.cluster(),
                        Optional.empty(),
                        wanted.reason().strip(),
                        person.subject()),
                AuditTrail.Fact.of(person.subject(), "request.submitted", publicId)
                        .ofRequest(publicId)
                        .with(Map.of(
                                "kind", RequestKind.REMOVE_ORPHANS.value(),
                                "cluster", wanted.cluster(),
                                "objects", Integer.toString(wanted.uids().size())))
                        .digests(
                                Optional.empty(),
                                Optional.of(AuditTrail.digest(
                                        RequestKind.REMOVE_ORPHANS.value(),
                                        wanted.cluster(),
                                        wanted.uids(),
                                        wanted.reason().strip()))));
    }

    private List<InputProblem> problems(NewOrphanRemoval wanted) {
        List<InputProblem> problems = new ArrayList<>();
        if (clusters.find(wanted.cluster()).isEmpty()) {
            problems.add(new InputProblem(
                    "/cluster",
                    "cluster.unknown",
                    wanted.cluster().isBlank()
                            ? "Say in which cluster the objects are."
                            : "There is no cluster “" + wanted.cluster() + "”."));
        }
        if (wanted.uids().isEmpty()) {
            problems.add(new InputProblem("/uids", "uids.missing", "Choose at least one object."));
        }
        if (wanted.uids().size() > NewOrphanRemoval.MOST_OBJECTS) {
            problems.add(new InputProblem(
                    "/uids",
                    "uids.too-many",
                    "A request removes at most " + NewOrphanRemoval.MOST_OBJECTS
                            + " objects, so that somebody can read them. Ask for the rest in another one."));
        }
        Reason.required(wanted.reason(), "Say why they should go; who decides reads it.")
                .ifPresent(problems::add);
        return problems;
    }

    private List<InputProblem> strangers(long cluster, NewOrphanRemoval wanted) {
        List<String> known = removals.orphans(cluster, wanted.uids());
        List<InputProblem> problems = new ArrayList<>();
        for (int i = 0; i < wanted.uids().size(); i++) {
            if (!known.contains(wanted.uids().get(i))) {
                problems.add(new InputProblem(
                        "/uids/" + i,
                        "orphan.unknown",
                        "No orphan of cluster " + wanted.cluster() + " has the UID “"
                                + wanted.uids().get(i)
                                + "”: it is gone, or belongs to something by now. Leave it out."));
            }
        }
        return problems;
    }

    private static Conflict taken(String other) {
        return new Conflict(
                "orphan.already-asked-for",
                "One of the objects is asked for already",
                "The request " + other
                        + " is open and has it on its list. Nothing was recorded. Leave it out, or wait for"
                        + " what becomes of that one.");
    }

    private static Conflict changed() {
        return new Conflict(
                "orphans.changed",
                "The orphans have changed",
                "One of the objects was changed, or belongs to something by now. Nothing was recorded. Read the list again.");
    }
}
