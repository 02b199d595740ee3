-- Rules that hold whoever writes: the request's life, the audit trail's chain, the wake-up of appliers.

-- A status may only move along these edges, each by one role. "the portal decides, the applier applies" is
-- enforced here too, so that neither process can play the other's part even if it is taken over.
create function request_status_guard() returns trigger
    language plpgsql as $$
declare
    actor text := current_user;
    edge  text := old.status || '>' || new.status;
begin
    if actor = 'waypass_applier' then
        if edge not in ('planning>pending', 'planning>invalid', 'approved>applying', 'approved>planning', 'applying>applied',
                        'applying>failed', 'applying>planning', 'failed>applied', 'failed>planning') then
            raise exception 'request %: the applier may not move % to %', old.public_id, old.status, new.status
                using errcode = 'check_violation', constraint = 'request_status_guard';
        end if;
    elsif actor = 'waypass_portal' then
        if edge not in ('planning>withdrawn', 'pending>withdrawn', 'pending>approved', 'pending>rejected', 'pending>superseded',
                        'failed>superseded', 'applied>superseded', 'failed>withdrawn') then
            raise exception 'request %: the portal may not move % to %', old.public_id, old.status, new.status
                using errcode = 'check_violation', constraint = 'request_status_guard';
        end if;
    end if;
    if new.status in ('approved', 'applying', 'applied') and not exists (
            select 1 from decision d join plan p on p.id = d.plan_id
            where d.plan_id = new.plan_id and d.request_id = new.id and d.verdict = 'approved' and d.plan_digest = p.digest) then
        raise exception 'request %: no approval covers its plan', old.public_id
            using errcode = 'check_violation', constraint = 'request_status_guard';
    end if;
    return new;
end $$;

create trigger request_status_guard before update of status on request
    for each row when (old.status is distinct from new.status) execute function request_status_guard();

-- A plan that was decided on is not swapped afterwards.
create function request_plan_guard() returns trigger
    language plpgsql as $$
begin
    if old.status <> 'planning' then
        raise exception 'request %: its plan may change only while it is planned', old.public_id
            using errcode = 'check_violation', constraint = 'request_plan_guard';
    end if;
    return new;
end $$;

create trigger request_plan_guard before update of plan_id on request
    for each row when (old.plan_id is distinct from new.plan_id) execute function request_plan_guard();

-- The audit trail: numbered without gaps and chained by SHA-256 in the order of commit. The advisory lock is held
-- to the end of the transaction, so that the next writer sees this row.
create function audit_event_hash(e audit_event) returns bytea
    language sql stable
    return sha256(e.prev_hash || convert_to(jsonb_build_array(e.id, extract(epoch from e.at)::text, e.actor, e.action, e.subject,
        e.team_id, e.request_id, e.detail)::text, 'UTF8'));

create function audit_event_chain() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
declare
    last record;
begin
    perform pg_advisory_xact_lock(7092147);
    select id, hash into last from audit_event order by id desc limit 1;
    new.id := coalesce(last.id, 0) + 1;
    new.prev_hash := coalesce(last.hash, decode(repeat('00', 32), 'hex'));
    new.hash := audit_event_hash(new);
    return new;
end $$;

create trigger audit_event_chain before insert on audit_event
    for each row execute function audit_event_chain();

create function audit_event_append_only() returns trigger
    language plpgsql as $$
begin
    raise exception 'the audit trail is append-only' using errcode = 'insufficient_privilege';
end $$;

create trigger audit_event_append_only before update or delete or truncate on audit_event
    for each statement execute function audit_event_append_only();

-- Wakes the applier of the task's cluster at commit; the task table stays the truth.
create function scheduled_task_wake() returns trigger
    language plpgsql as $$
begin
    if not new.picked and new.execution_time <= now() + interval '1 second' then
        perform pg_notify('waypass_tasks', new.task_name);
    end if;
    return null;
end $$;

create trigger scheduled_task_wake after insert or update of execution_time on scheduled_tasks
    for each row execute function scheduled_task_wake();

