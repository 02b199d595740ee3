-- Nobody decides on an own request, and nothing is decided that is not pending, or by another plan than the present one.

create or replace function decision_guard() returns trigger
    language plpgsql set search_path = public, pg_temp as $$
declare
    decided record;
begin
    select r.public_id, r.status, r.plan_id, r.requested_by, p.digest into decided
    from request r left join plan p on p.id = r.plan_id where r.id = new.request_id;
    if decided.status <> 'pending' or decided.plan_id is distinct from new.plan_id or decided.digest is distinct from new.plan_digest then
        raise exception 'request %: this is not the plan that waits for a decision', decided.public_id
            using errcode = 'check_violation', constraint = 'decision_guard';
    end if;
    if new.decided_by = decided.requested_by then
        raise exception 'request %: nobody decides on an own request', decided.public_id
            using errcode = 'check_violation', constraint = 'decision_four_eyes';
    end if;
    return new;
end $$;

create or replace trigger decision_guard before insert on decision for each row execute function decision_guard();
