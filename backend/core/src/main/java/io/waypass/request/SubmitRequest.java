package io.waypass.request;

import io.waypass.access.Person;
import io.waypass.access.PublicIds;
import io.waypass.app.App;
import io.waypass.app.Apps;
import io.waypass.audit.AuditTrail;
import io.waypass.certificate.Certificates;
import io.waypass.certificate.ClientCredential;
import io.waypass.certificate.Finding;
import io.waypass.certificate.Judgement;
import io.waypass.database.Rows;
import io.waypass.destination.Catalogue;
import io.waypass.directory.Cluster;
import io.waypass.directory.Directory;
import io.waypass.refusal.Conflict;
import io.waypass.refusal.InputProblem;
import io.waypass.refusal.InvalidInput;
import io.waypass.refusal.NotFound;
import io.waypass.sealing.Sealer;
import io.waypass.sealing.SealingContext;
import io.waypass.work.WorkQueue;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/**
 * A team asks. Everything wrong is said at once and nothing is stored then; else sealed certificate, request, audit row
 * and planning task commit together.
 */
public final class SubmitRequest {

    private final JdbcClient jdbc;
    private final TransactionOperations transactions;
    private final Apps apps;
    private final Catalogue catalogue;
    private final Directory directory;
    private final InspectCertificate inspection;
    private final Certificates certificates;
    private final WorkQueue work;
    private final PublicIds ids;
    private final AuditTrail audit;
    private final Clock clock;

    /**
     * Makes the use case.
     *
     * @param jdbc the portal's database
     * @param transactions for the one write
     * @param apps knows the app
     * @param catalogue knows the destination
     * @param directory knows the cluster and what seals for it
     * @param inspection judges the certificate
     * @param certificates keeps it
     * @param work hands over to the applier
     * @param ids for public ids
     * @param audit the trail
     * @param clock tells when
     */
    public SubmitRequest(
            JdbcClient jdbc,
            TransactionOperations transactions,
            Apps apps,
            Catalogue catalogue,
            Directory directory,
            InspectCertificate inspection,
            Certificates certificates,
            WorkQueue work,
            PublicIds ids,
            AuditTrail audit,
            Clock clock) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.apps = apps;
        this.catalogue = catalogue;
        this.directory = directory;
        this.inspection = inspection;
        this.certificates = certificates;
        this.work = work;
        this.ids = ids;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * Submits a request.
     *
     * @param person a member of the app's team
     * @param request what is asked for
     * @return the request's public id
     * @throws CertificateRefused if the certificate, and perhaps more, is wrong
     * @throws io.waypass.refusal.Refusal if something else stands in the way
     */
    public String submit(Person person, NewRequest request) {
        List<InputProblem> problems = new ArrayList<>();
        Optional<App> app = app(person, request.app(), problems);
        Optional<Catalogue.Entry> entry = destination(request.destination(), app, problems);
        Reason.required(request.reason(), "Say why the app needs this; the approver reads it.")
                .ifPresent(problems::add);
        if (request.kind() != RequestKind.CREATE_IDENTITY && request.kind() != RequestKind.ROTATE_CERTIFICATE) {
            problems.add(new InputProblem(
                    "/kind",
                    "kind.unsupported",
                    "This version takes create-identity and rotate-certificate. Retiring comes later."));
        }
        try (Judgement judgement = inspection.judge(person, app, entry, request.certificate())) {
            judgement.errors().forEach(error -> problems.add(inputProblem(error)));
            if (!problems.isEmpty()) {
                throw judgement.errors().isEmpty()
                        ? new InvalidInput(problems)
                        : new CertificateRefused(problems, judgement);
            }
            return store(
                    person,
                    request,
                    app.orElseThrow(),
                    entry.orElseThrow(),
                    judgement.credential().orElseThrow(),
                    judgement.lasting());
        }
    }

    private Optional<App> app(Person person, String id, List<InputProblem> problems) {
        try {
            App app = apps.find(person, id);
            if (person.memberOf(app.team())) {
                return Optional.of(app);
            }
            problems.add(new InputProblem(
                    "/app",
                    "app.not-yours",
                    "The app " + app.name() + " belongs to team " + app.team() + "; only its members ask for it."));
        } catch (NotFound _) {
            problems.add(new InputProblem(
                    "/app",
                    "app.unknown",
                    id.isBlank()
                            ? "Choose the app that shall present the certificate."
                            : "There is no app “" + shown(id)
                                    + "” of your teams. Register it first, or choose another."));
        }
        return Optional.empty();
    }

    private Optional<Catalogue.Entry> destination(String slug, Optional<App> app, List<InputProblem> problems) {
        Optional<Catalogue.Entry> entry = catalogue.entry(slug);
        if (entry.isEmpty()) {
            problems.add(new InputProblem(
                    "/destination",
                    "destination.unknown",
                    slug.isBlank()
                            ? "Choose the destination that the app shall call."
                            : "The catalogue has no destination “" + shown(slug)
                                    + "”. Choose one of those listed, or ask a platform admin to add it."));
        } else if (app.isPresent() && !app.get().cluster().equals(entry.get().cluster())) {
            problems.add(new InputProblem(
                    "/destination",
                    "destination.other-cluster",
                    "The gateway to " + slug + " is in cluster " + entry.get().cluster() + ", but "
                            + app.get().name() + " runs in " + app.get().cluster()
                            + ". Choose a destination of that cluster."));
        }
        return entry;
    }

    private static InputProblem inputProblem(Finding finding) {
        return new InputProblem("/certificate/" + finding.part(), finding.code(), finding.message());
    }

    private String store(
            Person person,
            NewRequest request,
            App app,
            Catalogue.Entry entry,
            ClientCredential credential,
            List<Finding> warnings) {
        Cluster cluster = directory.cluster(app.cluster()).orElseThrow();
        Sealer sealer = directory
                .sealer(cluster)
                .orElseThrow(() -> new Conflict(
                        "cluster.no-sealing-key",
                        "The cluster is not ready",
                        "The applier of cluster " + cluster.name() + " has not started yet, so there is no key to seal"
                                + " yours with. Nothing was stored. Try again later, or tell a platform admin."));
        byte[] sealed = sealer.seal(
                credential.key().pkcs8(),
                new SealingContext(
                        cluster.name(),
                        app.namespace(),
                        app.name(),
                        entry.destination().slug(),
                        credential.facts().fingerprint()));
        String publicId = ids.next("req");
        try {
            transactions.executeWithoutResult(_ -> {
                stillUnused(app, entry, credential.facts().fingerprint());
                long identityId = identity(app, entry, request.kind());
                long certificateId = certificates.add(identityId, credential, warnings, sealed, person.subject());
                insert(person, request, app, publicId, identityId, certificateId);
                audit.append(AuditTrail.Fact.of(person.subject(), "request.submitted", publicId)
                        .about(app.teamId(), publicId)
                        .with(Map.of(
                                "kind", request.kind().value(),
                                "app", app.namespace() + "/" + app.name(),
                                "destination", entry.destination().slug(),
                                "subject", credential.facts().subject(),
                                "fingerprint", credential.facts().fingerprint()))
                        .digests(
                                Optional.empty(),
                                Optional.of(AuditTrail.digest(
                                        request.kind().value(),
                                        app.publicId(),
                                        entry.destination().slug(),
                                        credential.facts().fingerprint(),
                                        request.reason().strip()))));
                work.plan(cluster.name(), publicId, "first");
            });
        } catch (DuplicateKeyException e) {
            if (Rows.constraint(e).equals("request_one_open_per_identity")) {
                throw alreadyOpen(app, entry);
            }
            throw e;
        }
        return publicId;
    }

    /** Two may have handed in the same certificate at the same moment, and both been told that nobody uses it. */
    private void stillUnused(App app, Catalogue.Entry entry, String fingerprint) {
        certificates.lock(fingerprint);
        if (certificates
                .usedElsewhere(fingerprint, app.id(), entry.destination().id())
                .isPresent()) {
            throw new Conflict(
                    "duplicate",
                    "The certificate is in use already",
                    "Another identity was asked for with this certificate a moment ago. Each needs its own. Nothing was"
                            + " stored.");
        }
    }

    /** Finds or makes the identity; one transaction at a time per app, since the first identity gets the guide's Secret name. */
    private long identity(App app, Catalogue.Entry entry, RequestKind kind) {
        jdbc.sql("select pg_advisory_xact_lock(7092148, cast(:app as integer))")
                .param("app", app.id())
                .query((_, _) -> app)
                .single();
        record Known(long id, boolean desired) {}
        Optional<Known> known = jdbc.sql("""
                select id, desired_revision is not null as desired from identity where app_id = :app and destination_id = :destination
                """)
                .param("app", app.id())
                .param("destination", entry.destination().id())
                .query((row, _) -> new Known(row.getLong("id"), row.getBoolean("desired")))
                .optional();
        boolean desired = known.filter(Known::desired).isPresent();
        if (kind == RequestKind.CREATE_IDENTITY && desired) {
            throw new Conflict(
                    "identity.exists",
                    "This identity exists",
                    app.name() + " has an identity at " + entry.destination().slug()
                            + " already. To give it a new certificate, ask for rotate-certificate.");
        }
        if (kind == RequestKind.ROTATE_CERTIFICATE && !desired) {
            throw new Conflict(
                    "identity.missing",
                    "There is nothing to rotate",
                    app.name() + " has no identity at " + entry.destination().slug()
                            + " yet. Ask for create-identity first.");
        }
        return known.map(Known::id).orElseGet(() -> {
            boolean first = jdbc.sql("select not exists (select 1 from identity where app_id = :app)")
                    .param("app", app.id())
                    .query(Boolean.class)
                    .single();
            String secretName = first
                    ? app.name() + "-client-mtls-secret"
                    : app.name() + "." + entry.destination().slug() + "-client-mtls-secret";
            return jdbc.sql("""
                    insert into identity (public_id, app_id, destination_id, secret_name, created_at)
                    values (:id, :app, :destination, :secret, :now) returning id
                    """)
                    .param("id", ids.next("idn"))
                    .param("app", app.id())
                    .param("destination", entry.destination().id())
                    .param("secret", secretName)
                    .param("now", Rows.timestamp(clock.instant()))
                    .query(Long.class)
                    .single();
        });
    }

    private void insert(
            Person person, NewRequest request, App app, String publicId, long identityId, long certificateId) {
        jdbc.sql("""
                insert into request (public_id, kind, identity_id, team_id, revision, certificate_id, reason, requested_by, requested_at,
                    status_changed_at)
                values (:id, :kind, :identity, :team, (select coalesce(max(revision), 0) + 1 from request where identity_id = :identity),
                    :certificate, :reason, :by, :now, :now)
                """)
                .param("id", publicId)
                .param("kind", request.kind().value())
                .param("identity", identityId)
                .param("team", app.teamId())
                .param("certificate", certificateId)
                .param("reason", request.reason().strip())
                .param("by", person.subject())
                .param("now", Rows.timestamp(clock.instant()))
                .update();
    }

    private Conflict alreadyOpen(App app, Catalogue.Entry entry) {
        String open = jdbc.sql("""
                select r.public_id from request r join identity i on i.id = r.identity_id
                where i.app_id = :app and i.destination_id = :destination and r.status in ('planning', 'pending', 'approved', 'applying')
                """)
                .param("app", app.id())
                .param("destination", entry.destination().id())
                .query(String.class)
                .optional()
                .orElse("another one");
        return new Conflict(
                "request.already-open",
                "A request is open already",
                "For " + app.name() + " at " + entry.destination().slug() + " the request " + open
                        + " is still open. Wait for its decision, or withdraw it first. Nothing was stored.");
    }

    private static String shown(String value) {
        if (value.contains("PRIVATE KEY")) {
            return "…";
        }
        return value.length() > 80 ? value.substring(0, 80) + "…" : value;
    }
}
