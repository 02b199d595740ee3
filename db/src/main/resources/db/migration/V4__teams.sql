-- Teams, the groups of the identity provider that are their members, and the namespaces that they own. A team's slug is not given again:
-- the right to see what the team asked for hangs on it.

create table team (
    id           bigint generated always as identity primary key,
    slug         text        not null constraint team_slug_unique unique,
    display_name text        not null,
    created_at   timestamptz not null,
    removed_at   timestamptz,
    constraint team_slug_is_label check (is_dns_label(slug))
);
alter table resource add constraint resource_team_fk foreign key (team_id) references team;

create table team_group (
    team_id    bigint not null references team on delete cascade,
    group_name text   not null,
    primary key (team_id, group_name)
);
create index team_group_by_name on team_group (group_name);

create table team_namespace (
    team_id    bigint not null references team on delete cascade,
    cluster_id bigint not null references cluster,
    namespace  text   not null,
    primary key (cluster_id, namespace),
    constraint team_namespace_is_label check (is_dns_label(namespace))
);
create index team_namespace_by_team on team_namespace (team_id);
