-- Apps, the external identities that they present at destinations, and the certificates of those.

create table app (
    id              bigint generated always as identity primary key,
    public_id       text        not null constraint app_public_id_unique unique,
    team_id         bigint      not null references team,
    cluster_id      bigint      not null references cluster,
    namespace       text        not null,
    name            text        not null,
    service_account text        not null,
    registered_by   text        not null references person,
    registered_at   timestamptz not null,
    removed_at      timestamptz,
    constraint app_in_cluster unique (id, cluster_id),
    constraint app_name_is_label check (is_dns_label(name)),
    constraint app_service_account_not_default check (service_account <> 'default')
);
-- names and principals may be given again once an app is removed
create unique index app_name_unique on app (cluster_id, namespace, name) where removed_at is null;
create unique index app_principal_unique on app (cluster_id, namespace, service_account) where removed_at is null;
create index app_by_team on app (team_id, id);
create index app_by_principal on app (namespace, service_account);

-- secret_name: of the Secret of the first certificate; later ones end in the revision that brought them.
-- in_use_until: until when the certificate is valid that the identity presents; kept here because lists look for what ends soon
create table identity (
    id             bigint primary key,
    kind           text   not null default 'identity' constraint identity_kind check (kind = 'identity'),
    cluster_id     bigint not null,
    app_id         bigint not null,
    destination_id bigint not null,
    secret_name    text   not null,
    in_use_until   timestamptz,
    constraint identity_of_resource foreign key (id, kind, cluster_id) references resource (id, kind, cluster_id),
    constraint identity_app_of_cluster foreign key (app_id, cluster_id) references app (id, cluster_id),
    constraint identity_destination_of_cluster foreign key (destination_id, cluster_id) references destination (id, cluster_id),
    constraint identity_unique unique (app_id, destination_id),
    constraint identity_secret_unique unique (app_id, secret_name)
);
create index identity_by_destination on identity (destination_id);

-- One version of an identity's client credential. The private key is not here: see sealed_key.
create table certificate (
    id                  bigint generated always as identity primary key,
    public_id           text        not null constraint certificate_public_id_unique unique,
    identity_id         bigint      not null references identity,
    version             integer     not null,
    chain_pem           text        not null,
    ca_bundle_pem       text        not null,
    subject             text        not null,
    issuer              text        not null,
    sans                text[]      not null,
    serial              text        not null,
    not_before          timestamptz not null,
    not_after           timestamptz not null,
    key_algorithm       text        not null,
    signature_algorithm text        not null,
    fingerprint_sha256  text        not null,
    public_key_sha256   text        not null,
    chain_subjects      text[]      not null,
    ca_subjects         text[]      not null,
    findings            jsonb       not null,
    uploaded_by         text        not null references person,
    uploaded_at         timestamptz not null,
    constraint certificate_version_unique unique (identity_id, version),
    constraint certificate_of_identity unique (id, identity_id),
    constraint certificate_validity_in_order check (not_before <= not_after)
);
-- the same certificate at two identities is refused; it is looked for at every submission
create index certificate_by_fingerprint on certificate (fingerprint_sha256);

-- Write-only for the portal, readable by the applier alone.
create table sealed_key (
    certificate_id bigint primary key references certificate,
    ciphertext     bytea       not null,
    sealed_at      timestamptz not null
);

-- A revision presents one certificate; retirement presents none.
create table identity_revision (
    resource_id    bigint  not null,
    revision       integer not null,
    kind           text    not null default 'identity' constraint identity_revision_kind check (kind = 'identity'),
    operation      text    not null,
    certificate_id bigint,
    primary key (resource_id, revision),
    constraint identity_revision_of_revision foreign key (resource_id, revision, kind, operation)
        references resource_revision (resource_id, revision, kind, operation),
    constraint identity_revision_of_identity foreign key (resource_id) references identity,
    constraint identity_revision_certificate foreign key (certificate_id, resource_id) references certificate (id, identity_id),
    constraint identity_revision_certificate_given check ((operation = 'keep') = (certificate_id is not null))
);
create index identity_revision_by_certificate on identity_revision (certificate_id);
