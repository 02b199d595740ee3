package io.waypass.cluster;

import io.waypass.access.Person;
import io.waypass.access.PublicIds;
import io.waypass.audit.AuditTrail;
import io.waypass.database.Rows;
import io.waypass.database.Slice;
import io.waypass.refusal.Conflict;
import io.waypass.refusal.InputProblem;
import io.waypass.refusal.InvalidInput;
import io.waypass.refusal.NotAllowed;
import io.waypass.refusal.NotFound;
import io.waypass.request.Reason;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Removing orphans: one platform admin asks, another decides on exactly that list of objects, and the applier deletes what is still
 * an orphan. The approval and the applier's task commit together.
 */
public final class Cleanings {

    private static final DateTimeFormatter AT =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);

    private static final String SUMMARY = """
            select cl.id, cl.public_id, c.name as cluster, cl.status, cl.status_message, cl.reason, cl.requested_by,
                pr.display_name as requested_by_name, cl.requested_at, cl.decided_by, pd.display_name as decided_by_name,
                cl.decided_digest, cl.decision_reason, cl.decided_at, cl.finished_at,
                (select count(*) from cleaning_object co where co.cleaning_id = cl.id) as objects
            from cleaning cl
            join cluster c on c.id = cl.cluster_id
            join person pr on pr.subject = cl.requested_by
            left join person pd on pd.subject = cl.decided_by
            """;

    private record Head(CleaningSummary summary, Optional<Cleaning.Verdict> verdict, Optional<Instant> finishedAt) {}

    private final JdbcClient jdbc;
    private final TransactionOperations transactions;
    private final Directory directory;
    private final PublicIds ids;
    private final AuditTrail audit;
    private final Clock clock;

    /**
     * Makes the use case.
     *
     * @param jdbc the portal's database
     * @param transactions for writes
     * @param directory knows clusters
     * @param ids for public ids
     * @param audit the trail
     * @param clock tells when
     */
    public Cleanings(
            JdbcClient jdbc,
            TransactionOperations transactions,
            Directory directory,
            PublicIds ids,
            AuditTrail audit,
            Clock clock) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.directory = directory;
        this.ids = ids;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * Asks for orphans to be deleted.
     *
     * @param person a platform admin
     * @param wanted which, and why
     * @return the cleaning, to be decided by another platform admin
     * @throws io.waypass.refusal.Refusal if it may not be, if one is no orphan (any more), or is asked for already
     */
    public Cleaning request(Person person, NewCleaning wanted) {
        person.requireAdmin();
        refuse(problems(wanted));
        long cluster = directory.cluster(wanted.cluster()).orElseThrow().id();
        refuse(strangers(cluster, wanted));
        taken(cluster, wanted.uids()).ifPresent(other -> {
            throw taken(other);
        });
        try {
            return transactions.execute(_ -> {
                String publicId = ids.next("cln");
                long id = jdbc.sql("""
                        insert into cleaning (public_id, cluster_id, reason, requested_by, requested_at)
                        values (:id, :cluster, :reason, :by, :now) returning id
                        """)
                        .param("id", publicId)
                        .param("cluster", cluster)
                        .param("reason", wanted.reason().strip())
                        .param("by", person.subject())
                        .param("now", Rows.timestamp(clock.instant()))
                        .query(Long.class)
                        .single();
                int listed = jdbc.sql("""
                        insert into cleaning_object (cleaning_id, position, cluster_id, api_version, kind, namespace, name, uid)
                        select :cleaning, row_number() over (order by namespace, kind, name) - 1, cluster_id, api_version, kind, namespace,
                            name, uid
                        from orphan_object where cluster_id = :cluster and uid = any(:uids)
                        """)
                        .param("cleaning", id)
                        .param("cluster", cluster)
                        .param("uids", wanted.uids().toArray(String[]::new))
                        .update();
                if (listed != wanted.uids().size()) {
                    throw changed();
                }
                Cleaning cleaning = find(person, publicId);
                audit.append(fact(person, "cleaning.requested", cleaning)
                        .with(Map.of(
                                "cluster", wanted.cluster(),
                                "objects", Integer.toString(listed),
                                "reason", wanted.reason().strip()))
                        .digests(Optional.empty(), Optional.of(cleaning.digest())));
                return cleaning;
            });
        } catch (DataIntegrityViolationException e) {
            throw switch (Rows.constraint(e)) {
                case "cleaning_object_open_once" ->
                    taken(cluster, wanted.uids()).map(Cleanings::taken).orElseGet(Cleanings::changed);
                case "cleaning_object_guard" -> changed();
                default -> e;
            };
        }
    }

    /**
     * Lists cleanings, newest first.
     *
     * @param person a platform admin
     * @param statuses which are meant
     * @param cluster narrows to one cluster
     * @param cursor where to go on
     * @param limit at most {@link Slice#MAX_LIMIT}
     * @return a part of the list
     * @throws NotAllowed for anybody else
     */
    public Slice<CleaningSummary> list(
            Person person, Set<CleaningStatus> statuses, Optional<String> cluster, Optional<String> cursor, int limit) {
        person.requireAdmin();
        List<CleaningSummary> rows = jdbc.sql(SUMMARY + """
                 where cl.status = any(:statuses) and (cast(:cluster as text) is null or c.name = :cluster) and cl.id < :after
                order by cl.id desc limit :limit
                """)
                .param("statuses", statuses.stream().map(CleaningStatus::value).toArray(String[]::new))
                .param("cluster", cluster.orElse(null))
                .param("after", Slice.after(cursor, Long.MAX_VALUE))
                .param("limit", limit + 1)
                .query((row, _) -> head(row).summary())
                .list();
        return Slice.of(rows, limit, CleaningSummary::id);
    }

    /**
     * How many cleanings a person could decide on.
     *
     * @param person counts those that others asked for; 0 for who is no platform admin
     * @return their number
     */
    public long countWaiting(Person person) {
        return person.admin()
                ? jdbc.sql("select count(*) from cleaning where status = 'pending' and requested_by <> :person")
                        .param("person", person.subject())
                        .query(Long.class)
                        .single()
                : 0;
    }

    /**
     * Shows a cleaning.
     *
     * @param person a platform admin
     * @param publicId {@code cln_…}
     * @return all there is to see
     * @throws io.waypass.refusal.Refusal if there is none or the person may not see it
     */
    public Cleaning find(Person person, String publicId) {
        person.requireAdmin();
        Head head = jdbc.sql(SUMMARY + " where cl.public_id = :id")
                .param("id", publicId)
                .query((row, _) -> head(row))
                .optional()
                .orElseThrow(() -> new NotFound("cleaning", publicId));
        List<CleaningObject> objects = jdbc.sql("""
                select co.position, co.api_version, co.kind, co.namespace, co.name, co.uid, co.outcome, co.message, exists (
                    select 1 from orphan_object o where o.cluster_id = co.cluster_id and o.uid = co.uid
                        and is_orphan(o.cluster_id, o.kind, o.namespace, o.name, o.identity, o.owner)) as orphan
                from cleaning_object co where co.cleaning_id = :id order by co.position
                """)
                .param("id", head.summary().id())
                .query((row, _) -> new CleaningObject(
                        row.getInt("position"),
                        row.getString("api_version"),
                        Orphans.place(row),
                        row.getString("uid"),
                        row.getBoolean("orphan"),
                        Optional.ofNullable(row.getString("outcome")).map(CleaningOutcome::of),
                        Optional.ofNullable(row.getString("message"))))
                .list();
        String digest = jdbc.sql("select cleaning_digest(:id)")
                .param("id", head.summary().id())
                .query(String.class)
                .single();
        return new Cleaning(head.summary(), digest, head.verdict(), head.finishedAt(), objects);
    }

    /**
     * Why a person may not decide on a cleaning, whatever its status; for pages, which then offer no form.
     *
     * @param person who would decide
     * @param cleaning the cleaning
     * @return the refusal, empty if the person may
     */
    public Optional<NotAllowed> objection(Person person, Cleaning cleaning) {
        return person.subject().equals(cleaning.summary().requestedBy())
                ? Optional.of(new NotAllowed(
                        "decision.own-cleaning",
                        "Nobody decides on what they asked for themselves. Another platform admin has to."))
                : Optional.empty();
    }

    /**
     * Approves: the applier deletes the objects of the list that are still orphans.
     *
     * @param person a platform admin who did not ask for it
     * @param publicId {@code cln_…}
     * @param digest of the list that the person saw
     * @param reason why
     * @throws io.waypass.refusal.Refusal if it may not be, if it is about another list, or if somebody was first
     */
    public void approve(Person person, String publicId, String digest, String reason) {
        decide(person, publicId, CleaningStatus.APPROVED, digest, reason);
    }

    /**
     * Rejects.
     *
     * @param person a platform admin who did not ask for it
     * @param publicId {@code cln_…}
     * @param digest of the list that the person saw
     * @param reason why
     * @throws io.waypass.refusal.Refusal if it may not be, if it is about another list, or if somebody was first
     */
    public void reject(Person person, String publicId, String digest, String reason) {
        decide(person, publicId, CleaningStatus.REJECTED, digest, reason);
    }

    private void decide(Person person, String publicId, CleaningStatus verdict, String digest, String reason) {
        objection(person, find(person, publicId)).ifPresent(objection -> {
            throw objection;
        });
        Reason.required(reason, "Give a reason; who asked reads it.").ifPresent(problem -> {
            throw new InvalidInput(List.of(problem));
        });
        transactions.executeWithoutResult(_ -> {
            Cleaning cleaning = locked(person, publicId);
            if (cleaning.summary().status() != CleaningStatus.PENDING) {
                throw new Conflict(
                        "cleaning.not-pending",
                        "This cleaning waits for no decision",
                        standing(cleaning) + " Your decision was not recorded.");
            }
            if (!cleaning.digest().equals(digest)) {
                throw new StaleList(digest, cleaning.digest());
            }
            boolean rejected = verdict == CleaningStatus.REJECTED;
            jdbc.sql("""
                    update cleaning set status = :status, decided_by = :by, decided_digest = :digest, decision_reason = :reason,
                        decided_at = :now, finished_at = case when :rejected then cast(:now as timestamptz) end
                    where id = :id
                    """)
                    .param("status", verdict.value())
                    .param("by", person.subject())
                    .param("digest", digest)
                    .param("reason", reason.strip())
                    .param("rejected", rejected)
                    .param("now", Rows.timestamp(clock.instant()))
                    .param("id", cleaning.summary().id())
                    .update();
            Optional<String> list = Optional.of(cleaning.digest());
            audit.append(fact(person, "cleaning." + verdict.value(), cleaning)
                    .with(Map.of("reason", reason.strip()))
                    .digests(rejected ? list : Optional.empty(), rejected ? Optional.empty() : list));
        });
    }

    /**
     * Takes a cleaning back while nobody has decided.
     *
     * @param person who asked for it
     * @param publicId {@code cln_…}
     * @param reason why; may be blank
     * @throws io.waypass.refusal.Refusal if it may not be
     */
    public void withdraw(Person person, String publicId, String reason) {
        if (!find(person, publicId).summary().requestedBy().equals(person.subject())) {
            throw new NotAllowed(
                    "cleaning.not-yours", "Only who asked for it may withdraw it. You may decide on it instead.");
        }
        Reason.optional(reason).ifPresent(problem -> {
            throw new InvalidInput(List.of(problem));
        });
        transactions.executeWithoutResult(_ -> {
            Cleaning cleaning = locked(person, publicId);
            if (cleaning.summary().status() != CleaningStatus.PENDING) {
                throw new Conflict(
                        "cleaning.decided",
                        "This cleaning can no longer be withdrawn",
                        standing(cleaning) + " Only one that waits for its decision can be withdrawn.");
            }
            jdbc.sql("""
                    update cleaning set status = 'withdrawn', status_message = :reason, finished_at = :now where id = :id
                    """)
                    .param("reason", reason.isBlank() ? null : reason.strip())
                    .param("now", Rows.timestamp(clock.instant()))
                    .param("id", cleaning.summary().id())
                    .update();
            audit.append(fact(person, "cleaning.withdrawn", cleaning)
                    .with(Map.of("reason", reason.strip()))
                    .digests(Optional.of(cleaning.digest()), Optional.empty()));
        });
    }

    /** Of two who decide at once, the second sees what the first did. */
    private Cleaning locked(Person person, String publicId) {
        jdbc.sql("select id from cleaning where public_id = :id for update")
                .param("id", publicId)
                .query(Long.class)
                .list();
        return find(person, publicId);
    }

    private List<InputProblem> problems(NewCleaning wanted) {
        List<InputProblem> problems = new ArrayList<>();
        if (directory.cluster(wanted.cluster()).isEmpty()) {
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
        if (wanted.uids().size() > NewCleaning.MOST_OBJECTS) {
            problems.add(new InputProblem(
                    "/uids",
                    "uids.too-many",
                    "A cleaning has at most " + NewCleaning.MOST_OBJECTS
                            + " objects, so that somebody can read them. Ask for the rest in another one."));
        }
        Reason.required(wanted.reason(), "Say why they should go; who decides reads it.")
                .ifPresent(problems::add);
        return problems;
    }

    private List<InputProblem> strangers(long cluster, NewCleaning wanted) {
        List<String> known = jdbc.sql("""
                select o.uid from orphan_object o where o.cluster_id = :cluster and o.uid = any(:uids)
                    and is_orphan(o.cluster_id, o.kind, o.namespace, o.name, o.identity, o.owner)
                """)
                .param("cluster", cluster)
                .param("uids", wanted.uids().toArray(String[]::new))
                .query(String.class)
                .list();
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

    private Optional<String> taken(long cluster, List<String> uids) {
        return jdbc.sql("""
                select cl.public_id from cleaning_object co join cleaning cl on cl.id = co.cleaning_id
                where co.cluster_id = :cluster and co.uid = any(:uids) and co.open order by cl.id limit 1
                """)
                .param("cluster", cluster)
                .param("uids", uids.toArray(String[]::new))
                .query(String.class)
                .optional();
    }

    private static Conflict taken(String other) {
        return new Conflict(
                "cleaning.already-open",
                "One of the objects is asked for already",
                "The cleaning " + other
                        + " is open and has it on its list. Nothing was recorded. Leave it out, or wait for"
                        + " what becomes of that one.");
    }

    private static Conflict changed() {
        return new Conflict(
                "orphans.changed",
                "The orphans have changed",
                "One of the objects was changed, or belongs to something by now. Nothing was recorded. Read the list again.");
    }

    private static String standing(Cleaning cleaning) {
        String decided = cleaning.verdict()
                .map(verdict -> " " + verdict.byName() + " " + (verdict.approved() ? "approved" : "rejected")
                        + " it at " + AT.format(verdict.at()) + " UTC: “" + verdict.reason() + "”.")
                .orElse("");
        return "It is " + cleaning.summary().status().value() + "." + decided;
    }

    private static AuditTrail.Fact fact(Person person, String action, Cleaning cleaning) {
        return AuditTrail.Fact.of(person.subject(), action, cleaning.summary().publicId());
    }

    private static void refuse(List<InputProblem> problems) {
        if (!problems.isEmpty()) {
            throw new InvalidInput(problems);
        }
    }

    private static Head head(ResultSet row) throws SQLException {
        CleaningStatus status = CleaningStatus.of(row.getString("status"));
        CleaningSummary summary = new CleaningSummary(
                row.getLong("id"),
                row.getString("public_id"),
                row.getString("cluster"),
                status,
                Optional.ofNullable(row.getString("status_message")),
                row.getString("reason"),
                row.getString("requested_by"),
                row.getString("requested_by_name"),
                Rows.instant(row, "requested_at"),
                row.getInt("objects"));
        Optional<Cleaning.Verdict> verdict = row.getString("decided_by") == null
                ? Optional.empty()
                : Optional.of(new Cleaning.Verdict(
                        status != CleaningStatus.REJECTED,
                        row.getString("decided_digest"),
                        row.getString("decided_by"),
                        row.getString("decided_by_name"),
                        row.getString("decision_reason"),
                        Rows.instant(row, "decided_at")));
        return new Head(summary, verdict, Rows.optionalInstant(row, "finished_at"));
    }
}
