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

-- A policy's approval counts as long as that version approves: not after it was switched off, nor beside its own next version.
create or replace function approvals_given(wanted bigint) returns bigint
    language sql stable
    return (
        select count(*) from decision d join plan p on p.id = d.plan_id left join policy_evaluation e on e.plan_id = p.id
        where d.plan_id = wanted and d.verdict = 'approved' and d.plan_digest = p.digest
            and (d.decided_by is not null or not e.people_only and exists (
                select 1 from jsonb_array_elements(e.results) said
                where (said ->> 'versionId')::bigint = d.policy_version_id
                    and said ->> 'effect' = 'APPROVE' and said ->> 'outcome' = 'HOLDS')));
