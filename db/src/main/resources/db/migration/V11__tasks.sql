-- The work of appliers, as db-scheduler 16 keeps it. A planning task's row goes when its work is done. A resource's reconcile task is one
-- row for ever, so that two appliers never work on one resource at once; db-scheduler raises its version whenever the row changes hands,
-- which makes the version a fencing token.
-- wakeups counts how often somebody asked for a reconcile, wakeups_seen how many of them were counted when the present run read what is
-- desired: more of them at its end, and the row is due again at once. urgent: asked for by a decision, so it does not wait for a retry.
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
    wakeups              bigint      not null default 0,
    wakeups_seen         bigint      not null default 0,
    urgent               boolean     not null default false,
    primary key (task_name, task_instance)
);
create index scheduled_tasks_by_execution_time on scheduled_tasks (execution_time);
create index scheduled_tasks_by_heartbeat on scheduled_tasks (last_heartbeat);
