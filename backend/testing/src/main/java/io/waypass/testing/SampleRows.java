package io.waypass.testing;

/**
 * SQL that inserts minimal rows, for tests of the database's own rules and of repositories. Clusters, gateways,
 * destinations and identities are resources and share their ids. Must be run as the owner.
 */
public final class SampleRows {

    private SampleRows() {}

    /** {@return a cluster of the flavour solo} @param name DNS label */
    public static String cluster(long id, String name) {
        return """
                with r as (insert into resource (id, public_id, kind, cluster_id, created_at)
                    values (%1$d, 'cls_%1$d', 'cluster', %1$d, now()) returning id)
                insert into cluster (id, name, trust_domain, flavour, created_at) select id, '%2$s', 'cluster.local', 'solo', now() from r;
                alter sequence resource_id_seq restart with 1000;
                """.formatted(id, name);
    }

    /** {@return a gateway named egress, for objects in team namespaces} */
    public static String gateway(long id, long cluster, String namespace) {
        return resource(id, "gtw_" + id, "gateway", cluster, "null") + """
                insert into gateway (id, cluster_id, name, namespace, created_at) values (%1$d, %2$d, 'egress', '%3$s', now());
                insert into resource_revision (resource_id, revision, kind, operation, created_at) values (%1$d, 1, 'gateway', 'keep', now());
                insert into gateway_revision (resource_id, revision, service_account, placement) values (%1$d, 1, 'egress', 'team-namespace');
                update resource set desired_revision = 1 where id = %1$d;
                """.formatted(id, cluster, namespace);
    }

    /** {@return a destination} @param slug DNS label */
    public static String destination(long id, long gateway, String slug, String host) {
        return resource(
                        id,
                        "dst_" + id,
                        "destination",
                        "(select cluster_id from gateway where id = " + gateway + ")",
                        "null")
                + """
                insert into destination (id, cluster_id, slug, gateway_id, host, created_at)
                    select %1$d, cluster_id, '%2$s', id, '%4$s', now() from gateway where id = %3$d;
                insert into resource_revision (resource_id, revision, kind, operation, created_at) values (%1$d, 1, 'destination', 'keep', now());
                insert into destination_revision (resource_id, revision, display_name, port, listen_port, shared_service_entry)
                    values (%1$d, 1, '%2$s', 443, 80, '%2$s-se');
                update resource set desired_revision = 1 where id = %1$d;
                """.formatted(id, slug, gateway, host);
    }

    /** {@return an identity without revisions, with the public id idn_ and its key} */
    public static String identity(long id, long app, long destination) {
        return resource(
                        id,
                        "idn_" + id,
                        "identity",
                        "(select cluster_id from app where id = " + app + ")",
                        "(select team_id from app where id = " + app + ")")
                + "insert into identity (id, cluster_id, app_id, destination_id, secret_name) select %1$d, cluster_id, id, %2$d, name || '-client-mtls-secret' from app where id = %3$d;\n"
                        .formatted(id, destination, app);
    }

    /** {@return a version of an identity's certificate, uploaded by member} */
    public static String certificate(long id, long identity, int version) {
        return """
                insert into certificate (id, public_id, identity_id, version, chain_pem, ca_bundle_pem, subject, issuer, sans, serial, not_before,
                    not_after, key_algorithm, signature_algorithm, fingerprint_sha256, public_key_sha256, chain_subjects, ca_subjects, findings,
                    uploaded_by, uploaded_at) overriding system value
                values (%1$d, 'crt_%1$d', %2$d, %3$d, 'chain', 'ca', 'CN=x', 'CN=ca', '{}', '01', now(), now() + interval '1 year', 'EC P-256',
                    'SHA256withECDSA', 'F%1$d', 'P', '{}', '{}', '[]', 'member', now());
                """.formatted(id, identity, version);
    }

    /** {@return a revision of an identity that presents a certificate} */
    public static String keep(long identity, int revision, long certificate) {
        return revision(identity, revision, "keep", Long.toString(certificate));
    }

    /** {@return a revision that retires an identity} */
    public static String retire(long identity, int revision) {
        return revision(identity, revision, "retire", "null");
    }

    private static String revision(long identity, int revision, String operation, String certificate) {
        return """
                insert into resource_revision (resource_id, revision, kind, operation, created_at) values (%1$d, %2$d, 'identity', '%3$s', now());
                insert into identity_revision (resource_id, revision, operation, certificate_id) values (%1$d, %2$d, '%3$s', %4$s);
                """.formatted(identity, revision, operation, certificate);
    }

    private static String resource(long id, String publicId, String kind, Object cluster, String team) {
        return """
                insert into resource (id, public_id, kind, cluster_id, team_id, created_at) values (%d, '%s', '%s', %s, %s, now());
                """.formatted(id, publicId, kind, cluster, team);
    }
}
