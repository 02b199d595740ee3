package io.waypass.portal.api;

import io.swagger.v3.oas.annotations.media.Schema;
import io.waypass.access.Person;
import io.waypass.cluster.Cluster;
import io.waypass.cluster.Clusters;
import io.waypass.cluster.DriftPolicy;
import io.waypass.cluster.Flavour;
import io.waypass.refusal.InvalidInput;
import io.waypass.refusal.NotFound;
import io.waypass.team.Team;
import io.waypass.team.Teams;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
class DirectoryController {

    private static final String DRIFTS = "restore, report-only";

    record ClusterView(String name, String trustDomain, String flavour, String drift) {
        static ClusterView of(Cluster cluster) {
            return new ClusterView(
                    cluster.name(),
                    cluster.trustDomain(),
                    cluster.flavour().value(),
                    cluster.drift().value());
        }
    }

    record NewCluster(
            @Nullable String name,
            @Nullable String trustDomain,
            @Nullable String flavour,

            @Schema(allowableValues = {"restore", "report-only"}) @Nullable String drift) {}

    record ClusterChange(
            @Schema(allowableValues = {"restore", "report-only"}) @Nullable String drift) {}

    record NamespaceView(String cluster, String namespace) {}

    record TeamView(String slug, String displayName) {
        static TeamView of(Team team) {
            return new TeamView(team.slug(), team.displayName());
        }
    }

    record TeamDetailView(String slug, String displayName, List<String> groups, List<NamespaceView> namespaces) {
        static TeamDetailView of(Teams.TeamDetail detail) {
            return new TeamDetailView(
                    detail.team().slug(),
                    detail.team().displayName(),
                    detail.groups(),
                    detail.namespaces().stream()
                            .map(owned -> new NamespaceView(owned.cluster(), owned.namespace()))
                            .toList());
        }
    }

    record NewTeam(
            @Nullable String slug,
            @Nullable String displayName,
            @Nullable List<@Nullable String> groups,
            @Nullable List<@Nullable NamespaceView> namespaces) {}

    private final Clusters clusters;
    private final Teams teams;

    DirectoryController(Clusters clusters, Teams teams) {
        this.clusters = clusters;
        this.teams = teams;
    }

    @GetMapping("/api/v1/clusters")
    Page<ClusterView> clusters() {
        return Page.whole(clusters.list(), ClusterView::of);
    }

    @GetMapping("/api/v1/clusters/{name}")
    ResponseEntity<ClusterView> cluster(@PathVariable String name) {
        return answer(clusters.find(name).orElseThrow(() -> new NotFound("cluster", name)));
    }

    /** Changes the cluster's drift policy; each of its identities is reconciled again. */
    @PatchMapping("/api/v1/clusters/{name}")
    ResponseEntity<ClusterView> change(
            Person person,
            @PathVariable String name,
            @RequestBody ClusterChange change,
            @RequestHeader(HttpHeaders.IF_MATCH) Optional<String> ifMatch) {
        person.requireAdmin();
        DriftPolicy drift = Input.oneOf("/drift", change.drift(), DriftPolicy::of, DRIFTS);
        clusters.find(name).ifPresent(cluster -> ETags.unchanged(ifMatch, etag(cluster)));
        return answer(clusters.changeDrift(person, name, drift));
    }

    private static ResponseEntity<ClusterView> answer(Cluster cluster) {
        return ResponseEntity.ok().eTag(etag(cluster)).body(ClusterView.of(cluster));
    }

    private static String etag(Cluster cluster) {
        return ETags.of(cluster.toString());
    }

    @PostMapping("/api/v1/clusters")
    ResponseEntity<ClusterView> register(Person person, @RequestBody NewCluster cluster) {
        Cluster registered = clusters.register(
                person,
                Input.text(cluster.name()),
                Input.text(cluster.trustDomain()),
                Input.oneOf("/flavour", cluster.flavour(), Flavour::of, "solo, upstream"),
                cluster.drift() == null
                        ? DriftPolicy.RESTORE
                        : Input.oneOf("/drift", cluster.drift(), DriftPolicy::of, DRIFTS));
        return ResponseEntity.created(URI.create("/api/v1/clusters/" + registered.name()))
                .eTag(etag(registered))
                .body(ClusterView.of(registered));
    }

    @GetMapping("/api/v1/teams")
    Page<TeamView> teams() {
        return Page.whole(teams.list(), TeamView::of);
    }

    @GetMapping("/api/v1/teams/{slug}")
    TeamDetailView team(Person person, @PathVariable String slug) {
        if (!person.maySee(slug)) {
            throw new NotFound("team", slug);
        }
        return TeamDetailView.of(teams.detail(slug));
    }

    @DeleteMapping("/api/v1/teams/{slug}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void remove(Person person, @PathVariable String slug) {
        teams.remove(person, slug);
    }

    @PostMapping("/api/v1/teams")
    ResponseEntity<TeamDetailView> register(Person person, @RequestBody NewTeam team) {
        Teams.TeamDetail registered = teams.register(
                person,
                new Teams.NewTeam(
                        Input.text(team.slug()),
                        Input.text(team.displayName()),
                        groups(team.groups()),
                        team.namespaces() == null
                                ? List.of()
                                : team.namespaces().stream()
                                        .map(owned -> owned == null ? new NamespaceView("", "") : owned)
                                        .map(owned -> new Teams.OwnedNamespace(
                                                Input.text(owned.cluster()), Input.text(owned.namespace())))
                                        .toList()));
        return ResponseEntity.created(
                        URI.create("/api/v1/teams/" + registered.team().slug()))
                .body(TeamDetailView.of(registered));
    }

    private static List<String> groups(@Nullable List<@Nullable String> names) {
        List<String> groups = names == null
                ? List.of()
                : names.stream().map(Input::text).map(String::strip).toList();
        int blank = groups.indexOf("");
        if (blank >= 0) {
            throw new InvalidInput("/groups/" + blank, "group.missing", "A group needs a name. Leave the entry out.");
        }
        return groups;
    }
}
