-- What was applied is kept: one task per identity, fenced; drift and who caused it; retirement; what every identity of a destination shares.

-- What is done about drift in this cluster: put right, or only told.
alter table cluster add column drift text not null default 'restore',
    add constraint cluster_drift_known check (drift in ('restore', 'report-only'));
grant update (drift) on cluster to waypass_portal;

-- Whether apps without an identity are refused at the gateway (an AuthorizationPolicy beside each destination's shared ServiceEntry).
alter table gateway add column deny_by_default boolean not null default true;

-- The revision that took the identity away, if that was applied last. What the identity had written must not be in the cluster then.
alter table identity add column retired_revision integer;

create function request_applied() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if new.kind = 'retire-identity' then
        update identity set desired_revision = nullif(desired_revision, new.revision), applied_revision = null, in_use_until = null,
            retired_revision = new.revision where id = new.identity_id;
    else
        update identity set retired_revision = null where id = new.identity_id and retired_revision is not null;
    end if;
    return null;
end $$;

create trigger request_applied after update of status on request
    for each row when (new.status = 'applied' and old.status <> 'applied') execute function request_applied();

-- What was decided on is what is applied, kept and, later, cleared away: nothing is added to it.
create function plan_object_guard() returns trigger
    language plpgsql as $$
begin
    if exists (select 1 from decision where plan_id = new.plan_id) then
        raise exception 'plan %: it was decided on', new.plan_id using errcode = 'check_violation', constraint = 'plan_object_guard';
    end if;
    return new;
end $$;

create trigger plan_object_guard before insert on plan_object for each row execute function plan_object_guard();

-- An identity's task: one row, kept for ever, so that nobody works on an identity twice at once. touched counts how often somebody
-- wanted it to be looked at; what comes while it is worked on is not lost, since the row is due again as soon as it is put back.
-- version, which db-scheduler raises whenever the row changes hands, is the fencing token: who finds another one has been overtaken.
alter table scheduled_tasks add column touched bigint not null default 0,
    add column touched_when_picked bigint not null default 0,
    add column urgent boolean not null default false;

create function scheduled_task_touched() returns trigger
    language plpgsql as $$
begin
    if new.picked then
        new.touched_when_picked := old.touched;
        new.urgent := false;
    elsif old.touched > old.touched_when_picked and (old.urgent or coalesce(new.consecutive_failures, 0) = 0) then
        new.execution_time := least(new.execution_time, now() - interval '1 second');
    end if;
    return new;
end $$;

create trigger scheduled_task_touched before update of picked on scheduled_tasks
    for each row when (old.picked is distinct from new.picked) execute function scheduled_task_touched();

-- Wants an identity to be looked at: soon if urgent (somebody decided), else unless it waits to be tried again.
create function want_reconcile(wanted bigint, urgently boolean) returns void
    language sql security definer set search_path = public, pg_temp as $$
    insert into scheduled_tasks as t (task_name, task_instance, execution_time, picked, version, touched, urgent)
    -- due for a second already: an applier whose reading of this clock is some milliseconds old must not find that it is not due yet
    select 'reconcile-' || c.name, i.public_id, now() - interval '1 second', false, 1, 1, urgently
    from identity i join app a on a.id = i.app_id join cluster c on c.id = a.cluster_id where i.id = wanted
    on conflict (task_name, task_instance) do update set touched = t.touched + 1, urgent = t.urgent or excluded.urgent,
        execution_time = case when t.picked or not excluded.urgent and coalesce(t.consecutive_failures, 0) > 0 then t.execution_time
            else least(t.execution_time, excluded.execution_time) end
$$;
revoke all on function want_reconcile(bigint, boolean) from public;
grant execute on function want_reconcile(bigint, boolean) to waypass_portal, waypass_applier;

-- A revision that is not desired any more may have been written in part; who decided otherwise need not think of that. At the end of the
-- transaction: a task is locked after the request, the identity and the audit trail, by everybody.
create function request_undone() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if exists (select 1 from attempt where request_id = new.id and task = 'apply') then
        perform want_reconcile(new.identity_id, true);
    end if;
    return null;
end $$;

create constraint trigger request_undone after update of status on request deferrable initially deferred
    for each row when (new.status in ('invalid', 'rejected', 'withdrawn')) execute function request_undone();

drop policy scheduled_tasks_of_own_cluster on scheduled_tasks;
create policy scheduled_tasks_of_own_cluster on scheduled_tasks to waypass_applier
    using (task_name in ('plan-' || current_setting('waypass.cluster', true), 'reconcile-' || current_setting('waypass.cluster', true),
        'clean-' || current_setting('waypass.cluster', true)));

-- Work that an earlier version left.
do $$
declare
    waiting record;
begin
    for waiting in select distinct r.identity_id from scheduled_tasks t join request r on r.public_id = split_part(t.task_instance, '#', 1)
            where t.task_name like 'apply-%' loop
        perform want_reconcile(waiting.identity_id, true);
    end loop;
    delete from scheduled_tasks where task_name like 'apply-%';
    -- what was applied before anybody watched it is looked at once
    for waiting in select id as identity_id from identity where applied_revision is not null loop
        perform want_reconcile(waiting.identity_id, false);
    end loop;
end $$;

-- What happened to an identity in the cluster that nobody asked for. The same happening again within a while counts up.
create table identity_event (
    id          bigint generated always as identity primary key,
    identity_id bigint      not null references identity,
    type        text        not null,
    kind        text        not null,
    namespace   text        not null,
    name        text        not null,
    manager     text        not null,
    detail      text        not null constraint identity_event_detail_bounded check (length(detail) <= 16384),
    count       integer     not null default 1,
    first_at    timestamptz not null,
    last_at     timestamptz not null,
    constraint identity_event_type_known check (type in ('restored', 'reported', 'contested', 'removed'))
);
create index identity_event_by_identity on identity_event (identity_id, id desc);
grant select on identity_event to waypass_portal;
grant select, insert, update on identity_event to waypass_applier;

-- What a retired identity has is nothing to be said of.
grant delete on condition to waypass_applier;

-- When an applier of the cluster last said that it watches; what it does not see of what it keeps, and why, is in blind. One that sees
-- everything is believed before one that does not. Without it, conditions would look as fresh while nobody looks.
create table cluster_sight (
    cluster_id bigint primary key references cluster,
    seen_at    timestamptz not null,
    blind      text
);
grant select on cluster_sight to waypass_portal;
grant select, insert, update on cluster_sight to waypass_applier;

-- Which object a watch speaks of.
create index observed_object_by_place on observed_object (namespace, name, kind);

-- Whether apps without an identity are refused is part of what a plan is made from.
create or replace function request_basis(wanted bigint) returns text
    language sql stable
    return (
        select encode(sha256(convert_to(jsonb_build_array(c.name, c.trust_domain, c.flavour, g.name, g.namespace, g.service_account,
            g.placement, g.deny_by_default, d.slug, d.host, d.port, d.listen_port, d.shared_service_entry, a.team_id, a.namespace, a.name,
            a.service_account, n.team_id, i.secret_name, r.certificate_id, (
                select jsonb_agg(other.public_id order by other.id) from identity other
                join app oa on oa.id = other.app_id join cluster oc on oc.id = oa.cluster_id
                join destination od on od.id = other.destination_id
                where other.id <> i.id and other.desired_revision is not null and oa.namespace = a.namespace
                    and oa.service_account = a.service_account and oc.trust_domain = c.trust_domain and od.host = d.host))::text,
            'UTF8')), 'hex')
        from request r
        join identity i on i.id = r.identity_id
        join app a on a.id = i.app_id
        join cluster c on c.id = a.cluster_id
        join destination d on d.id = i.destination_id
        join gateway g on g.id = d.gateway_id
        left join team_namespace n on n.cluster_id = a.cluster_id and n.namespace = a.namespace
        where r.id = wanted);
