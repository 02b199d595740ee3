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
