-- Asks for a resource to be reconciled: at once if urgent (somebody decided), else unless its task waits for a retry.

create or replace function enqueue_reconcile(wanted bigint, urgently boolean) returns void
    language sql security definer set search_path = public, pg_temp as $$
    insert into scheduled_tasks as t (task_name, task_instance, execution_time, picked, version, wakeups, urgent)
    -- due for a second already: an applier whose reading of this clock is some milliseconds old must not find that it is not due yet
    select 'reconcile-' || c.name, r.public_id, now() - interval '1 second', false, 1, 1, urgently
    from resource r join cluster c on c.id = r.cluster_id where r.id = wanted
    on conflict (task_name, task_instance) do update set wakeups = t.wakeups + 1, urgent = t.urgent or excluded.urgent,
        execution_time = case when t.picked or not excluded.urgent and coalesce(t.consecutive_failures, 0) > 0 then t.execution_time
            else least(t.execution_time, excluded.execution_time) end
$$;
revoke all on function enqueue_reconcile(bigint, boolean) from public;
grant execute on function enqueue_reconcile(bigint, boolean) to waypass_portal, waypass_applier;

-- The resources of a cluster whose tasks have failed and wait for their retry.
create or replace function resources_to_retry(of_cluster text) returns setof bigint
    language sql stable
    as $$
    select r.id from scheduled_tasks t join resource r on r.public_id = t.task_instance
    where t.task_name = 'reconcile-' || of_cluster and t.consecutive_failures > 0
$$;

-- An applier sees its own cluster's tasks alone: db-scheduler's lock-and-fetch would else pick every cluster's. The applier's connections
-- carry the setting waypass.cluster.
alter table scheduled_tasks enable row level security;
drop policy if exists scheduled_tasks_of_portal on scheduled_tasks;
create policy scheduled_tasks_of_portal on scheduled_tasks to waypass_portal using (true);
drop policy if exists scheduled_tasks_of_own_cluster on scheduled_tasks;
create policy scheduled_tasks_of_own_cluster on scheduled_tasks to waypass_applier
    using (task_name in ('plan-' || current_setting('waypass.cluster', true), 'reconcile-' || current_setting('waypass.cluster', true)));
