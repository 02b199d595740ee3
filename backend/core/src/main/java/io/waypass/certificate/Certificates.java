package io.waypass.certificate;

import io.waypass.access.PublicIds;
import io.waypass.database.Rows;
import io.waypass.fingerprint.CertificateFingerprints;
import io.waypass.fingerprint.Fingerprints;
import io.waypass.sealing.SealingContext;
import io.waypass.sealing.SealingKeyId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Repository of client credential versions and their sealed keys. Only an applier may read sealed keys. */
public final class Certificates {

    private final JdbcClient jdbc;
    private final JsonMapper json;
    private final PublicIds ids;
    private final Clock clock;

    public Certificates(JdbcClient jdbc, JsonMapper json, PublicIds ids, Clock clock) {
        this.jdbc = jdbc;
        this.json = json;
        this.ids = ids;
        this.clock = clock;
    }

    /**
     * Stores a new version, inside the caller's transaction.
     *
     * @param findings warnings and notes, which stay on the version
     * @param uploadedBy subject of the person
     * @return key of the row
     */
    public long add(
            long identityId, ClientCredential credential, List<Finding> findings, byte[] sealedKey, String uploadedBy) {
        CertificateFacts facts = credential.facts();
        long id = jdbc.sql("""
                insert into certificate (public_id, identity_id, version, chain_pem, ca_bundle_pem, subject, issuer, sans, serial, not_before,
                    not_after, key_algorithm, signature_algorithm, fingerprint_sha256, public_key_sha256, chain_subjects, ca_subjects,
                    findings, uploaded_by, uploaded_at)
                values (:publicId, :identity, (select coalesce(max(version), 0) + 1 from certificate where identity_id = :identity), :chain,
                    :ca, :subject, :issuer, :sans, :serial, :notBefore, :notAfter, :keyAlgorithm, :signatureAlgorithm, :fingerprint,
                    :publicKey, :chainSubjects, :caSubjects, cast(:findings as jsonb), :by, :now)
                returning id
                """)
                .param("publicId", ids.next("crt"))
                .param("identity", identityId)
                .param("chain", credential.chainPem())
                .param("ca", credential.caBundlePem())
                .param("subject", facts.subject())
                .param("issuer", facts.issuer())
                .param("sans", facts.sans().toArray(String[]::new))
                .param("serial", facts.serial())
                .param("notBefore", Rows.timestamp(facts.notBefore()))
                .param("notAfter", Rows.timestamp(facts.notAfter()))
                .param("keyAlgorithm", facts.keyAlgorithm())
                .param("signatureAlgorithm", facts.signatureAlgorithm())
                .param("fingerprint", facts.fingerprint())
                .param("publicKey", credential.fingerprints().publicKey())
                .param("chainSubjects", facts.chainSubjects().toArray(String[]::new))
                .param("caSubjects", facts.caSubjects().toArray(String[]::new))
                .param("findings", json.writeValueAsString(findings))
                .param("by", uploadedBy)
                .param("now", Rows.timestamp(clock.instant()))
                .query(Long.class)
                .single();
        jdbc.sql("insert into sealed_key (certificate_id, ciphertext, sealed_at) values (:id, :sealed, :now)")
                .param("id", id)
                .param("sealed", sealedKey)
                .param("now", Rows.timestamp(clock.instant()))
                .update();
        return id;
    }

    public Optional<StoredCertificate> find(long id) {
        return jdbc.sql("select * from certificate where id = :id")
                .param("id", id)
                .query(this::certificate)
                .optional();
    }

    /** {@return the versions that exist, in no particular order} */
    public List<StoredCertificate> find(List<Long> ids) {
        return jdbc.sql("select * from certificate where id = any(:ids)")
                .param("ids", ids.toArray(Long[]::new))
                .query(this::certificate)
                .list();
    }

    /**
     * Finds the certificate that an identity presents until a request is applied: that of the newest earlier revision
     * that was approved; none if nothing was approved before.
     *
     * @param requestId key of the request's row
     */
    public Optional<StoredCertificate> presentedUntil(long requestId) {
        return jdbc.sql("""
                select c.* from request own join request r on r.resource_id = own.resource_id and r.revision < own.revision
                join identity_revision v on v.resource_id = r.resource_id and v.revision = r.revision
                join certificate c on c.id = v.certificate_id
                where own.id = :id and r.status in ('approved', 'applying', 'applied', 'failed', 'superseded')
                order by r.revision desc limit 1
                """).param("id", requestId).query(this::certificate).optional();
    }

    /**
     * Finds the certificate of the identity's desired revision: it is presented now, or once the approved request is
     * applied; none if the identity is new.
     */
    public Optional<StoredCertificate> desired(long appId, long destinationId) {
        return jdbc.sql("""
                select c.* from identity i join resource r on r.id = i.id
                join identity_revision v on v.resource_id = i.id and v.revision = r.desired_revision
                join certificate c on c.id = v.certificate_id where i.app_id = :app and i.destination_id = :destination
                """)
                .param("app", appId)
                .param("destination", destinationId)
                .query(this::certificate)
                .optional();
    }

    /** Finds the certificate of the identity's applied revision; none if nothing is applied. */
    public Optional<StoredCertificate> applied(long identityId) {
        return jdbc.sql("""
                select c.* from resource r
                join identity_revision v on v.resource_id = r.id and v.revision = r.applied_revision
                join certificate c on c.id = v.certificate_id where r.id = :identity
                """)
                .param("identity", identityId)
                .query(this::certificate)
                .optional();
    }

    /**
     * An identity that uses a certificate.
     *
     * @param team slug
     * @param namespace of the app
     * @param app name
     * @param destination slug
     */
    public record Use(String team, String namespace, String app, String destination) {}

    /**
     * Finds another identity that presents a certificate or may soon: its revision is applied, approved, or requested
     * and undecided. A certificate that only retired identities presented counts as unused.
     *
     * @param fingerprint SHA-256 of the leaf in the form that people see
     * @param appId the app whose own identity at the destination does not count; 0 if every identity counts
     * @param destinationId that destination; 0 if every identity counts
     * @return one of them
     */
    public Optional<Use> usedElsewhere(String fingerprint, long appId, long destinationId) {
        return jdbc.sql("""
                select t.slug as team, a.namespace, a.name as app, d.slug as destination
                from certificate c
                join identity i on i.id = c.identity_id
                join app a on a.id = i.app_id
                join team t on t.id = a.team_id
                join destination d on d.id = i.destination_id
                where c.fingerprint_sha256 = :fingerprint and not (i.app_id = :app and i.destination_id = :at)
                    and exists (select 1 from identity_revision v
                        join resource rs on rs.id = v.resource_id
                        join request r on r.resource_id = v.resource_id and r.revision = v.revision
                        where v.certificate_id = c.id
                            and (v.revision in (rs.desired_revision, rs.applied_revision)
                                or r.status in ('planning', 'pending', 'approved', 'applying')))
                order by c.id limit 1
                """)
                .param("fingerprint", fingerprint)
                .param("app", appId)
                .param("at", destinationId)
                .query((row, _) -> new Use(
                        row.getString("team"),
                        row.getString("namespace"),
                        row.getString("app"),
                        row.getString("destination")))
                .optional();
    }

    /**
     * Locks a certificate for the rest of the transaction, so that only one transaction checks and stores it at a time.
     *
     * @param fingerprint SHA-256 of the leaf in the form that people see
     */
    public void lock(String fingerprint) {
        jdbc.sql("select pg_advisory_xact_lock(7092149, hashtext(:fingerprint))")
                .param("fingerprint", fingerprint)
                .query((_, _) -> fingerprint)
                .single();
    }

    /**
     * Reads a sealed key; the database grants this to the applier only.
     *
     * @param certificateId key of the certificate's row
     * @return the ciphertext
     */
    public byte[] sealedKey(long certificateId) {
        return jdbc.sql("select ciphertext from sealed_key where certificate_id = :id")
                .param("id", certificateId)
                .query((row, _) -> row.getBytes(1))
                .single();
    }

    /**
     * A sealed key that needs to be sealed again.
     *
     * @param certificateId key of the certificate's row
     * @param certificate its public id
     * @param ciphertext the sealed private key
     * @param context that the ciphertext is bound to
     */
    public record SealedKey(long certificateId, String certificate, byte[] ciphertext, SealingContext context) {

        @Override
        public String toString() {
            return "SealedKey[" + certificate + "]";
        }
    }

    /**
     * Lists a cluster's private keys that are sealed with certain keys of its keyset, in row order; the database grants
     * this to the applier only.
     *
     * @param after returns rows after this key of a certificate's row; 0 for the first page
     * @param limit maximum number of rows
     */
    public List<SealedKey> sealedFor(String cluster, List<SealingKeyId> keys, long after, int limit) {
        if (keys.isEmpty()) {
            return List.of();
        }
        return jdbc.sql("""
                select s.certificate_id, c.public_id, s.ciphertext, a.namespace, a.name as app, d.slug, c.fingerprint_sha256
                from sealed_key s
                join certificate c on c.id = s.certificate_id
                join identity i on i.id = c.identity_id
                join app a on a.id = i.app_id
                join cluster k on k.id = a.cluster_id
                join destination d on d.id = i.destination_id
                where k.name = :cluster and s.certificate_id > :after and substring(s.ciphertext from 1 for 5) in (:prefixes)
                order by s.certificate_id limit :limit
                """)
                .param("cluster", cluster)
                .param("after", after)
                .param("prefixes", keys.stream().map(SealingKeyId::prefix).toList())
                .param("limit", limit)
                .query((row, _) -> new SealedKey(
                        row.getLong("certificate_id"),
                        row.getString("public_id"),
                        row.getBytes("ciphertext"),
                        new SealingContext(
                                cluster,
                                row.getString("namespace"),
                                row.getString("app"),
                                row.getString("slug"),
                                row.getString("fingerprint_sha256"))))
                .list();
    }

    /**
     * Replaces a sealed key with its resealed form. Joins the caller's transaction, or uses its own.
     *
     * @param key as it was read
     * @param ciphertext the resealed private key
     * @return false if the row changed since it was read; nothing is stored then
     */
    public boolean reseal(SealedKey key, byte[] ciphertext) {
        return jdbc.sql("""
                update sealed_key set ciphertext = :again, sealed_at = :now where certificate_id = :id and ciphertext = :before
                """)
                        .param("again", ciphertext)
                        .param("now", Rows.timestamp(clock.instant()))
                        .param("id", key.certificateId())
                        .param("before", key.ciphertext())
                        .update()
                == 1;
    }

    /**
     * Counts a cluster's sealed keys by the keyset's key; the database grants this to the applier only.
     *
     * @return counts; those under {@code Optional.empty()} are no sealed keys at all
     */
    public Map<Optional<SealingKeyId>, Long> sealedKeys(String cluster) {
        Map<Optional<SealingKeyId>, Long> counts = new HashMap<>();
        jdbc.sql("""
                select substring(s.ciphertext from 1 for 5) as prefix, count(*) as count
                from sealed_key s
                join certificate c on c.id = s.certificate_id
                join identity i on i.id = c.identity_id
                join app a on a.id = i.app_id
                join cluster k on k.id = a.cluster_id
                where k.name = :cluster group by 1
                """).param("cluster", cluster).query(row -> {
            counts.merge(SealingKeyId.of(row.getBytes("prefix")), row.getLong("count"), Long::sum);
        });
        return counts;
    }

    private StoredCertificate certificate(ResultSet row, int number) throws SQLException {
        String chainPem = row.getString("chain_pem");
        String caBundlePem = row.getString("ca_bundle_pem");
        return new StoredCertificate(
                row.getLong("id"),
                row.getString("public_id"),
                row.getInt("version"),
                new CertificateFacts(
                        row.getString("subject"),
                        row.getString("issuer"),
                        Rows.strings(row, "sans"),
                        row.getString("serial"),
                        Rows.instant(row, "not_before"),
                        Rows.instant(row, "not_after"),
                        row.getString("key_algorithm"),
                        row.getString("signature_algorithm"),
                        row.getString("fingerprint_sha256"),
                        Rows.strings(row, "chain_subjects"),
                        Rows.strings(row, "ca_subjects")),
                json.readValue(row.getString("findings"), new TypeReference<List<Finding>>() {}),
                chainPem,
                caBundlePem,
                new CertificateFingerprints(
                        Fingerprints.sha256(chainPem),
                        row.getString("public_key_sha256"),
                        Fingerprints.sha256(caBundlePem)),
                Rows.instant(row, "uploaded_at"));
    }
}
