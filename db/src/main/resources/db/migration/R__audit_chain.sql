-- Numbers the audit trail without gaps and chains it by SHA-256 in the order of commit. The advisory lock is held to the end of the
-- transaction, so that the next writer sees this row.

create or replace function audit_event_hash(e audit_event) returns bytea
    language sql stable
    return sha256(e.prev_hash || convert_to((jsonb_build_array(e.id, extract(epoch from e.at)::text, e.actor, e.action, e.subject,
        e.team_id, e.request_id, e.detail) || case when num_nonnulls(e.before_digest, e.after_digest, e.call_id) = 0 then '[]'::jsonb
        else jsonb_build_array(e.before_digest, e.after_digest, e.call_id) end)::text, 'UTF8'));

create or replace function audit_event_chain() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
declare
    last record;
begin
    perform pg_advisory_xact_lock(7092147);
    select id, hash into last from audit_event order by id desc limit 1;
    new.id := coalesce(last.id, 0) + 1;
    new.prev_hash := coalesce(last.hash, decode(repeat('00', 32), 'hex'));
    new.hash := audit_event_hash(new);
    return new;
end $$;

create or replace trigger audit_event_chain before insert on audit_event
    for each row execute function audit_event_chain();

create or replace function audit_event_append_only() returns trigger
    language plpgsql set search_path = public, pg_temp as $$
begin
    raise exception 'the audit trail is append-only' using errcode = 'insufficient_privilege';
end $$;

create or replace trigger audit_event_append_only before update or delete or truncate on audit_event
    for each statement execute function audit_event_append_only();
