-- How many approvals a plan takes, and how many it has.

-- What the catalogue asks for: a destination says how many approvals a request about it takes.
create or replace function approvals_of(wanted bigint) returns integer
    language sql stable
    return coalesce((
        select d.approvals from about_destination o join destination d on d.id = o.destination_id where o.resource_id = wanted), 1);

create or replace function approvals_needed(wanted bigint) returns integer
    language sql stable
    return (
        select greatest(approvals_of(r.resource_id), coalesce(e.approvals, 1))
        from plan p
        join request r on r.id = p.request_id
        left join policy_evaluation e on e.plan_id = p.id
        where p.id = wanted);

-- A policy's approval counts as long as that version approves: not after it was switched off, nor beside its own next version. Some
-- kinds of requests are approved by people alone.
create or replace function approvals_given(wanted bigint) returns bigint
    language sql stable
    return (
        select count(*) from decision d join plan p on p.id = d.plan_id join request r on r.id = p.request_id
        join request_kind k on k.kind = r.kind
        left join policy_evaluation e on e.plan_id = p.id
        where d.plan_id = wanted and d.verdict = 'approved' and d.plan_digest = p.digest
            and (d.decided_by is not null or not k.people_only and not e.people_only and exists (
                select 1 from jsonb_array_elements(e.results) said
                where (said ->> 'versionId')::bigint = d.policy_version_id
                    and said ->> 'effect' = 'APPROVE' and said ->> 'outcome' = 'HOLDS')));
