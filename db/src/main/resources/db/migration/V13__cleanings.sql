create table cleaning (
    id              bigint generated always as identity primary key,
    public_id       text        not null constraint cleaning_public_id_unique unique,
    cluster_id      bigint      not null references cluster,
    reason          text        not null,
    requested_by    text        not null references person,
    requested_at    timestamptz not null,
    status          text        not null default 'pending',
    status_message  text,
    decided_by      text references person,
    decided_digest  text,
    decision_reason text,
    decided_at      timestamptz,
    finished_at     timestamptz,
    constraint cleaning_in_cluster unique (id, cluster_id),
    constraint cleaning_status_known check (status in ('pending', 'approved', 'rejected', 'withdrawn', 'done', 'failed')),
    constraint cleaning_four_eyes check (decided_by <> requested_by),
    constraint cleaning_decided_whole check (num_nonnulls(decided_by, decided_digest, decision_reason, decided_at)
        = case when status in ('approved', 'rejected', 'done', 'failed') then 4 else 0 end)
);
create index cleaning_pending on cleaning (id) where status = 'pending';

-- open: whether something may still become of it, so that an object is asked for once at a time.
create table cleaning_object (
    cleaning_id bigint  not null,
    position    integer not null,
    cluster_id  bigint  not null,
    api_version text    not null,
    kind        text    not null,
    namespace   text    not null,
    name        text    not null,
    uid         text    not null,
    open        boolean not null default true,
    outcome     text,
    message     text,
    primary key (cleaning_id, position),
    constraint cleaning_object_of_cleaning foreign key (cleaning_id, cluster_id) references cleaning (id, cluster_id),
    constraint cleaning_object_outcome_known check (outcome in ('deleted', 'gone', 'kept')),
    constraint cleaning_object_on_one_line check (api_version || kind || namespace || name || uid !~ '\s')
);
create unique index cleaning_object_open_once on cleaning_object (cluster_id, uid) where open;
