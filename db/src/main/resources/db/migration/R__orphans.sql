-- What an orphan is, and what may be asked to be removed.

-- An object that names an identity is no orphan while a request of that identity is under way, and while the identity is at rest and has
-- the object among its own; one that names a destination or a gateway, while the catalogue has it.
create or replace function is_orphan(in_cluster bigint, its_kind text, its_namespace text, its_name text, its_identity text, its_owner text)
    returns boolean
    language sql stable
    return case
        when its_identity is not null then not exists (
            select 1 from resource i
            where i.public_id = its_identity and i.kind = 'identity' and i.cluster_id = in_cluster
                and (i.desired_revision is distinct from i.applied_revision
                    or exists (select 1 from request r where r.resource_id = i.id and r.status in ('approved', 'applying', 'failed'))
                    or i.applied_revision is not null and exists (
                        select 1 from observed_object o where o.resource_id = i.id and o.kind = its_kind and o.namespace = its_namespace
                            and o.name = its_name)))
        when strpos(its_owner, '/') > 0 then not exists (
            select 1 from gateway g where g.cluster_id = in_cluster and g.namespace || '/' || g.name = its_owner)
        when its_owner is not null then not exists (
            select 1 from destination d join gateway g on g.id = d.gateway_id
            where g.cluster_id = in_cluster and d.slug = its_owner and d.removed_at is null)
        else true
    end;

-- Only an orphan is listed, only as the object that was seen (what takes its name later is another one), and only on one list at a time.
-- A list is closed once a request proposes it.
create or replace function orphan_removal_object_listed() returns trigger
    language plpgsql set search_path = public, pg_temp as $$
begin
    if exists (select 1 from request where resource_id = new.resource_id and revision = new.revision) then
        raise exception 'its list is closed'
            using errcode = 'check_violation', constraint = 'orphan_removal_object_guard';
    end if;
    if not exists (
            select 1 from orphan_object o
            where o.cluster_id = new.resource_id and o.kind = new.kind and o.namespace = new.namespace and o.name = new.name
                and o.uid = new.uid and o.api_version = new.api_version
                and is_orphan(o.cluster_id, o.kind, o.namespace, o.name, o.identity, o.owner)) then
        raise exception '% %/% with the UID % is no orphan', new.kind, new.namespace, new.name, new.uid
            using errcode = 'check_violation', constraint = 'orphan_removal_object_guard';
    end if;
    if exists (select 1 from orphan_removal_object o join request r on r.resource_id = o.resource_id and r.revision = o.revision
            where o.resource_id = new.resource_id and o.uid = new.uid
                and r.status in ('planning', 'pending', 'approved', 'applying', 'failed')) then
        raise exception '% %/% is on another open list', new.kind, new.namespace, new.name
            using errcode = 'check_violation', constraint = 'orphan_removal_object_open_once';
    end if;
    return new;
end $$;

create or replace trigger orphan_removal_object_listed before insert on orphan_removal_object
    for each row execute function orphan_removal_object_listed();

create or replace function orphan_removal_object_guard() returns trigger
    language plpgsql set search_path = public, pg_temp as $$
begin
    if (new.resource_id, new.revision, new.position, new.api_version, new.kind, new.namespace, new.name, new.uid) is distinct from
            (old.resource_id, old.revision, old.position, old.api_version, old.kind, old.namespace, old.name, old.uid) then
        raise exception 'what was asked for stays'
            using errcode = 'check_violation', constraint = 'orphan_removal_object_guard';
    end if;
    if old.outcome is not null or not exists (
            select 1 from request where resource_id = new.resource_id and revision = new.revision and status in ('applying', 'failed')) then
        raise exception 'it is not applied now'
            using errcode = 'check_violation', constraint = 'orphan_removal_object_guard';
    end if;
    return new;
end $$;

create or replace trigger orphan_removal_object_guard before update on orphan_removal_object
    for each row when (old is distinct from new) execute function orphan_removal_object_guard();

create or replace function orphan_removal_applied_guard() returns trigger
    language plpgsql set search_path = public, pg_temp as $$
begin
    if exists (select 1 from orphan_removal_object where resource_id = new.resource_id and revision = new.revision and outcome is null) then
        raise exception 'request %: not every object has an outcome', new.public_id
            using errcode = 'check_violation', constraint = 'orphan_removal_applied_guard';
    end if;
    return new;
end $$;

create or replace trigger orphan_removal_applied_guard before update of status on request
    for each row when (new.status = 'applied' and old.status <> 'applied' and new.operation = 'remove-orphans')
    execute function orphan_removal_applied_guard();
