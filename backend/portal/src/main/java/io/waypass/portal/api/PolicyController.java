package io.waypass.portal.api;

import io.waypass.access.Person;
import io.waypass.decision.PolicyTrial;
import io.waypass.policy.Policies;
import io.waypass.policy.Policy;
import io.waypass.policy.PolicyEffect;
import io.waypass.policy.PolicyVersion;
import io.waypass.refusal.NotFound;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Policies: saved in versions, tried on past requests, activated and deactivated. */
@RestController
class PolicyController {

    private static final String EFFECTS = "approve, require-approvals, deny, allow-own-team";

    record VersionView(
            int version,
            String description,
            String expression,
            String effect,
            Optional<Integer> approvals,
            Optional<String> message,
            Optional<String> createdBy,
            Instant createdAt) {
        static VersionView of(PolicyVersion version) {
            return new VersionView(
                    version.version(),
                    version.description(),
                    version.expression(),
                    version.effect().value(),
                    version.approvals().isPresent()
                            ? Optional.of(version.approvals().getAsInt())
                            : Optional.empty(),
                    version.message(),
                    version.createdBy(),
                    version.createdAt());
        }
    }

    record PolicyView(String id, String name, Optional<Integer> activeVersion, List<VersionView> versions) {
        static PolicyView of(Policy policy) {
            return new PolicyView(
                    policy.publicId(),
                    policy.name(),
                    policy.active().map(PolicyVersion::version),
                    policy.versions().stream().map(VersionView::of).toList());
        }
    }

    record NewVersion(
            @Nullable String name,
            @Nullable String description,
            @Nullable String expression,
            @Nullable String effect,
            @Nullable Integer approvals,
            @Nullable String message) {}

    record Activation(@Nullable Integer version) {}

    record HitView(String request, Optional<String> decided, String why) {
        static HitView of(PolicyTrial.Hit hit) {
            return new HitView(
                    hit.request().publicId(),
                    hit.decided().map(approved -> approved ? "approved" : "rejected"),
                    hit.why());
        }
    }

    record TrialView(int tried, int holds, List<HitView> requests, List<HitView> noDecision) {}

    private final Policies policies;
    private final PolicyTrial trial;

    PolicyController(Policies policies, PolicyTrial trial) {
        this.policies = policies;
        this.trial = trial;
    }

    @GetMapping("/api/v1/policies")
    Page<PolicyView> list(Person person) {
        person.requireAdmin();
        return Page.whole(policies.all(), PolicyView::of);
    }

    @GetMapping("/api/v1/policies/{name}")
    PolicyView find(Person person, @PathVariable String name) {
        person.requireAdmin();
        return PolicyView.of(policies.find(name));
    }

    /** Saves a version of a new or an existing policy, without activating it. */
    @PostMapping("/api/v1/policies")
    ResponseEntity<PolicyView> save(Person person, @RequestBody NewVersion version) {
        person.requireAdmin();
        Policy saved = policies.save(
                person,
                new Policies.NewVersion(
                        Input.text(version.name()),
                        Input.text(version.description()),
                        Input.text(version.expression()),
                        Input.oneOf("/effect", version.effect(), PolicyEffect::of, EFFECTS),
                        version.approvals() == null ? OptionalInt.empty() : OptionalInt.of(version.approvals()),
                        Input.text(version.message())));
        return ResponseEntity.created(URI.create("/api/v1/policies/" + saved.name()))
                .body(PolicyView.of(saved));
    }

    /** Activates a version; without a version, deactivates the policy. */
    @PostMapping("/api/v1/policies/{name}/activation")
    PolicyView activate(Person person, @PathVariable String name, @RequestBody Activation activation) {
        person.requireAdmin();
        return PolicyView.of(policies.activate(
                person,
                name,
                activation.version() == null ? OptionalInt.empty() : OptionalInt.of(activation.version())));
    }

    @GetMapping("/api/v1/policies/{name}/versions/{version}/trial")
    TrialView trial(Person person, @PathVariable String name, @PathVariable int version) {
        person.requireAdmin();
        PolicyVersion found = policies.find(name).versions().stream()
                .filter(each -> each.version() == version)
                .findFirst()
                .orElseThrow(() -> new NotFound("policy-version", name + "/" + Integer.toString(version)));
        PolicyTrial.Result result = trial.run(person, found);
        return new TrialView(
                result.tried(),
                result.holds().size(),
                result.holds().stream().map(HitView::of).toList(),
                result.noDecision().stream().map(HitView::of).toList());
    }
}
