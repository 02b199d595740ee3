-- A request proposes one revision of one resource. Its status moves along the edges of request_status_edge alone.

create table request (
    id                bigint generated always as identity primary key,
    public_id         text        not null constraint request_public_id_unique unique,
    kind              text        not null,
    resource_id       bigint      not null references resource,
    revision          integer     not null,
    operation         text        not null generated always as (case kind when 'retire-identity' then 'retire'
        when 'remove-orphans' then 'remove-orphans' else 'keep' end) stored,
    resource_kind     text        not null generated always as (case kind when 'remove-orphans' then 'cluster' else 'identity' end) stored,
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
    constraint request_kind_known check (kind in ('create-identity', 'rotate-certificate', 'retire-identity', 'refresh', 'remove-orphans')),
    constraint request_status_known check (status in ('planning', 'invalid', 'pending', 'rejected', 'withdrawn',
        'approved', 'applying', 'applied', 'failed', 'superseded')),
    constraint request_revision_unique unique (resource_id, revision),
    constraint request_of_revision foreign key (resource_id, revision, resource_kind, operation)
        references resource_revision (resource_id, revision, kind, operation)
);
-- lists of orphans do not exclude each other: no object is on two of them
create unique index request_one_open_per_resource on request (resource_id)
    where status in ('planning', 'pending', 'approved', 'applying') and kind <> 'remove-orphans';
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
