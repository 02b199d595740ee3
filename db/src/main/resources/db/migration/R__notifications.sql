-- Wakes the processes at commit, so that neither polls. The tables stay the truth: a notification that is lost costs time, not work.

-- the applier of the task's cluster
create or replace function scheduled_task_wake() returns trigger
    language plpgsql set search_path = public, pg_temp as $$
begin
    if not new.picked and new.execution_time <= now() + interval '1 second' then
        perform pg_notify('waypass_tasks', new.task_name);
    end if;
    return null;
end $$;

create or replace trigger scheduled_task_wake after insert or update of execution_time on scheduled_tasks
    for each row execute function scheduled_task_wake();

-- the portal, which lets the policies judge a plan as soon as it is there
create or replace function request_pending_wake() returns trigger
    language plpgsql set search_path = public, pg_temp as $$
begin
    perform pg_notify('waypass_pending', new.public_id);
    return null;
end $$;

create or replace trigger request_pending_wake after update of status on request
    for each row when (new.status = 'pending') execute function request_pending_wake();

-- the appliers, where something changed that plans are made from (request_basis)
create or replace function basis_wake() returns trigger
    language plpgsql set search_path = public, pg_temp as $$
begin
    perform pg_notify('waypass_tasks', 'basis');
    return null;
end $$;

create or replace trigger basis_wake after insert or update or delete on team_namespace
    for each statement execute function basis_wake();
create or replace trigger basis_wake after update of desired_revision on resource
    for each row when (new.kind in ('destination', 'gateway')) execute function basis_wake();
-- what the identities of a destination share belongs to nothing once the destination is removed
create or replace trigger basis_wake after update of host, removed_at on destination
    for each statement execute function basis_wake();
create or replace trigger basis_wake after update on cluster for each statement execute function basis_wake();
create or replace trigger basis_wake after update of service_account, namespace, name, team_id on app
    for each statement execute function basis_wake();
