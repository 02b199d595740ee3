package io.waypass.portal.api;

import io.waypass.access.Person;
import io.waypass.directory.Cluster;
import io.waypass.directory.Directory;
import io.waypass.directory.Flavour;
import io.waypass.directory.Team;
import io.waypass.refusal.InvalidInput;
import io.waypass.refusal.NotFound;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Clusters and teams. */
@RestController
class DirectoryController {

    record ClusterView(String name, String trustDomain, String flavour) {
        static ClusterView of(Cluster cluster) {
            return new ClusterView(
                    cluster.name(), cluster.trustDomain(), cluster.flavour().value());
        }
    }

    record NewCluster(
            @Nullable String name,
            @Nullable String trustDomain,
            @Nullable String flavour) {}

    record NamespaceView(String cluster, String namespace) {}

    record TeamView(String slug, String displayName) {
        static TeamView of(Team team) {
            return new TeamView(team.slug(), team.displayName());
        }
    }

    record TeamDetailView(String slug, String displayName, List<String> groups, List<NamespaceView> namespaces) {
        static TeamDetailView of(Directory.TeamDetail detail) {
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

    private final Directory directory;

    DirectoryController(Directory directory) {
        this.directory = directory;
    }

    @GetMapping("/api/v1/clusters")
    Page<ClusterView> clusters() {
        return Page.whole(directory.clusters(), ClusterView::of);
    }

    @GetMapping("/api/v1/clusters/{name}")
    ClusterView cluster(@PathVariable String name) {
        return directory.cluster(name).map(ClusterView::of).orElseThrow(() -> new NotFound("cluster", name));
    }

    @PostMapping("/api/v1/clusters")
    ResponseEntity<ClusterView> register(Person person, @RequestBody NewCluster cluster) {
        Cluster registered = directory.registerCluster(
                person,
                Input.text(cluster.name()),
                Input.text(cluster.trustDomain()),
                Input.oneOf("/flavour", cluster.flavour(), Flavour::of, "solo, upstream"));
        return ResponseEntity.created(URI.create("/api/v1/clusters/" + registered.name()))
                .body(ClusterView.of(registered));
    }

    @GetMapping("/api/v1/teams")
    Page<TeamView> teams() {
        return Page.whole(directory.teams(), TeamView::of);
    }

    @GetMapping("/api/v1/teams/{slug}")
    TeamDetailView team(Person person, @PathVariable String slug) {
        if (!person.maySee(slug)) {
            throw new NotFound("team", slug);
        }
        return TeamDetailView.of(directory.detail(slug));
    }

    @PostMapping("/api/v1/teams")
    ResponseEntity<TeamDetailView> register(Person person, @RequestBody NewTeam team) {
        Directory.TeamDetail registered = directory.registerTeam(
                person,
                new Directory.NewTeam(
                        Input.text(team.slug()),
                        Input.text(team.displayName()),
                        groups(team.groups()),
                        team.namespaces() == null
                                ? List.of()
                                : team.namespaces().stream()
                                        .map(owned -> owned == null ? new NamespaceView("", "") : owned)
                                        .map(owned -> new Directory.OwnedNamespace(
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
