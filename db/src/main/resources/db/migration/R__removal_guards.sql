-- Apps, destinations and teams are removed only when nothing depends on them; what was asked for them stays to be read.

-- Whether anything of an identity is in the cluster, or may come to be by a request that is open.
create or replace function identity_is_kept(wanted bigint) returns boolean
    language sql stable
    return exists (
        select 1 from resource i where i.id = wanted and (i.desired_revision is not null or i.applied_revision is not null or exists (
            select 1 from request r where r.resource_id = i.id and r.status in ('planning', 'pending', 'approved', 'applying'))));

create or replace function removal_guard() returns trigger
    language plpgsql set search_path = public, pg_temp as $$
begin
    if tg_table_name = 'team' then
        if exists (select 1 from app a where a.team_id = new.id and a.removed_at is null) then
            raise exception 'team %: it has apps', new.slug using errcode = 'check_violation', constraint = 'team_removal_guard';
        end if;
    elsif exists (select 1 from identity i where identity_is_kept(i.id)
            and case tg_table_name when 'app' then i.app_id else i.destination_id end = new.id) then
        raise exception '% %: it has identities', tg_table_name, new.id
            using errcode = 'check_violation', constraint = tg_table_name || '_removal_guard';
    end if;
    return new;
end $$;

create or replace trigger removal_guard before update of removed_at on app
    for each row when (old.removed_at is null and new.removed_at is not null) execute function removal_guard();
create or replace trigger removal_guard before update of removed_at on destination
    for each row when (old.removed_at is null and new.removed_at is not null) execute function removal_guard();
create or replace trigger removal_guard before update of removed_at on team
    for each row when (old.removed_at is null and new.removed_at is not null) execute function removal_guard();
