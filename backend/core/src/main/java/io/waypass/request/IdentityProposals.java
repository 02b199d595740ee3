package io.waypass.request;

import io.waypass.access.Person;
import io.waypass.app.App;
import io.waypass.app.Apps;
import io.waypass.certificate.CertificateFacts;
import io.waypass.certificate.Certificates;
import io.waypass.certificate.ClientCredential;
import io.waypass.certificate.Finding;
import io.waypass.certificate.Judgement;
import io.waypass.certificate.StoredCertificate;
import io.waypass.cluster.Cluster;
import io.waypass.cluster.Clusters;
import io.waypass.destination.Destinations;
import io.waypass.identity.CertificateInspection;
import io.waypass.identity.CertificateRefused;
import io.waypass.identity.IdentityRevisions;
import io.waypass.refusal.Conflict;
import io.waypass.refusal.InputProblem;
import io.waypass.refusal.InvalidInput;
import io.waypass.refusal.NotFound;
import io.waypass.refusal.Reason;
import io.waypass.sealing.Sealer;
import io.waypass.sealing.SealingContext;
import io.waypass.sealing.SealingKeysets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Validates proposals about identities, and stores the proposed revisions with their sealed certificates. */
final class IdentityProposals {

    private final JdbcClient jdbc;
    private final Apps apps;
    private final Destinations destinations;
    private final Clusters clusters;
    private final SealingKeysets sealing;
    private final CertificateInspection inspection;
    private final Certificates certificates;
    private final IdentityRevisions identities;
    private final RequestTransitions transitions;

    IdentityProposals(
            JdbcClient jdbc,
            Apps apps,
            Destinations destinations,
            Clusters clusters,
            SealingKeysets sealing,
            CertificateInspection inspection,
            Certificates certificates,
            IdentityRevisions identities,
            RequestTransitions transitions) {
        this.jdbc = jdbc;
        this.apps = apps;
        this.destinations = destinations;
        this.clusters = clusters;
        this.sealing = sealing;
        this.inspection = inspection;
        this.certificates = certificates;
        this.identities = identities;
        this.transitions = transitions;
    }

    /** Validates a proposal, judges its certificate and seals the key. A refusal names every problem. */
    Proposal propose(Person person, NewRequest.OfIdentity request) {
        List<InputProblem> problems = new ArrayList<>();
        Optional<App> app = app(person, request.app(), problems);
        Optional<Destinations.Entry> entry = destination(request.destination(), app, problems);
        Reason.required(request.reason(), "Say why; who decides reads it.").ifPresent(problems::add);
        return request.kind().bringsCertificate()
                ? withCertificate(person, request, app, entry, problems)
                : withoutCertificate(request, app, entry, problems);
    }

    private Proposal withCertificate(
            Person person,
            NewRequest.OfIdentity request,
            Optional<App> app,
            Optional<Destinations.Entry> entry,
            List<InputProblem> problems) {
        try (Judgement judgement = inspection.judge(person, app, entry, request.certificate())) {
            judgement.errors().forEach(error -> problems.add(inputProblem(error)));
            if (!problems.isEmpty()) {
                throw judgement.errors().isEmpty()
                        ? new InvalidInput(problems)
                        : new CertificateRefused(problems, judgement);
            }
            return sealed(
                    person,
                    request.kind(),
                    app.orElseThrow(),
                    entry.orElseThrow(),
                    judgement.credential().orElseThrow(),
                    judgement.lasting());
        }
    }

    private Proposal withoutCertificate(
            NewRequest.OfIdentity request,
            Optional<App> app,
            Optional<Destinations.Entry> entry,
            List<InputProblem> problems) {
        if (!request.certificate().isNothing()) {
            problems.add(new InputProblem(
                    "/certificate",
                    "certificate.not-taken",
                    request.kind() == RequestKind.REFRESH
                            ? "A refresh goes on with the certificate that is in use. Leave the certificate out, or ask for"
                                    + " rotate-certificate."
                            : "A retirement takes no certificate. Leave it out."));
        }
        InvalidInput.throwIfAny(problems);
        return new IdentityProposal(request.kind(), app.orElseThrow(), entry.orElseThrow(), identity -> {
            Optional<StoredCertificate> kept =
                    request.kind() == RequestKind.REFRESH ? certificates.applied(identity) : Optional.empty();
            return new Brought(kept.map(StoredCertificate::id), kept.map(StoredCertificate::facts));
        });
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
                            : "There is no app “" + InputProblem.quotable(id)
                                    + "” of your teams. Register it first, or choose another."));
        }
        return Optional.empty();
    }

    private Optional<Destinations.Entry> destination(String slug, Optional<App> app, List<InputProblem> problems) {
        Optional<Destinations.Entry> entry = destinations.entry(slug);
        if (entry.isEmpty()) {
            problems.add(new InputProblem(
                    "/destination",
                    "destination.unknown",
                    slug.isBlank()
                            ? "Choose the destination that the app shall call."
                            : "The catalogue has no destination “" + InputProblem.quotable(slug)
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

    private Proposal sealed(
            Person person,
            RequestKind kind,
            App app,
            Destinations.Entry entry,
            ClientCredential credential,
            List<Finding> warnings) {
        Cluster cluster = clusters.find(app.cluster()).orElseThrow();
        Sealer sealer = sealing.sealer(cluster)
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
        return new IdentityProposal(kind, app, entry, identity -> {
            stillUnused(app, entry, credential.facts().fingerprint());
            return new Brought(
                    Optional.of(certificates.add(identity, credential, warnings, sealed, person.subject())),
                    Optional.of(credential.facts()));
        });
    }

    /** The certificate of a proposal; empty for a retirement. */
    private record Brought(Optional<Long> certificateId, Optional<CertificateFacts> facts) {}

    private final class IdentityProposal implements Proposal {

        private final RequestKind kind;
        private final App app;
        private final Destinations.Entry entry;
        private final LongFunction<Brought> bringing;

        IdentityProposal(RequestKind kind, App app, Destinations.Entry entry, LongFunction<Brought> bringing) {
            this.kind = kind;
            this.app = app;
            this.entry = entry;
            this.bringing = bringing;
        }

        @Override
        public String cluster() {
            return app.cluster();
        }

        @Override
        public Optional<Long> teamId() {
            return Optional.of(app.teamId());
        }

        @Override
        public Added add() {
            stillThere(app, entry);
            long identityId = identity(app, entry, kind);
            Brought brought = bringing.apply(identityId);
            int revision = identities.add(identityId, brought.certificateId());
            Map<String, String> facts = new LinkedHashMap<>();
            facts.put("app", app.namespace() + "/" + app.name());
            facts.put("destination", entry.destination().slug());
            brought.facts().ifPresent(of -> {
                facts.put("subject", of.subject());
                facts.put("fingerprint", of.fingerprint());
            });
            return new Added(
                    identityId,
                    revision,
                    facts,
                    List.of(
                            app.publicId(),
                            entry.destination().slug(),
                            brought.facts().map(CertificateFacts::fingerprint).orElse("")));
        }

        @Override
        public Optional<Conflict> conflict(String constraint) {
            return constraint.equals("request_one_open_per_resource")
                    ? Optional.of(alreadyOpen(app, entry))
                    : Optional.empty();
        }
    }

    /** Locks app and destination until the commit, so that a concurrent removal waits and finds the request, or has come first. */
    private void stillThere(App app, Destinations.Entry entry) {
        boolean there = jdbc.sql("""
                select true from app a, destination d
                where a.id = :app and d.id = :destination and a.removed_at is null and d.removed_at is null for share
                """)
                .param("app", app.id())
                .param("destination", entry.destination().id())
                .query(Boolean.class)
                .optional()
                .orElse(false);
        if (!there) {
            throw new Conflict(
                    "request.removed-meanwhile",
                    "It was removed a moment ago",
                    app.name() + " or " + entry.destination().slug()
                            + " was removed while you asked for it. Nothing was stored.");
        }
    }

    /** Checks again that no other identity uses the certificate: two requests may have submitted it at the same moment. */
    private void stillUnused(App app, Destinations.Entry entry, String fingerprint) {
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

    /** Finds the identity, or creates it for its first request. */
    private long identity(App app, Destinations.Entry entry, RequestKind kind) {
        Optional<IdentityRevisions.Standing> known =
                identities.lock(app.id(), entry.destination().id());
        boolean desired = known.filter(IdentityRevisions.Standing::desired).isPresent();
        boolean applied = known.filter(IdentityRevisions.Standing::applied).isPresent();
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
        if (kind == RequestKind.RETIRE_IDENTITY && !desired && !applied) {
            throw new Conflict(
                    "identity.missing",
                    "There is nothing to retire",
                    app.name() + " has no identity at " + entry.destination().slug() + ": none was approved, or it is"
                            + " retired already.");
        }
        if (kind == RequestKind.REFRESH && applied && !known.orElseThrow().settled()) {
            // a refresh repeats the desired certificate, which another revision may replace at any moment
            throw new Conflict(
                    "identity.not-settled",
                    "A newer revision is on its way",
                    "What was approved last for " + app.name() + " at "
                            + entry.destination().slug() + " is not applied yet. Wait until it is, then ask again.");
        }
        if (kind == RequestKind.REFRESH && !applied) {
            throw new Conflict(
                    "identity.not-applied",
                    "There is nothing to refresh",
                    "Nothing is applied for " + app.name() + " at "
                            + entry.destination().slug() + ", so there is nothing to render anew.");
        }
        if (known.isPresent() && transitions.anotherIsOpen(known.get().id(), 0)) {
            throw alreadyOpen(app, entry);
        }
        return known.map(IdentityRevisions.Standing::id).orElseGet(() -> identities.create(app, entry));
    }

    private Conflict alreadyOpen(App app, Destinations.Entry entry) {
        String open = jdbc.sql("""
                select r.public_id from request r join identity i on i.id = r.resource_id
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
}
