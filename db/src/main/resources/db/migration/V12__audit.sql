-- The audit trail: numbered without gaps, chained by hashes, append-only.

-- before_digest, after_digest: what the fact changed. call_id: the API call that caused it.
create table audit_event (
    id            bigint primary key,
    at            timestamptz not null,
    actor         text        not null,
    action        text        not null,
    subject       text        not null,
    team_id       bigint references team,
    request_id    text,
    detail        jsonb       not null,
    prev_hash     bytea       not null,
    hash          bytea       not null,
    before_digest text,
    after_digest  text,
    call_id       text
);
create index audit_event_by_subject on audit_event (subject, id);
create index audit_event_by_team on audit_event (team_id, id);
