-- What a plan was made from, how many approvals it takes, policies that decide, and an audit trail with digests.

-- How many approvals a request for this destination takes.
alter table destination add column approvals integer not null default 1,
    add constraint destination_approvals_valid check (approvals between 1 and 5);

-- basis: hash of what the database said when the plan was begun (request_basis); relied: what the cluster said, by name of the
-- fact; cause: why this plan took the place of an earlier one. Null in plans of earlier versions.
alter table plan add column basis text,
    add column relied jsonb,
    add column cause text,
    add column passed smallint not null default 0,
    add column warnings smallint not null default 0,
    add column failed smallint not null default 0,
    add column unknown smallint not null default 0;

update plan set
    passed = (select count(*) from jsonb_array_elements(checks) c where c ->> 'level' = 'PASSED'),
    warnings = (select count(*) from jsonb_array_elements(checks) c where c ->> 'level' = 'WARNING'),
    failed = (select count(*) from jsonb_array_elements(checks) c where c ->> 'level' = 'FAILED'),
    unknown = (select count(*) from jsonb_array_elements(checks) c where c ->> 'level' = 'UNKNOWN');

-- Everything in the database that a plan of this request is made from; another value, and the plan is too old to decide on or to
-- apply. Identities of other apps count where they would claim the same principal at the same host.
create function request_basis(wanted bigint) returns text
    language sql stable
    return (
        select encode(sha256(convert_to(jsonb_build_array(c.name, c.trust_domain, c.flavour, g.name, g.namespace, g.service_account,
            g.placement, d.slug, d.host, d.port, d.listen_port, d.shared_service_entry, a.team_id, a.namespace, a.name,
            a.service_account, n.team_id, i.secret_name, r.certificate_id, (
                select jsonb_agg(other.public_id order by other.id) from identity other
                join app oa on oa.id = other.app_id join cluster oc on oc.id = oa.cluster_id
                join destination od on od.id = other.destination_id
                where other.id <> i.id and other.desired_revision is not null and oa.namespace = a.namespace
                    and oa.service_account = a.service_account and oc.trust_domain = c.trust_domain and od.host = d.host))::text,
            'UTF8')), 'hex')
        from request r
        join identity i on i.id = r.identity_id
        join app a on a.id = i.app_id
        join cluster c on c.id = a.cluster_id
        join destination d on d.id = i.destination_id
        join gateway g on g.id = d.gateway_id
        left join team_namespace n on n.cluster_id = a.cluster_id and n.namespace = a.namespace
        where r.id = wanted);
create index app_by_principal on app (namespace, service_account);

-- Policies: rules in CEL. A change makes a new version; what decided is named by its version for ever.
create table policy (
    id             bigint generated always as identity primary key,
    public_id      text        not null constraint policy_public_id_unique unique,
    name           text        not null constraint policy_name_unique unique,
    active_version integer,
    created_at     timestamptz not null,
    constraint policy_name_is_label check (is_dns_label(name))
);

create table policy_version (
    id          bigint generated always as identity primary key,
    policy_id   bigint      not null references policy,
    version     integer     not null,
    description text        not null,
    expression  text        not null,
    effect      text        not null,
    approvals   integer,
    message     text,
    created_by  text references person,
    created_at  timestamptz not null,
    constraint policy_version_unique unique (policy_id, version),
    constraint policy_effect_known check (effect in ('approve', 'require-approvals', 'deny', 'allow-own-team')),
    constraint policy_approvals_given check ((effect = 'require-approvals') = (approvals is not null)),
    constraint policy_approvals_valid check (approvals between 1 and 5),
    constraint policy_message_given check (effect <> 'deny' or message is not null)
);
alter table policy add constraint policy_active_version_fk foreign key (id, active_version) references policy_version (policy_id, version);

-- Counts how often the set of active policies has changed: what was judged under an earlier set is judged again.
create table policy_set (
    only_row boolean primary key default true constraint policy_set_has_one_row check (only_row),
    version  bigint not null
);
insert into policy_set (version) values (0);

-- What the policies said of a plan. approvals: how many they ask for; people_only: whether a policy's approval does not count among
-- them; own_team: whether admins of the team that asks may decide. results: each active policy, its version and its answer.
create table policy_evaluation (
    plan_id      bigint primary key references plan,
    policy_set   bigint      not null,
    approvals    integer     not null,
    people_only  boolean     not null,
    own_team     boolean     not null,
    results      jsonb       not null,
    evaluated_at timestamptz not null,
    constraint policy_evaluation_approvals_valid check (approvals between 1 and 5)
);

-- A decision is a person's or a policy's.
alter table decision alter column decided_by drop not null,
    add column policy_version_id bigint references policy_version,
    add constraint decision_has_one_author check (num_nonnulls(decided_by, policy_version_id) = 1),
    drop constraint decision_once_per_plan,
    add constraint decision_once_per_person unique (plan_id, decided_by),
    add constraint decision_once_per_policy unique (plan_id, policy_version_id);
create index decision_by_policy_version on decision (policy_version_id) where policy_version_id is not null;

create function approvals_needed(wanted bigint) returns integer
    language sql stable
    return (
        select greatest(d.approvals, coalesce(e.approvals, 1))
        from plan p
        join request r on r.id = p.request_id
        join identity i on i.id = r.identity_id
        join destination d on d.id = i.destination_id
        left join policy_evaluation e on e.plan_id = p.id
        where p.id = wanted);

create function approvals_given(wanted bigint) returns bigint
    language sql stable
    return (
        select count(*) from decision d join plan p on p.id = d.plan_id left join policy_evaluation e on e.plan_id = p.id
        where d.plan_id = wanted and d.verdict = 'approved' and d.plan_digest = p.digest
            and (d.decided_by is not null or not coalesce(e.people_only, false)));

-- Nobody decides on an own request, and nothing is decided that is not waiting, or by another plan than the present one.
create function decision_guard() returns trigger
    language plpgsql as $$
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

create trigger decision_guard before insert on decision for each row execute function decision_guard();

create or replace function request_status_guard() returns trigger
    language plpgsql as $$
declare
    actor text := current_user;
    edge  text := old.status || '>' || new.status;
begin
    if actor = 'waypass_applier' then
        if edge not in ('planning>pending', 'planning>invalid', 'pending>planning', 'approved>applying', 'approved>planning',
                        'applying>applied', 'applying>failed', 'applying>planning', 'failed>applied', 'failed>planning') then
            raise exception 'request %: the applier may not move % to %', old.public_id, old.status, new.status
                using errcode = 'check_violation', constraint = 'request_status_guard';
        end if;
    elsif actor = 'waypass_portal' then
        if edge not in ('planning>withdrawn', 'pending>withdrawn', 'pending>approved', 'pending>rejected', 'pending>planning',
                        'pending>superseded', 'failed>superseded', 'applied>superseded', 'failed>withdrawn') then
            raise exception 'request %: the portal may not move % to %', old.public_id, old.status, new.status
                using errcode = 'check_violation', constraint = 'request_status_guard';
        end if;
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

-- Wakes the portal, which lets the policies look at a plan as soon as it is there.
create function request_pending_wake() returns trigger
    language plpgsql as $$
begin
    perform pg_notify('waypass_pending', new.public_id);
    return null;
end $$;

create trigger request_pending_wake after update of status on request
    for each row when (new.status = 'pending') execute function request_pending_wake();

-- Until when the certificate is valid that an identity presents; kept here because lists look for what ends soon.
alter table identity add column in_use_until timestamptz;
update identity i set in_use_until = (select c.not_after from request r join certificate c on c.id = r.certificate_id
    where r.identity_id = i.id and r.revision = i.applied_revision);
grant update (in_use_until) on identity to waypass_applier;

-- Wakes the appliers where something changed that plans are made from.
create function basis_wake() returns trigger
    language plpgsql as $$
begin
    perform pg_notify('waypass_tasks', 'basis');
    return null;
end $$;

create trigger basis_wake after insert or update or delete on team_namespace
    for each statement execute function basis_wake();
create trigger basis_wake after update of gateway_id, host, port, listen_port, shared_service_entry on destination
    for each statement execute function basis_wake();
create trigger basis_wake after update on gateway for each statement execute function basis_wake();
create trigger basis_wake after update on cluster for each statement execute function basis_wake();
create trigger basis_wake after update of service_account, namespace, name, team_id on app
    for each statement execute function basis_wake();

-- One open request per identity bounds these; everything else a list needs is found by them.
create index request_pending on request (id) where status = 'pending';
create index request_pending_by_team on request (team_id, id) where status = 'pending';
create index request_by_requester on request (requested_by);

-- The audit trail says what a fact changed: digests before and after, and the call that caused it.
alter table audit_event add column before_digest text, add column after_digest text, add column call_id text;
create index audit_event_by_team on audit_event (team_id, id);

create or replace function audit_event_hash(e audit_event) returns bytea
    language sql stable
    return sha256(e.prev_hash || convert_to((jsonb_build_array(e.id, extract(epoch from e.at)::text, e.actor, e.action, e.subject,
        e.team_id, e.request_id, e.detail) || case when num_nonnulls(e.before_digest, e.after_digest, e.call_id) = 0 then '[]'::jsonb
        else jsonb_build_array(e.before_digest, e.after_digest, e.call_id) end)::text, 'UTF8'));

-- Shipped, and off until somebody switches them on.
insert into policy (public_id, name, created_at) values
    ('pol_renewal', 'same-identity-renewal', now()),
    ('pol_lifetime', 'certificate-lifetime', now()),
    ('pol_rsa3072', 'rsa-3072', now());
insert into policy_version (policy_id, version, description, expression, effect, message, created_at)
select p.id, 1, v.description, v.expression, v.effect, v.message, now() from policy p join (values
    ('pol_renewal', 'Approves a rotation that keeps subject, issuer and names, if every check of its plan passed.',
        $cel$request.kind == 'rotate-certificate'
&& has(previous.subject)
&& certificate.subject == previous.subject
&& certificate.issuer == previous.issuer
&& certificate.sans == previous.sans
&& plan.warnings + plan.failed + plan.unknown == 0$cel$, 'approve', null),
    ('pol_lifetime', 'Denies certificates that live longer than 398 days.',
        'certificate.lifetimeDays > 398', 'deny',
        'The certificate is valid for longer than 398 days. Have one issued that lives at most 398 days.'),
    ('pol_rsa3072', 'Denies RSA keys of fewer than 3072 bits.',
        $cel$certificate.keyAlgorithm == 'RSA' && certificate.keyBits < 3072$cel$, 'deny',
        'The RSA key has fewer than 3072 bits. Make one of at least 3072 bits, or an elliptic curve key such as P-256.')
    ) as v (public_id, description, expression, effect, message) on v.public_id = p.public_id;

grant select on policy, policy_version, policy_set, policy_evaluation to waypass_portal;
grant insert on policy, policy_version, policy_evaluation to waypass_portal;
grant update (active_version) on policy to waypass_portal;
grant update on policy_set, policy_evaluation to waypass_portal;
-- what an approval takes is the applier's to read, not to say
grant select on policy_evaluation to waypass_applier;
