package io.waypass.request;

import io.waypass.access.Person;
import io.waypass.cluster.Cluster;
import io.waypass.cluster.Clusters;
import io.waypass.cluster.OrphanRemovals;
import io.waypass.refusal.Conflict;
import io.waypass.refusal.InputProblem;
import io.waypass.refusal.InvalidInput;
import io.waypass.refusal.Reason;
import io.waypass.resource.Resources;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Requests about clusters: the removal of orphans, as a list of objects by UID that a platform admin proposes. */
final class ClusterType implements ResourceType<NewRequest.OfOrphans> {

    private final Clusters clusters;
    private final OrphanRemovals removals;
    private final Resources resources;

    ClusterType(Clusters clusters, OrphanRemovals removals, Resources resources) {
        this.clusters = clusters;
        this.removals = removals;
        this.resources = resources;
    }

    @Override
    public Proposal propose(Person person, NewRequest.OfOrphans wanted) {
        person.requireAdmin();
        Optional<Cluster> cluster = clusters.find(wanted.cluster());
        InvalidInput.throwIfAny(problems(wanted, cluster));
        long clusterId = cluster.orElseThrow().id();
        InvalidInput.throwIfAny(strangers(clusterId, wanted));
        return new Removal(clusterId, wanted);
    }

    @Override
    public Map<Long, RequestSubject> subjects(Collection<Proposed> requests) {
        Map<Long, RequestSubject> subjects = new HashMap<>();
        requests.stream().collect(Collectors.groupingBy(Proposed::resourceId)).forEach((clusterId, proposed) -> {
            Map<Integer, Integer> counts = removals.counts(
                    clusterId, proposed.stream().map(Proposed::revision).toList());
            proposed.forEach(request -> subjects.put(
                    request.requestId(), new RequestSubject.OfOrphans(counts.getOrDefault(request.revision(), 0))));
        });
        return subjects;
    }

    @Override
    public RequestContent content(Proposed request) {
        return new RequestContent.OfOrphans(removals.objects(request.resourceId(), request.revision()));
    }

    private final class Removal implements Proposal {

        private final long clusterId;
        private final NewRequest.OfOrphans wanted;

        Removal(long clusterId, NewRequest.OfOrphans wanted) {
            this.clusterId = clusterId;
            this.wanted = wanted;
        }

        @Override
        public String cluster() {
            return wanted.cluster();
        }

        @Override
        public Optional<Long> teamId() {
            return Optional.empty();
        }

        @Override
        public Added add() {
            resources.lock(clusterId);
            removals.openWith(clusterId, wanted.uids()).ifPresent(other -> {
                throw taken(other);
            });
            return new Added(
                    clusterId,
                    removals.add(clusterId, wanted.uids()).orElseThrow(ClusterType::changed),
                    Map.of(
                            "cluster",
                            wanted.cluster(),
                            "objects",
                            Integer.toString(wanted.uids().size())),
                    List.of(wanted.cluster(), wanted.uids()));
        }

        @Override
        public Optional<Conflict> conflict(String constraint) {
            // a constraint of the database, for a change since the validation
            return constraint.startsWith("orphan_removal_object") ? Optional.of(changed()) : Optional.empty();
        }
    }

    private static List<InputProblem> problems(NewRequest.OfOrphans wanted, Optional<Cluster> cluster) {
        List<InputProblem> problems = new ArrayList<>();
        if (cluster.isEmpty()) {
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
        if (wanted.uids().size() > NewRequest.OfOrphans.MOST_OBJECTS) {
            problems.add(new InputProblem(
                    "/uids",
                    "uids.too-many",
                    "A request removes at most " + NewRequest.OfOrphans.MOST_OBJECTS
                            + " objects, so that somebody can read them. Ask for the rest in another one."));
        }
        Reason.required(wanted.reason(), "Say why they should go; who decides reads it.")
                .ifPresent(problems::add);
        return problems;
    }

    private List<InputProblem> strangers(long cluster, NewRequest.OfOrphans wanted) {
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
