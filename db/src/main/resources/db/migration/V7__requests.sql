-- A request proposes one revision of one resource. Its status moves along the edges of request_status_edge alone.

-- What a request may propose, and what follows from that. resource_kind and operation: of the revision. exclusive: whether no other
-- request of the resource may be open beside it. people_only: whether a policy's approval does not count. What a row leaves out is strict.
create table request_kind (
    kind          text    primary key,
    resource_kind text    not null,
    operation     text    not null,
    exclusive     boolean not null default true,
    people_only   boolean not null default true,
    -- requests refer to this, so that their columns are their kind's
    constraint request_kind_with_columns unique (kind, resource_kind, operation, exclusive)
);
insert into request_kind (kind, resource_kind, operation, exclusive, people_only) values
    ('create-identity', 'identity', 'keep', true, false),
    ('rotate-certificate', 'identity', 'keep', true, false),
    ('retire-identity', 'identity', 'retire', true, false),
    ('refresh', 'identity', 'keep', true, false),
    -- lists of orphans do not exclude each other: no object is on two of them
    ('remove-orphans', 'cluster', 'remove-orphans', false, true);

create table request (
    id                bigint generated always as identity primary key,
    public_id         text        not null constraint request_public_id_unique unique,
    kind              text        not null,
    resource_id       bigint      not null references resource,
    revision          integer     not null,
    -- these three are set by request_kind_guard
    resource_kind     text        not null,
    operation         text        not null,
    exclusive         boolean     not null,
    -- who asks; null where platform admins ask for the platform
    team_id           bigint references team,
    reason            text        not null,
    requested_by      text        not null references person,
    requested_at      timestamptz not null,
    status            text        not null default 'planning',
    status_message    text,
    status_changed_at timestamptz not null,
    waiting_reason    text,
    plan_id           bigint,
    constraint request_of_kind foreign key (kind, resource_kind, operation, exclusive)
        references request_kind (kind, resource_kind, operation, exclusive),
    constraint request_status_known check (status in ('planning', 'invalid', 'pending', 'rejected', 'withdrawn',
        'approved', 'applying', 'applied', 'failed', 'superseded')),
    constraint request_revision_unique unique (resource_id, revision),
    constraint request_of_revision foreign key (resource_id, revision, resource_kind, operation)
        references resource_revision (resource_id, revision, kind, operation)
);
create unique index request_one_open_per_resource on request (resource_id)
    where status in ('planning', 'pending', 'approved', 'applying') and exclusive;
create index request_by_status on request (status, requested_at, id);
create index request_by_team on request (team_id, id);
create index request_pending on request (id) where status = 'pending';
create index request_pending_by_team on request (team_id, id) where status = 'pending';
create index request_by_requester on request (requested_by);

-- Which role may move a request from which status to which: the portal decides, the applier applies.
create table request_status_edge (
    role        name not null,
    from_status text not null,
    to_status   text not null,
    primary key (role, from_status, to_status)
);
insert into request_status_edge (role, from_status, to_status) values
    ('waypass_portal', 'planning', 'withdrawn'),
    ('waypass_portal', 'pending', 'planning'),
    ('waypass_portal', 'pending', 'withdrawn'),
    ('waypass_portal', 'pending', 'rejected'),
    ('waypass_portal', 'pending', 'approved'),
    ('waypass_portal', 'failed', 'superseded'),
    ('waypass_portal', 'applied', 'superseded'),
    ('waypass_applier', 'planning', 'pending'),
    ('waypass_applier', 'planning', 'invalid'),
    ('waypass_applier', 'pending', 'planning'),
    ('waypass_applier', 'approved', 'planning'),
    ('waypass_applier', 'approved', 'applying'),
    ('waypass_applier', 'applying', 'planning'),
    ('waypass_applier', 'applying', 'applied'),
    ('waypass_applier', 'applying', 'failed'),
    ('waypass_applier', 'failed', 'planning'),
    ('waypass_applier', 'failed', 'applied');

-- Each time an applier planned or applied a request, and what came of it.
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
