-- The life of a request: neither process can play the other's part, even if it is taken over, and nothing is applied without an approval.
-- PL/pgSQL looks tables up when it runs: the search_path of every function keeps temporary tables of the caller from taking their place.

-- What follows from a request's kind is in its row. That it is what request_kind has, the foreign key request_of_kind checks.
create or replace function request_kind_guard() returns trigger
    language plpgsql set search_path = public, pg_temp as $$
begin
    select k.resource_kind, k.operation, k.exclusive into new.resource_kind, new.operation, new.exclusive
    from request_kind k where k.kind = new.kind;
    if not found then
        raise exception 'request %: there is no kind %', new.public_id, new.kind
            using errcode = 'foreign_key_violation', constraint = 'request_of_kind';
    end if;
    return new;
end $$;

create or replace trigger request_kind_guard before insert on request for each row execute function request_kind_guard();

create or replace function request_status_guard() returns trigger
    language plpgsql set search_path = public, pg_temp as $$
begin
    if exists (select 1 from request_status_edge where role = current_user)
            and not exists (select 1 from request_status_edge
                where role = current_user and from_status = old.status and to_status = new.status) then
        raise exception 'request %: the % may not move % to %', old.public_id, replace(current_user, 'waypass_', ''), old.status, new.status
            using errcode = 'check_violation', constraint = 'request_status_guard';
    end if;
    if new.status in ('approved', 'applying', 'applied') and not exists (
            select 1 from decision d join plan p on p.id = d.plan_id
            where d.plan_id = new.plan_id and d.request_id = new.id and d.verdict = 'approved' and d.plan_digest = p.digest) then
        raise exception 'request %: no approval covers its plan', old.public_id
            using errcode = 'check_violation', constraint = 'request_status_guard';
    end if;
    if new.status = 'approved' then
        if not exists (select 1 from policy_evaluation e where e.plan_id = new.plan_id) then
            raise exception 'request %: the policies have not seen its plan', old.public_id
                using errcode = 'check_violation', constraint = 'request_policies_first';
        end if;
        if approvals_given(new.plan_id) < approvals_needed(new.plan_id) then
            raise exception 'request %: its plan has % of % approvals', old.public_id, approvals_given(new.plan_id),
                approvals_needed(new.plan_id) using errcode = 'check_violation', constraint = 'request_quorum';
        end if;
    end if;
    return new;
end $$;

create or replace trigger request_status_guard before update of status on request
    for each row when (old.status is distinct from new.status) execute function request_status_guard();

-- A plan that was decided on is not swapped afterwards.
create or replace function request_plan_guard() returns trigger
    language plpgsql set search_path = public, pg_temp as $$
begin
    if old.status <> 'planning' then
        raise exception 'request %: its plan may change only while it is planned', old.public_id
            using errcode = 'check_violation', constraint = 'request_plan_guard';
    end if;
    return new;
end $$;

create or replace trigger request_plan_guard before update of plan_id on request
    for each row when (old.plan_id is distinct from new.plan_id) execute function request_plan_guard();

-- A request is asked for by the team that owns its resource: who may see and decide on it hangs on that.
create or replace function request_team_guard() returns trigger
    language plpgsql set search_path = public, pg_temp as $$
begin
    if new.team_id is distinct from (select team_id from resource where id = new.resource_id) then
        raise exception 'request %: its resource belongs to another team', new.public_id
            using errcode = 'check_violation', constraint = 'request_team_guard';
    end if;
    return new;
end $$;

create or replace trigger request_team_guard before insert on request for each row execute function request_team_guard();

-- The portal desires what an approved request proposes. Both go back from there to what is applied, and desire nothing of what is retired.
-- What is in the catalogue is registered once without a request, unless a request proposes it: only these kinds of resources are, since
-- everything else is approved first.
create or replace function resource_desired_guard() returns trigger
    language plpgsql set search_path = public, pg_temp as $$
begin
    if current_user not in ('waypass_portal', 'waypass_applier')
            or (new.desired_revision is not distinct from old.applied_revision
                or new.desired_revision is null and new.retired_revision is not distinct from old.desired_revision)
                and exists (select 1 from request where resource_id = new.id and revision = old.desired_revision)
            or current_user = 'waypass_portal' and (
                new.kind in ('destination', 'gateway') and old.desired_revision is null and new.desired_revision = 1
                    and not exists (select 1 from request where resource_id = new.id and revision = 1)
                or exists (select 1 from request
                    where resource_id = new.id and revision = new.desired_revision and status = 'approved')) then
        return new;
    end if;
    raise exception 'resource %: no approved request proposes revision %', new.public_id, new.desired_revision
        using errcode = 'check_violation', constraint = 'resource_desired_guard';
end $$;

create or replace trigger resource_desired_guard before update of desired_revision on resource
    for each row when (old.desired_revision is distinct from new.desired_revision) execute function resource_desired_guard();

-- What is applied or retired is what a request proposes that is applied.
create or replace function resource_applied_guard() returns trigger
    language plpgsql set search_path = public, pg_temp as $$
begin
    if current_user in ('waypass_portal', 'waypass_applier') and not (
            case when new.applied_revision is not distinct from old.applied_revision then true
                when new.applied_revision is null then new.retired_revision is not null
                else exists (select 1 from request r
                    where r.resource_id = new.id and r.revision = new.applied_revision and r.operation = 'keep' and r.status = 'applied') end
            and case when new.retired_revision is not distinct from old.retired_revision then true
                when new.retired_revision is null then new.applied_revision is not null
                else exists (select 1 from request r
                    where r.resource_id = new.id and r.revision = new.retired_revision and r.operation = 'retire' and r.status = 'applied')
                end) then
        raise exception 'resource %: no applied request proposes what it is said to be', new.public_id
            using errcode = 'check_violation', constraint = 'resource_applied_guard';
    end if;
    return new;
end $$;

create or replace trigger resource_applied_guard before update of applied_revision, retired_revision on resource
    for each row when ((old.applied_revision, old.retired_revision) is distinct from (new.applied_revision, new.retired_revision))
    execute function resource_applied_guard();
