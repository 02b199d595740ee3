-- Apps, destinations and teams are removed, and the history of what was asked for them stays.
alter table app add column removed_at timestamptz,
    drop constraint app_name_unique,
    drop constraint app_principal_unique;
create unique index app_name_unique on app (cluster_id, namespace, name) where removed_at is null;
create unique index app_principal_unique on app (cluster_id, namespace, service_account) where removed_at is null;

alter table destination add column removed_at timestamptz,
    drop constraint destination_slug_unique,
    drop constraint destination_host_unique;
create unique index destination_slug_unique on destination (slug) where removed_at is null;
create unique index destination_host_unique on destination (gateway_id, host) where removed_at is null;

-- A team's slug stays its own: the right to see what the team asked for hangs on it.
alter table team add column removed_at timestamptz;

grant update (removed_at) on app to waypass_portal;
revoke delete on app from waypass_portal;

-- Whether anything of an identity is in the cluster, or may come to be by a request that is open.
create function identity_is_kept(i identity) returns boolean
    language sql stable
    return i.desired_revision is not null or i.applied_revision is not null or exists (
        select 1 from request r where r.identity_id = i.id and r.status in ('planning', 'pending', 'approved', 'applying'));

create function removal_guard() returns trigger
    language plpgsql as $$
begin
    if tg_table_name = 'team' then
        if exists (select 1 from app a where a.team_id = new.id and a.removed_at is null) then
            raise exception 'team %: it has apps', new.slug using errcode = 'check_violation', constraint = 'team_removal_guard';
        end if;
    elsif exists (select 1 from identity i where identity_is_kept(i)
            and case tg_table_name when 'app' then i.app_id else i.destination_id end = new.id) then
        raise exception '% %: it has identities', tg_table_name, new.id
            using errcode = 'check_violation', constraint = tg_table_name || '_removal_guard';
    end if;
    return new;
end $$;

create trigger removal_guard before update of removed_at on app
    for each row when (old.removed_at is null and new.removed_at is not null) execute function removal_guard();
create trigger removal_guard before update of removed_at on destination
    for each row when (old.removed_at is null and new.removed_at is not null) execute function removal_guard();
create trigger removal_guard before update of removed_at on team
    for each row when (old.removed_at is null and new.removed_at is not null) execute function removal_guard();

-- What is shared by the identities of a destination is nobody's once the destination is removed.
create trigger basis_wake_on_removal after update of removed_at on destination
    for each statement execute function basis_wake();
