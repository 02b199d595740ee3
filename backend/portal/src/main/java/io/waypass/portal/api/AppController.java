package io.waypass.portal.api;

import io.waypass.access.Person;
import io.waypass.app.App;
import io.waypass.app.Apps;
import io.waypass.database.Slice;
import java.net.URI;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
class AppController {

    record AppView(
            String id,
            String team,
            String cluster,
            String namespace,
            String name,
            String serviceAccount,
            String principal,
            Instant registeredAt) {
        static AppView of(App app) {
            return new AppView(
                    app.publicId(),
                    app.team(),
                    app.cluster(),
                    app.namespace(),
                    app.name(),
                    app.serviceAccount(),
                    app.principal().spiffeId(),
                    app.registeredAt());
        }
    }

    record NewApp(
            @Nullable String team,
            @Nullable String cluster,
            @Nullable String namespace,
            @Nullable String name,
            @Nullable String serviceAccount) {}

    private final Apps apps;

    AppController(Apps apps) {
        this.apps = apps;
    }

    @GetMapping("/api/v1/apps")
    Page<AppView> list(Person person, @RequestParam Optional<String> cursor, @RequestParam Optional<Integer> limit) {
        return Page.of(apps.list(person, cursor, Slice.limit(limit)), AppView::of);
    }

    @GetMapping("/api/v1/apps/{id}")
    AppView find(Person person, @PathVariable String id) {
        return AppView.of(apps.find(person, id));
    }

    @PostMapping("/api/v1/apps")
    ResponseEntity<AppView> register(Person person, @RequestBody NewApp app) {
        App registered = apps.register(
                person,
                new Apps.NewApp(
                        Input.text(app.team()),
                        Input.text(app.cluster()),
                        Input.text(app.namespace()),
                        Input.text(app.name()),
                        Input.text(app.serviceAccount())));
        return ResponseEntity.created(URI.create("/api/v1/apps/" + registered.publicId()))
                .body(AppView.of(registered));
    }

    @DeleteMapping("/api/v1/apps/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void remove(Person person, @PathVariable String id) {
        apps.remove(person, id);
    }
}
