package io.waypass.request;

import io.waypass.access.Person;
import io.waypass.access.PublicIds;
import io.waypass.audit.AuditTrail;
import io.waypass.database.Rows;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Submits requests of every kind. The revision, the request, the audit row and the planning task commit together. A refusal names every
 * problem, and nothing is stored then.
 */
public final class RequestSubmission {

    private final TransactionOperations transactions;
    private final ResourceType.Registry types;
    private final RequestTransitions transitions;
    private final PublicIds ids;

    public RequestSubmission(
            TransactionOperations transactions,
            ResourceType.Registry types,
            RequestTransitions transitions,
            PublicIds ids) {
        this.transactions = transactions;
        this.types = types;
        this.transitions = transitions;
        this.ids = ids;
    }

    /**
     * Submits a request.
     *
     * @param person a member of the app's team for a request about an identity; a platform admin otherwise
     * @return public id of the request
     * @throws io.waypass.identity.CertificateRefused if the certificate, and perhaps more, is not valid
     * @throws io.waypass.refusal.Refusal if something else is not valid
     */
    public String submit(Person person, NewRequest request) {
        Proposal proposal = types.propose(person, request);
        String publicId = ids.next("req");
        try {
            transactions.executeWithoutResult(_ -> store(person, request, proposal, publicId));
        } catch (DataIntegrityViolationException e) {
            throw proposal.conflict(Rows.constraint(e))
                    .<RuntimeException>map(conflict -> conflict)
                    .orElse(e);
        }
        return publicId;
    }

    private void store(Person person, NewRequest request, Proposal proposal, String publicId) {
        Proposal.Added added = proposal.add();
        String kind = request.kind().value();
        String reason = request.reason().strip();
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("kind", kind);
        facts.putAll(added.facts());
        List<Object> digested = new ArrayList<>(added.digested());
        digested.addFirst(kind);
        digested.addLast(reason);
        AuditTrail.Fact fact = AuditTrail.Fact.of(person.subject(), "request.submitted", publicId)
                .ofRequest(publicId)
                .with(facts)
                .digests(Optional.empty(), Optional.of(AuditTrail.digest(digested.toArray())));
        transitions.submit(
                new RequestTransitions.Submitted(
                        publicId,
                        request.kind(),
                        added.resourceId(),
                        added.revision(),
                        proposal.cluster(),
                        proposal.teamId(),
                        reason,
                        person.subject()),
                proposal.teamId().map(fact::ofTeam).orElse(fact));
    }
}
