package io.waypass.policy;

import io.waypass.access.Person;
import io.waypass.access.PublicIds;
import io.waypass.audit.AuditTrail;
import io.waypass.cluster.KubernetesNames;
import io.waypass.database.Rows;
import io.waypass.policy.Ruling.Outcome;
import io.waypass.policy.Ruling.Result;
import io.waypass.refusal.Conflict;
import io.waypass.refusal.InputProblem;
import io.waypass.refusal.InvalidInput;
import io.waypass.refusal.NotFound;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Repository and evaluator of policies. Platform admins write them; an expression is checked when it is saved. At most
 * one version of a policy is active. Saving adds a version and activates nothing.
 */
public final class Policies {

    private static final int MAX_TEXT = 500;

    /**
     * A version to save.
     *
     * @param name of the policy, DNS label; an unknown name creates a policy
     * @param description for people
     * @param expression in CEL
     * @param effect what the policy does where the expression holds
     * @param approvals number of people that must approve; empty unless the effect requires approvals
     * @param message text of a denial for the team; blank unless the effect denies
     */
    public record NewVersion(
            String name,
            String description,
            String expression,
            PolicyEffect effect,
            OptionalInt approvals,
            String message) {}

    private static final String VERSION = """
            select v.id, p.public_id, p.name, p.active_version, v.version, v.description, v.expression, v.effect, v.approvals, v.message,
                v.created_by as author, person.display_name as created_by, v.created_at
            from policy p join policy_version v on v.policy_id = p.id left join person on person.subject = v.created_by
            """;

    private final JdbcClient jdbc;
    private final TransactionOperations transactions;
    private final PolicyLanguage language;
    private final PublicIds ids;
    private final AuditTrail audit;
    private final Clock clock;
    private final Map<Long, PolicyLanguage.Rule> rules = new ConcurrentHashMap<>();

    public Policies(
            JdbcClient jdbc,
            TransactionOperations transactions,
            PolicyLanguage language,
            PublicIds ids,
            AuditTrail audit,
            Clock clock) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.language = language;
        this.ids = ids;
        this.audit = audit;
        this.clock = clock;
    }

    /** {@return every policy, by name} */
    public List<Policy> all() {
        return policies("order by p.name, v.version desc", "");
    }

    /**
     * Finds a policy with all its versions.
     *
     * @throws NotFound if there is none
     */
    public Policy find(String name) {
        List<Policy> found = policies("where p.name = :name order by v.version desc", name);
        if (found.isEmpty()) {
            throw new NotFound("policy", name);
        }
        return found.getFirst();
    }

    /**
     * Saves a version without activating it.
     *
     * @param person a platform admin
     * @throws io.waypass.refusal.Refusal if the person may not, or the expression has faults
     */
    public Policy save(Person person, NewVersion version) {
        person.requireAdmin();
        List<InputProblem> problems = problems(version);
        if (!problems.isEmpty()) {
            throw new InvalidInput(problems);
        }
        try {
            return transactions.execute(_ -> {
                jdbc.sql("""
                        insert into policy (public_id, name, created_at) values (:id, :name, :now) on conflict (name) do nothing
                        """)
                        .param("id", ids.next("pol"))
                        .param("name", version.name())
                        .param("now", Rows.timestamp(clock.instant()))
                        .update();
                Optional<PolicyVersion> before =
                        policies("where p.name = :name order by v.version desc", version.name()).stream()
                                .findFirst()
                                .map(Policy::latest);
                jdbc.sql("""
                        insert into policy_version (policy_id, version, description, expression, effect, approvals, message, created_by,
                            created_at)
                        select p.id, coalesce((select max(version) from policy_version where policy_id = p.id), 0) + 1, :description,
                            :expression, :effect, :approvals, :message, :by, :now
                        from policy p where p.name = :name
                        """)
                        .param("name", version.name())
                        .param("description", version.description().strip())
                        .param("expression", version.expression().strip())
                        .param("effect", version.effect().value())
                        .param(
                                "approvals",
                                version.approvals().isPresent()
                                        ? version.approvals().getAsInt()
                                        : null)
                        .param(
                                "message",
                                version.message().isBlank()
                                        ? null
                                        : version.message().strip())
                        .param("by", person.subject())
                        .param("now", Rows.timestamp(clock.instant()))
                        .update();
                Policy saved = find(version.name());
                audit.append(AuditTrail.Fact.of(person.subject(), "policy.saved", saved.name())
                        .with(Map.of("version", Integer.toString(saved.latest().version())))
                        .digests(before.map(Policies::digest), Optional.of(digest(saved.latest()))));
                return saved;
            });
        } catch (DuplicateKeyException e) {
            throw new Conflict(
                    "policy.changed",
                    "The policy has changed",
                    "Somebody else saved a version of " + version.name()
                            + " at the same moment. Read it, then save yours" + " again.");
        }
    }

    /**
     * Activates a version, or deactivates the policy. Policies are evaluated again for plans that wait for a decision.
     *
     * @param person a platform admin
     * @param name of the policy
     * @param version the version to activate; empty to deactivate the policy
     * @throws io.waypass.refusal.Refusal if the person may not, or the version is not valid
     */
    public Policy activate(Person person, String name, OptionalInt version) {
        person.requireAdmin();
        return transactions.execute(_ -> {
            // evaluation of a plan locks this row, so no plan sees half of a change
            jdbc.sql("update policy_set set version = version + 1").update();
            Policy policy = find(name);
            Optional<PolicyVersion> next = policy.versions().stream()
                    .filter(each -> version.isPresent() && each.version() == version.getAsInt())
                    .findFirst();
            if (version.isPresent() && next.isEmpty()) {
                throw new NotFound("policy-version", name + "/" + Integer.toString(version.getAsInt()));
            }
            jdbc.sql("update policy set active_version = :version where name = :name")
                    .param("version", next.map(PolicyVersion::version).orElse(null))
                    .param("name", name)
                    .update();
            audit.append(AuditTrail.Fact.of(
                            person.subject(), next.isPresent() ? "policy.switched-on" : "policy.switched-off", name)
                    .with(next.map(each -> Map.of("version", Integer.toString(each.version())))
                            .orElse(Map.of()))
                    .digests(policy.active().map(Policies::digest), next.map(Policies::digest)));
            jdbc.sql("select pg_notify('waypass_pending', '')")
                    .query((_, _) -> name)
                    .list();
            return find(name);
        });
    }

    /**
     * Validates a version.
     *
     * @return all problems at once, with pointers into the version; empty if it can be saved
     */
    public List<InputProblem> problems(NewVersion version) {
        List<InputProblem> problems = new ArrayList<>();
        KubernetesNames.label("/name", "policy's name", version.name()).ifPresent(problems::add);
        text("/description", "description", version.description(), problems);
        if (version.description().isBlank()) {
            problems.add(new InputProblem(
                    "/description",
                    "description.missing",
                    "Say in a sentence what the policy is for; it stands beside its decisions."));
        }
        if (version.expression().isBlank()) {
            problems.add(new InputProblem(
                    "/expression",
                    "expression.missing",
                    "Write when the policy applies, such as certificate.lifetimeDays > 398."));
        } else {
            language.faults(version.expression())
                    .forEach(fault ->
                            problems.add(new InputProblem("/expression", "expression.invalid", fault.sentence())));
        }
        boolean asks = version.effect() == PolicyEffect.REQUIRE_APPROVALS;
        if (asks != version.approvals().isPresent()
                || version.approvals().isPresent()
                        && (version.approvals().getAsInt() < 1
                                || version.approvals().getAsInt() > 5)) {
            problems.add(new InputProblem(
                    "/approvals",
                    "approvals.invalid",
                    asks
                            ? "Say how many people have to approve: a number from 1 to 5."
                            : "Only the effect require-approvals asks for a number of approvals. Leave it out."));
        }
        text("/message", "message", version.message(), problems);
        if (version.effect() == PolicyEffect.DENY && version.message().isBlank()) {
            problems.add(new InputProblem(
                    "/message",
                    "message.missing",
                    "Say what the team has to do instead; it reads this as the reason."));
        }
        return problems;
    }

    private static void text(String pointer, String what, String value, List<InputProblem> problems) {
        if (value.length() > MAX_TEXT) {
            problems.add(new InputProblem(
                    pointer,
                    what + ".too-long",
                    "The " + what + " has more than " + MAX_TEXT + " characters. Shorten it."));
        }
    }

    /**
     * Locks the set of active policies until the caller's transaction ends.
     *
     * @return number of changes of the set so far
     */
    public long presentSet() {
        return jdbc.sql("select version from policy_set for share")
                .query(Long.class)
                .single();
    }

    /** Evaluates the active policies, and locks the set until the caller's transaction ends. */
    public Ruling rule(PolicyCase about) {
        long policySet = presentSet();
        List<PolicyVersion> active = jdbc.sql(VERSION + " where v.version = p.active_version order by p.name")
                .query(Policies::version)
                .list();
        return new Ruling(
                policySet,
                active.stream().map(version -> result(version, about)).toList());
    }

    /**
     * Evaluates one version, active or not. People do not approve their own requests, and their rules do not either: if
     * the author of a version is the requester, its approval counts as no decision, and a person has to decide.
     */
    public Result result(PolicyVersion version, PolicyCase about) {
        PolicyLanguage.Answer answer;
        try {
            answer = language.evaluate(
                    rules.computeIfAbsent(version.id(), _ -> language.rule(version.expression())), about);
        } catch (IllegalArgumentException e) {
            // saved with another version of the language
            answer = new PolicyLanguage.Answer.Gave(String.valueOf(e.getMessage()));
        }
        if (answer instanceof PolicyLanguage.Answer.Holds
                && version.effect() == PolicyEffect.APPROVE
                && version.author().equals(Optional.of(about.request().requestedBy()))) {
            answer = new PolicyLanguage.Answer.Gave(
                    "whoever wrote this version asks here, and nobody approves an own request");
        }
        return new Result(
                version.policy(),
                version.version(),
                version.id(),
                version.effect(),
                version.author().orElse(null),
                switch (answer) {
                    case PolicyLanguage.Answer.Holds _ -> Outcome.HOLDS;
                    case PolicyLanguage.Answer.HoldsNot _ -> Outcome.HOLDS_NOT;
                    case PolicyLanguage.Answer.Gave _ -> Outcome.NO_DECISION;
                },
                version.approvals().orElse(0),
                switch (answer) {
                    case PolicyLanguage.Answer.Holds _ -> version.message().orElse("");
                    case PolicyLanguage.Answer.HoldsNot _ -> "";
                    case PolicyLanguage.Answer.Gave gave -> gave.why();
                });
    }

    private List<Policy> policies(String tail, String name) {
        Map<String, List<PolicyVersion>> versions = new LinkedHashMap<>();
        Map<String, String> publicIds = new LinkedHashMap<>();
        Map<String, Integer> active = new LinkedHashMap<>();
        jdbc.sql(VERSION + " " + tail)
                .param("name", name)
                .query((row, number) -> {
                    String policy = row.getString("name");
                    publicIds.put(policy, row.getString("public_id"));
                    active.put(policy, row.getInt("active_version"));
                    return versions.computeIfAbsent(policy, _ -> new ArrayList<>())
                            .add(version(row, number));
                })
                .list();
        return versions.entrySet().stream()
                .map(entry -> new Policy(
                        String.valueOf(publicIds.get(entry.getKey())),
                        entry.getKey(),
                        entry.getValue().stream()
                                .filter(version -> version.version() == active.getOrDefault(entry.getKey(), 0))
                                .findFirst(),
                        entry.getValue()))
                .toList();
    }

    private static PolicyVersion version(ResultSet row, int number) throws SQLException {
        Integer approvals = row.getObject("approvals", Integer.class);
        return new PolicyVersion(
                row.getLong("id"),
                row.getString("name"),
                row.getInt("version"),
                row.getString("description"),
                row.getString("expression"),
                PolicyEffect.of(row.getString("effect")),
                approvals == null ? OptionalInt.empty() : OptionalInt.of(approvals),
                Optional.ofNullable(row.getString("message")),
                Optional.ofNullable(row.getString("author")),
                Optional.ofNullable(row.getString("created_by")),
                Rows.instant(row, "created_at"));
    }

    private static String digest(PolicyVersion version) {
        return AuditTrail.digest(
                version.expression(),
                version.effect().value(),
                version.approvals().toString(),
                version.message().orElse(""));
    }
}
