-- What is approved: SHA-256 over a line for each object, in order: apiVersion, kind, namespace, name, UID, parted by single spaces.
create or replace function cleaning_digest(wanted bigint) returns text
    language sql stable
    return (
        select 'sha256:' || encode(sha256(convert_to(string_agg(
            api_version || ' ' || kind || ' ' || namespace || ' ' || name || ' ' || uid || chr(10), '' order by position), 'UTF8')), 'hex')
        from cleaning_object where cleaning_id = wanted);

-- A status moves along these edges, each by one role; a decision names the list, and stays.
create or replace function cleaning_guard() returns trigger
    language plpgsql as $$
declare
    actor text := current_user;
    edge  text := old.status || '>' || new.status;
begin
    if old.decided_by is not null and (old.decided_by, old.decided_digest, old.decision_reason, old.decided_at)
            is distinct from (new.decided_by, new.decided_digest, new.decision_reason, new.decided_at) then
        raise exception 'cleaning %: its decision stays', old.public_id
            using errcode = 'check_violation', constraint = 'cleaning_guard';
    end if;
    if new.status = old.status then
        return new;
    end if;
    if actor = 'waypass_applier' and edge not in ('approved>done', 'approved>failed', 'failed>done') then
        raise exception 'cleaning %: the applier may not move % to %', old.public_id, old.status, new.status
            using errcode = 'check_violation', constraint = 'cleaning_guard';
    elsif actor = 'waypass_portal' and edge not in ('pending>approved', 'pending>rejected', 'pending>withdrawn') then
        raise exception 'cleaning %: the portal may not move % to %', old.public_id, old.status, new.status
            using errcode = 'check_violation', constraint = 'cleaning_guard';
    end if;
    if new.status in ('approved', 'rejected') and new.decided_digest is distinct from cleaning_digest(new.id) then
        raise exception 'cleaning %: this is not its list', old.public_id
            using errcode = 'check_violation', constraint = 'cleaning_guard';
    end if;
    if new.status = 'done' and exists (select 1 from cleaning_object where cleaning_id = new.id and outcome is null) then
        raise exception 'cleaning %: not every object has an outcome', old.public_id
            using errcode = 'check_violation', constraint = 'cleaning_guard';
    end if;
    return new;
end $$;

create or replace trigger cleaning_guard before update on cleaning for each row execute function cleaning_guard();

-- Only an orphan is asked for, and only as the object that was seen: what takes its name later is another one.
create or replace function cleaning_object_asked() returns trigger
    language plpgsql as $$
begin
    if not exists (select 1 from cleaning where id = new.cleaning_id and status = 'pending') then
        raise exception 'its list is closed'
            using errcode = 'check_violation', constraint = 'cleaning_object_guard';
    end if;
    if not exists (
            select 1 from orphan_object o
            where o.cluster_id = new.cluster_id and o.kind = new.kind and o.namespace = new.namespace and o.name = new.name
                and o.uid = new.uid and o.api_version = new.api_version
                and is_orphan(o.cluster_id, o.kind, o.namespace, o.name, o.identity, o.owner)) then
        raise exception '% %/% with the UID % is no orphan', new.kind, new.namespace, new.name, new.uid
            using errcode = 'check_violation', constraint = 'cleaning_object_guard';
    end if;
    return new;
end $$;

create or replace trigger cleaning_object_asked before insert on cleaning_object for each row execute function cleaning_object_asked();

create or replace function cleaning_object_guard() returns trigger
    language plpgsql as $$
begin
    if (new.cleaning_id, new.position, new.cluster_id, new.api_version, new.kind, new.namespace, new.name, new.uid)
            is distinct from (old.cleaning_id, old.position, old.cluster_id, old.api_version, old.kind, old.namespace, old.name, old.uid) then
        raise exception 'what was asked for stays'
            using errcode = 'check_violation', constraint = 'cleaning_object_guard';
    end if;
    if (new.outcome, new.message) is distinct from (old.outcome, old.message) and (old.outcome is not null
            or not exists (select 1 from cleaning where id = new.cleaning_id and status in ('approved', 'failed'))) then
        raise exception 'nothing is done about it now'
            using errcode = 'check_violation', constraint = 'cleaning_object_guard';
    end if;
    return new;
end $$;

create or replace trigger cleaning_object_guard before update on cleaning_object for each row execute function cleaning_object_guard();

-- What follows from a status, whoever moved it: the applier's task commits with the approval, and an end gives the objects free.
create or replace function cleaning_moved() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if new.status = 'approved' then
        insert into scheduled_tasks (task_name, task_instance, execution_time, picked, version)
        select 'clean-' || name, new.public_id, now(), false, 1 from cluster where id = new.cluster_id
        on conflict (task_name, task_instance) do nothing;
    elsif new.status in ('rejected', 'withdrawn', 'done') then
        update cleaning_object set open = false where cleaning_id = new.id;
    end if;
    return null;
end $$;

create or replace trigger cleaning_moved after update of status on cleaning
    for each row when (old.status is distinct from new.status) execute function cleaning_moved();
