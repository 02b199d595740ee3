-- Orphans: objects that carry Waypass's label and belong to nothing it keeps. Removing them is asked for by one admin and approved
-- by another; what is approved is a list of objects by UID, and nothing else is deleted.

-- Seen by the applier. identity: what the annotation waypass.io/identity says. owner: what waypass.io/destination says (a slug), or
-- waypass.io/gateway (namespace, slash, name), where identities share the object.
create table orphan_object (
    id               bigint generated always as identity primary key,
    cluster_id       bigint      not null references cluster,
    api_version      text        not null,
    kind             text        not null,
    namespace        text        not null,
    name             text        not null,
    uid              text        not null,
    resource_version text        not null,
    identity         text,
    owner            text,
    managers         text        not null,
    first_seen_at    timestamptz not null,
    seen_at          timestamptz not null,
    constraint orphan_object_place_unique unique (cluster_id, kind, namespace, name)
);
create index orphan_object_by_uid on orphan_object (cluster_id, uid);

-- The one place that says what an orphan is. An object that names an identity is none while that identity is worked on, and while it
-- is at rest and counts the object among its own; one that names a destination or a gateway, while the catalogue has it.
create function is_orphan(in_cluster bigint, its_kind text, its_namespace text, its_name text, its_identity text, its_owner text)
    returns boolean
    language sql stable
    return case
        when its_identity is not null then not exists (
            select 1 from identity i join app a on a.id = i.app_id
            where i.public_id = its_identity and a.cluster_id = in_cluster
                and (i.desired_revision is distinct from i.applied_revision
                    or exists (select 1 from request r where r.identity_id = i.id and r.status in ('approved', 'applying', 'failed'))
                    or i.applied_revision is not null and exists (
                        select 1 from observed_object o where o.identity_id = i.id and o.kind = its_kind and o.namespace = its_namespace
                            and o.name = its_name)))
        when strpos(its_owner, '/') > 0 then not exists (
            select 1 from gateway g where g.cluster_id = in_cluster and g.namespace || '/' || g.name = its_owner)
        when its_owner is not null then not exists (
            -- removed_at: of catalogues whose destinations can be taken out
            select 1 from destination d join gateway g on g.id = d.gateway_id
            where g.cluster_id = in_cluster and d.slug = its_owner and to_jsonb(d) ->> 'removed_at' is null)
        else true
    end;

-- The other half of the report: what identities should have and the cluster has not.
create index observed_object_missing on observed_object (identity_id, position) where state = 'missing';

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

-- What is approved: SHA-256 over a line for each object, in order: apiVersion, kind, namespace, name, UID, parted by single spaces.
create function cleaning_digest(wanted bigint) returns text
    language sql stable
    return (
        select 'sha256:' || encode(sha256(convert_to(string_agg(
            api_version || ' ' || kind || ' ' || namespace || ' ' || name || ' ' || uid || chr(10), '' order by position), 'UTF8')), 'hex')
        from cleaning_object where cleaning_id = wanted);

-- A status moves along these edges, each by one role; a decision names the list, and stays.
create function cleaning_guard() returns trigger
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

create trigger cleaning_guard before update on cleaning for each row execute function cleaning_guard();

-- Only an orphan is asked for, and only as the object that was seen: what takes its name later is another one.
create function cleaning_object_asked() returns trigger
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

create trigger cleaning_object_asked before insert on cleaning_object for each row execute function cleaning_object_asked();

create function cleaning_object_guard() returns trigger
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

create trigger cleaning_object_guard before update on cleaning_object for each row execute function cleaning_object_guard();

-- What follows from a status, whoever moved it: the applier's task commits with the approval, and an end gives the objects free.
create function cleaning_moved() returns trigger
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

create trigger cleaning_moved after update of status on cleaning
    for each row when (old.status is distinct from new.status) execute function cleaning_moved();

grant select on orphan_object, cleaning, cleaning_object to waypass_portal;
grant insert (public_id, cluster_id, reason, requested_by, requested_at) on cleaning to waypass_portal;
grant update (status, status_message, decided_by, decided_digest, decision_reason, decided_at, finished_at) on cleaning to waypass_portal;
grant insert (cleaning_id, position, cluster_id, api_version, kind, namespace, name, uid) on cleaning_object to waypass_portal;

grant select, insert, update, delete on orphan_object to waypass_applier;
grant select on cleaning, cleaning_object to waypass_applier;
grant update (status, status_message, finished_at) on cleaning to waypass_applier;
grant update (outcome, message) on cleaning_object to waypass_applier;
