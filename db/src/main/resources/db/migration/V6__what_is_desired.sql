-- A revision is desired from its approval on, and no longer than the approval stands: a request that goes back to planning, or comes to
-- nothing, leaves its identity with what was applied before. Whoever moves the request, so neither process can forget it.
create function request_desire_guard() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
begin
    update identity set desired_revision = applied_revision where id = new.identity_id and desired_revision = new.revision;
    return null;
end $$;

create trigger request_desire_guard after update of status on request
    for each row when (new.status in ('planning', 'invalid', 'rejected', 'withdrawn')) execute function request_desire_guard();

update identity i set desired_revision = applied_revision where desired_revision is distinct from applied_revision and not exists (
    select 1 from request r where r.identity_id = i.id and r.revision = i.desired_revision
        and r.status in ('approved', 'applying', 'applied', 'failed', 'superseded'));
