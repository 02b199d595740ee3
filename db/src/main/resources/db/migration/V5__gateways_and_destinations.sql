-- The catalogue: egress waypoints and the external services behind them. What makes one the same thing for ever is in its table, what may
-- change is in its revisions. Both have the id of their resource.

create table gateway (
    id         bigint primary key,
    kind       text        not null default 'gateway' constraint gateway_kind check (kind = 'gateway'),
    cluster_id bigint      not null references cluster,
    name       text        not null,
    namespace  text        not null,
    created_at timestamptz not null,
    constraint gateway_of_resource foreign key (id, kind, cluster_id) references resource (id, kind, cluster_id),
    constraint gateway_in_cluster unique (id, cluster_id),
    constraint gateway_unique unique (cluster_id, namespace, name),
    constraint gateway_name_is_label check (is_dns_label(name)),
    constraint gateway_namespace_is_label check (is_dns_label(namespace))
);

-- placement: where the objects of identities live. deny_by_default: whether apps without an identity are refused at the gateway (an
-- AuthorizationPolicy beside each destination's shared ServiceEntry).
create table gateway_revision (
    resource_id     bigint  not null,
    revision        integer not null,
    kind            text    not null default 'gateway' constraint gateway_revision_kind check (kind = 'gateway'),
    operation       text    not null default 'keep' constraint gateway_revision_operation check (operation = 'keep'),
    service_account text    not null,
    placement       text    not null,
    deny_by_default boolean not null default true,
    primary key (resource_id, revision),
    constraint gateway_revision_of_revision foreign key (resource_id, revision, kind, operation)
        references resource_revision (resource_id, revision, kind, operation),
    constraint gateway_revision_of_gateway foreign key (resource_id) references gateway,
    constraint gateway_placement_known check (placement in ('team-namespace', 'gateway-namespace'))
);

-- approvals: how many a request for this destination takes
create table destination (
    id           bigint primary key,
    kind         text        not null default 'destination' constraint destination_kind check (kind = 'destination'),
    slug         text        not null,
    cluster_id   bigint      not null,
    gateway_id   bigint      not null,
    host         text        not null,
    approvals    integer     not null default 1,
    created_at   timestamptz not null,
    removed_at   timestamptz,
    constraint destination_of_resource foreign key (id, kind, cluster_id) references resource (id, kind, cluster_id),
    constraint destination_in_cluster unique (id, cluster_id),
    constraint destination_gateway_of_cluster foreign key (gateway_id, cluster_id) references gateway (id, cluster_id),
    constraint destination_slug_is_label check (is_dns_label(slug)),
    constraint destination_host_valid check (length(host) <= 253 and host = lower(host) and host like '%.%'),
    constraint destination_approvals_valid check (approvals between 1 and 5)
);
-- slug and host may be given again once a destination is removed
create unique index destination_slug_unique on destination (slug) where removed_at is null;
create unique index destination_host_unique on destination (gateway_id, host) where removed_at is null;

create table destination_revision (
    resource_id          bigint  not null,
    revision             integer not null,
    kind                 text    not null default 'destination' constraint destination_revision_kind check (kind = 'destination'),
    operation            text    not null default 'keep' constraint destination_revision_operation check (operation = 'keep'),
    display_name         text    not null,
    port                 integer not null,
    listen_port          integer not null,
    shared_service_entry text    not null,
    ca_bundle            text,
    primary key (resource_id, revision),
    constraint destination_revision_of_revision foreign key (resource_id, revision, kind, operation)
        references resource_revision (resource_id, revision, kind, operation),
    constraint destination_revision_of_destination foreign key (resource_id) references destination,
    constraint destination_port_valid check (port between 1 and 65535),
    constraint destination_listen_port_valid check (listen_port between 1 and 65535)
);
