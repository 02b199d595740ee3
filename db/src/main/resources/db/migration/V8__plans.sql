-- What a request would change in the cluster, as the applier found it.

-- basis: hash of what the database said when planning began (request_basis). relied: what the cluster said, by name of the fact.
-- cause: why this plan replaced an earlier one.
create table plan (
    id         bigint generated always as identity primary key,
    public_id  text        not null constraint plan_public_id_unique unique,
    request_id bigint      not null references request,
    digest     text        not null,
    checks     jsonb       not null,
    created_at timestamptz not null,
    took_ms    integer     not null,
    basis      text        not null,
    relied     jsonb       not null,
    cause      text,
    passed     smallint    not null default 0,
    warnings   smallint    not null default 0,
    failed     smallint    not null default 0,
    unknown    smallint    not null default 0,
    constraint plan_of_request unique (id, request_id),
    constraint plan_digest_form check (digest ~ '^sha256:[0-9a-f]{64}$')
);
create index plan_by_request on plan (request_id, id);
alter table request add constraint request_plan_fk foreign key (plan_id, id) references plan (id, request_id);

-- owner_id: the resource that the object belongs to. Null for what the identities of a destination share, until destinations are managed,
-- and for orphans, which belong to nothing.
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
    owner_id    bigint constraint plan_object_owner_fk references resource,
    primary key (plan_id, position),
    constraint plan_object_action_known check (action in ('create', 'update', 'unchanged', 'delete', 'conflict', 'unknown'))
);
-- what approved plans of a resource may have written
create index plan_object_by_owner on plan_object (owner_id, plan_id) where owner_id is not null;
