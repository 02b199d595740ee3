-- Clusters. A cluster has the id of its resource.

-- drift: what is done where the cluster no longer holds what was approved
create table cluster (
    id           bigint primary key,
    kind         text        not null default 'cluster' constraint cluster_kind check (kind = 'cluster'),
    name         text        not null constraint cluster_name_unique unique,
    trust_domain text        not null,
    flavour      text        not null,
    drift        text        not null default 'restore',
    created_at   timestamptz not null,
    constraint cluster_of_resource foreign key (id, kind) references resource (id, kind),
    constraint cluster_name_is_label check (is_dns_label(name)),
    constraint cluster_trust_domain_valid check (trust_domain ~ '^[a-z0-9._-]{1,255}$'),
    constraint cluster_flavour_known check (flavour in ('solo', 'upstream')),
    constraint cluster_drift_known check (drift in ('restore', 'report-only'))
);
-- a cluster and its resource are inserted in one transaction
alter table resource add constraint resource_cluster_fk foreign key (cluster_id) references cluster deferrable initially deferred;

-- Published by the cluster's applier; the portal seals with it.
create table cluster_sealing_keyset (
    cluster_id    bigint primary key references cluster,
    public_keyset text        not null,
    published_at  timestamptz not null
);

-- When an applier of the cluster last said that it watches, and what it does not watch and why. An applier that watches everything is
-- believed before one that does not. Without this, conditions would look fresh while nothing is watched.
create table cluster_watch (
    cluster_id bigint primary key references cluster,
    seen_at    timestamptz not null,
    unwatched  text
);

-- Objects with the Waypass label, as the applier saw them, that were orphans then (is_orphan says what an orphan is).
-- identity: the annotation waypass.io/identity. owner: waypass.io/destination (a slug) or waypass.io/gateway (namespace, slash, name)
-- of an object that identities share.
create table orphan_object (
    id               bigint generated always as identity primary key,
    cluster_id       bigint      not null references cluster,
    api_version      text        not null,
    kind             text        not null,
    namespace        text        not null,
    name             text        not null,
    uid              text        not null,
    resource_version text        not null,
    identity         text,
    owner            text,
    managers         text        not null,
    first_seen_at    timestamptz not null,
    seen_at          timestamptz not null,
    constraint orphan_object_place_unique unique (cluster_id, kind, namespace, name)
);
create index orphan_object_by_uid on orphan_object (cluster_id, uid);

-- What a revision of a cluster removes: a list of objects by UID, and nothing else.
create table orphan_removal (
    resource_id bigint  not null,
    revision    integer not null,
    kind        text    not null default 'cluster' constraint orphan_removal_kind check (kind = 'cluster'),
    operation   text    not null default 'remove-orphans' constraint orphan_removal_operation check (operation = 'remove-orphans'),
    primary key (resource_id, revision),
    constraint orphan_removal_of_revision foreign key (resource_id, revision, kind, operation)
        references resource_revision (resource_id, revision, kind, operation)
);

create table orphan_removal_object (
    resource_id bigint  not null,
    revision    integer not null,
    position    integer not null,
    api_version text    not null,
    kind        text    not null,
    namespace   text    not null,
    name        text    not null,
    uid         text    not null,
    outcome     text,
    message     text,
    primary key (resource_id, revision, position),
    constraint orphan_removal_object_of_removal foreign key (resource_id, revision) references orphan_removal,
    constraint orphan_removal_object_once unique (resource_id, revision, uid),
    constraint orphan_removal_object_outcome_known check (outcome in ('deleted', 'gone', 'kept'))
);
create index orphan_removal_object_by_uid on orphan_removal_object (resource_id, uid);
