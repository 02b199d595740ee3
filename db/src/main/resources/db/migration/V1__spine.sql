-- The spine: who may ask (teams, people), what may be asked for (clusters, gateways, destinations, apps),
-- what was asked (identities, certificates, requests), what would happen (plans), what was decided,
-- what was done and seen (attempts, conditions, observed objects), and the audit trail of all of it.
-- Roles: this runs as the owner; waypass_portal and waypass_applier exist before (MigrateDatabase makes them).

create function is_dns_label(value text) returns boolean
    language sql immutable parallel safe
    return value ~ '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$';

create table person (
    subject      text primary key,
    display_name text        not null,
    groups       text[]      not null default '{}',
    last_seen_at timestamptz not null
);

create table api_token (
    id           bigint generated always as identity primary key,
    public_id    text        not null constraint api_token_public_id_unique unique,
    subject      text        not null references person,
    name         text        not null,
    token_sha256 bytea       not null constraint api_token_hash_unique unique,
    created_at   timestamptz not null,
    expires_at   timestamptz not null,
    revoked_at   timestamptz
);

create table cluster (
    id           bigint generated always as identity primary key,
    name         text        not null constraint cluster_name_unique unique,
    trust_domain text        not null,
    flavour      text        not null,
    created_at   timestamptz not null,
    constraint cluster_name_is_label check (is_dns_label(name)),
    constraint cluster_trust_domain_valid check (trust_domain ~ '^[a-z0-9._-]{1,255}$'),
    constraint cluster_flavour_known check (flavour in ('solo', 'upstream'))
);

-- Published by the cluster's applier, read by the portal, which seals with it.
create table cluster_sealing_keyset (
    cluster_id    bigint primary key references cluster,
    public_keyset text        not null,
    published_at  timestamptz not null
);

create table team (
    id           bigint generated always as identity primary key,
    slug         text        not null constraint team_slug_unique unique,
    display_name text        not null,
    created_at   timestamptz not null,
    constraint team_slug_is_label check (is_dns_label(slug))
);

create table team_group (
    team_id    bigint not null references team on delete cascade,
    group_name text   not null,
    primary key (team_id, group_name)
);
create index team_group_by_name on team_group (group_name);

create table team_namespace (
    team_id    bigint not null references team on delete cascade,
    cluster_id bigint not null references cluster,
    namespace  text   not null,
    primary key (cluster_id, namespace),
    constraint team_namespace_is_label check (is_dns_label(namespace))
);
create index team_namespace_by_team on team_namespace (team_id);

create table gateway (
    id              bigint generated always as identity primary key,
    cluster_id      bigint      not null references cluster,
    name            text        not null,
    namespace       text        not null,
    service_account text        not null,
    placement       text        not null,
    created_at      timestamptz not null,
    constraint gateway_unique unique (cluster_id, namespace, name),
    constraint gateway_name_is_label check (is_dns_label(name)),
    constraint gateway_namespace_is_label check (is_dns_label(namespace)),
    constraint gateway_placement_known check (placement in ('team-namespace', 'gateway-namespace'))
);

create table destination (
    id                   bigint generated always as identity primary key,
    slug                 text        not null constraint destination_slug_unique unique,
    display_name         text        not null,
    gateway_id           bigint      not null references gateway,
    host                 text        not null,
    port                 integer     not null,
    listen_port          integer     not null,
    shared_service_entry text        not null,
    ca_bundle            text,
    created_at           timestamptz not null,
    constraint destination_host_unique unique (gateway_id, host),
    constraint destination_slug_is_label check (is_dns_label(slug)),
    constraint destination_host_valid check (length(host) <= 253 and host = lower(host) and host like '%.%'),
    constraint destination_port_valid check (port between 1 and 65535),
    constraint destination_listen_port_valid check (listen_port between 1 and 65535)
);

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
    constraint app_name_unique unique (cluster_id, namespace, name),
    constraint app_principal_unique unique (cluster_id, namespace, service_account),
    constraint app_name_is_label check (is_dns_label(name)),
    constraint app_service_account_not_default check (service_account <> 'default')
);
create index app_by_team on app (team_id, id);

create table identity (
    id               bigint generated always as identity primary key,
    public_id        text        not null constraint identity_public_id_unique unique,
    app_id           bigint      not null references app,
    destination_id   bigint      not null references destination,
    secret_name      text        not null,
    desired_revision integer,
    applied_revision integer,
    created_at       timestamptz not null,
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
    constraint certificate_validity_in_order check (not_before <= not_after)
);

-- Write-only for the portal, readable by the applier alone.
create table sealed_key (
    certificate_id bigint primary key references certificate,
    ciphertext     bytea       not null,
    sealed_at      timestamptz not null
);

create table request (
    id                bigint generated always as identity primary key,
    public_id         text        not null constraint request_public_id_unique unique,
    kind              text        not null,
    identity_id       bigint      not null references identity,
    team_id           bigint      not null references team,
    revision          integer     not null,
    certificate_id    bigint references certificate,
    reason            text        not null,
    requested_by      text        not null references person,
    requested_at      timestamptz not null,
    status            text        not null default 'planning',
    status_message    text,
    status_changed_at timestamptz not null,
    waiting_reason    text,
    plan_id           bigint,
    constraint request_kind_known check (kind in ('create-identity', 'rotate-certificate', 'retire-identity', 'refresh')),
    constraint request_status_known check (status in ('planning', 'invalid', 'pending', 'rejected', 'withdrawn',
        'approved', 'applying', 'applied', 'failed', 'superseded')),
    constraint request_revision_unique unique (identity_id, revision),
    constraint request_certificate_given check (certificate_id is not null or kind in ('retire-identity', 'refresh'))
);
create unique index request_one_open_per_identity on request (identity_id)
    where status in ('planning', 'pending', 'approved', 'applying');
create index request_by_status on request (status, requested_at, id);
create index request_by_team on request (team_id, id);

create table plan (
    id         bigint generated always as identity primary key,
    public_id  text        not null constraint plan_public_id_unique unique,
    request_id bigint      not null references request,
    digest     text        not null,
    checks     jsonb       not null,
    created_at timestamptz not null,
    took_ms    integer     not null,
    constraint plan_digest_form check (digest ~ '^sha256:[0-9a-f]{64}$')
);
create index plan_by_request on plan (request_id, id);
alter table request add constraint request_plan_fk foreign key (plan_id) references plan;

create table plan_object (
    plan_id     bigint  not null references plan,
    position    integer not null,
    api_version text    not null,
    kind        text    not null,
    namespace   text    not null,
    name        text    not null,
    action      text    not null,
    diff        text    not null,
    manifest    text    not null,
    primary key (plan_id, position),
    constraint plan_object_action_known check (action in ('create', 'update', 'unchanged', 'delete', 'conflict', 'unknown'))
);

create table decision (
    id          bigint generated always as identity primary key,
    request_id  bigint      not null references request,
    plan_id     bigint      not null references plan,
    plan_digest text        not null,
    verdict     text        not null,
    decided_by  text        not null references person,
    reason      text        not null,
    decided_at  timestamptz not null,
    constraint decision_verdict_known check (verdict in ('approved', 'rejected')),
    constraint decision_once_per_plan unique (plan_id)
);
create index decision_by_request on decision (request_id);

create table attempt (
    id          bigint generated always as identity primary key,
    request_id  bigint      not null references request,
    task        text        not null,
    number      integer     not null,
    started_at  timestamptz not null,
    finished_at timestamptz,
    outcome     text,
    message     text,
    constraint attempt_task_known check (task in ('plan', 'apply')),
    constraint attempt_outcome_known check (outcome in ('succeeded', 'failed', 'waiting', 'replanned'))
);
create index attempt_by_request on attempt (request_id, id);

create table condition (
    identity_id        bigint      not null references identity,
    type               text        not null,
    status             text        not null,
    reason             text        not null,
    message            text        not null,
    last_transition_at timestamptz not null,
    observed_at        timestamptz not null,
    primary key (identity_id, type),
    constraint condition_type_known check (type in ('Applied', 'RouteAccepted', 'RouteResolved', 'WaypointBound', 'CertificateValid', 'InSync')),
    constraint condition_status_known check (status in ('True', 'False', 'Unknown'))
);

create table observed_object (
    identity_id      bigint      not null references identity,
    position         integer     not null,
    api_version      text        not null,
    kind             text        not null,
    namespace        text        not null,
    name             text        not null,
    state            text        not null,
    uid              text,
    resource_version text,
    observed_at      timestamptz not null,
    primary key (identity_id, position),
    constraint observed_object_state_known check (state in ('as-approved', 'differs', 'missing', 'unknown'))
);

create table audit_event (
    id         bigint primary key,
    at         timestamptz not null,
    actor      text        not null,
    action     text        not null,
    subject    text        not null,
    team_id    bigint references team,
    request_id text,
    detail     jsonb       not null,
    prev_hash  bytea       not null,
    hash       bytea       not null
);
create index audit_event_by_subject on audit_event (subject, id);

create table idempotency_key (
    subject     text        not null references person,
    key         text        not null,
    body_sha256 bytea       not null,
    status      integer,
    location    text,
    etag        text,
    body        text,
    created_at  timestamptz not null,
    primary key (subject, key)
);

-- db-scheduler 16, PostgreSQL
create table scheduled_tasks (
    task_name            text        not null,
    task_instance        text        not null,
    task_data            bytea,
    execution_time       timestamptz not null,
    picked               boolean     not null,
    picked_by            text,
    last_success         timestamptz,
    last_failure         timestamptz,
    consecutive_failures integer,
    last_heartbeat       timestamptz,
    version              bigint      not null,
    priority             smallint,
    primary key (task_name, task_instance)
);
create index scheduled_tasks_by_execution_time on scheduled_tasks (execution_time);
create index scheduled_tasks_by_heartbeat on scheduled_tasks (last_heartbeat);

-- Spring Session JDBC, PostgreSQL
create table spring_session (
    primary_id            char(36) primary key,
    session_id            char(36) not null,
    creation_time         bigint   not null,
    last_access_time      bigint   not null,
    max_inactive_interval integer  not null,
    expiry_time           bigint   not null,
    principal_name        text
);
create unique index spring_session_by_session_id on spring_session (session_id);
create index spring_session_by_expiry_time on spring_session (expiry_time);
create index spring_session_by_principal_name on spring_session (principal_name);
create table spring_session_attributes (
    session_primary_id char(36) not null references spring_session on delete cascade,
    attribute_name     text     not null,
    attribute_bytes    bytea    not null,
    primary key (session_primary_id, attribute_name)
);
