package io.waypass.request;

import io.waypass.access.Person;
import io.waypass.app.Principal;
import io.waypass.certificate.Certificates;
import io.waypass.database.Rows;
import io.waypass.destination.Destinations;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Requests about identities: creation, rotation of the certificate, refresh and retirement, which teams propose. */
final class IdentityType implements ResourceType<NewRequest.OfIdentity> {

    private record Described(long requestId, RequestSubject subject) {}

    private record Revision(long destinationId, Optional<Long> certificateId) {}

    private final JdbcClient jdbc;
    private final Destinations destinations;
    private final Certificates certificates;
    private final IdentityProposals proposals;

    IdentityType(JdbcClient jdbc, Destinations destinations, Certificates certificates, IdentityProposals proposals) {
        this.jdbc = jdbc;
        this.destinations = destinations;
        this.certificates = certificates;
        this.proposals = proposals;
    }

    @Override
    public Proposal propose(Person person, NewRequest.OfIdentity request) {
        return proposals.propose(person, request);
    }

    @Override
    public Map<Long, RequestSubject> subjects(Collection<Proposed> requests) {
        return jdbc
                .sql("""
                select r.id, rs.public_id as identity, c.trust_domain, a.public_id as app_id, a.name as app, a.namespace, a.service_account,
                    d.slug as destination, d.host, ce.subject, ce.not_after,
                    case when r.revision = rs.applied_revision then null else i.in_use_until end as in_use_until
                from request r
                join resource rs on rs.id = r.resource_id
                join cluster c on c.id = rs.cluster_id
                join identity i on i.id = r.resource_id
                join identity_revision v on v.resource_id = r.resource_id and v.revision = r.revision
                join app a on a.id = i.app_id
                join destination d on d.id = i.destination_id
                left join certificate ce on ce.id = v.certificate_id
                where r.id = any(:requests)
                """)
                .param("requests", requests.stream().map(Proposed::requestId).toArray(Long[]::new))
                .query((row, _) -> new Described(row.getLong("id"), subject(row)))
                .list()
                .stream()
                .collect(Collectors.toMap(Described::requestId, Described::subject));
    }

    private static RequestSubject subject(ResultSet row) throws SQLException {
        return new RequestSubject.OfIdentity(
                row.getString("identity"),
                row.getString("app_id"),
                row.getString("app"),
                new Principal(
                        row.getString("trust_domain"), row.getString("namespace"), row.getString("service_account")),
                row.getString("destination"),
                row.getString("host"),
                Optional.ofNullable(row.getString("subject")),
                Rows.optionalInstant(row, "not_after"),
                Rows.optionalInstant(row, "in_use_until"));
    }

    @Override
    public RequestContent content(Proposed request) {
        Revision revision = jdbc.sql("""
                select i.destination_id, v.certificate_id from identity i join identity_revision v on v.resource_id = i.id
                where i.id = :identity and v.revision = :revision
                """)
                .param("identity", request.resourceId())
                .param("revision", request.revision())
                .query((row, _) -> new Revision(
                        row.getLong("destination_id"),
                        Optional.ofNullable(row.getObject("certificate_id", Long.class))))
                .single();
        Destinations.Entry entry = destinations.entry(revision.destinationId());
        return new RequestContent.OfIdentity(
                entry.destination(),
                entry.gateway(),
                revision.certificateId().flatMap(certificates::find),
                request.kind() == RequestKind.CREATE_IDENTITY
                        ? Optional.empty()
                        : certificates.presentedUntil(request.requestId()));
    }
}
