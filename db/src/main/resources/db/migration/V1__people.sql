-- People as the identity provider names them, and the tokens with which their programs call the API.

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

-- Answers to calls with an Idempotency-Key, given again to the same call.
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
