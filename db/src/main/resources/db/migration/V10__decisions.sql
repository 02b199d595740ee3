-- Decisions on one plan each, by a person or by one version of a policy.

-- What the policies said of a plan. approvals: how many they ask for. people_only: whether a policy's approval does not count among
-- them. own_team: whether admins of the team that asks may decide. results: each active policy, its version and its answer.
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

create table decision (
    id                bigint generated always as identity primary key,
    request_id        bigint      not null references request,
    plan_id           bigint      not null references plan,
    plan_digest       text        not null,
    verdict           text        not null,
    decided_by        text references person,
    policy_version_id bigint references policy_version,
    reason            text        not null,
    decided_at        timestamptz not null,
    constraint decision_verdict_known check (verdict in ('approved', 'rejected')),
    constraint decision_has_one_author check (num_nonnulls(decided_by, policy_version_id) = 1),
    constraint decision_once_per_person unique (plan_id, decided_by),
    constraint decision_once_per_policy unique (plan_id, policy_version_id)
);
create index decision_by_request on decision (request_id);
create index decision_by_policy_version on decision (policy_version_id) where policy_version_id is not null;
