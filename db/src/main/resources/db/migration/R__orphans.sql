-- What an orphan is, and what may be asked to be removed.

-- An object that names an identity is no orphan while a request of that identity is under way, and while the identity is at rest and has
-- the object among its own; one that names a destination or a gateway, while the catalogue has it.
create or replace function is_orphan(in_cluster bigint, its_kind text, its_namespace text, its_name text, its_identity text, its_owner text)
    returns boolean
    language sql stable
    return case
        when its_identity is not null then not exists (
            select 1 from resource i
            where i.public_id = its_identity and i.kind = 'identity' and i.cluster_id = in_cluster
                and (i.desired_revision is distinct from i.applied_revision
                    or exists (select 1 from request r where r.resource_id = i.id and r.status in ('approved', 'applying', 'failed'))
                    or i.applied_revision is not null and exists (
                        select 1 from observed_object o where o.resource_id = i.id and o.kind = its_kind and o.namespace = its_namespace
                            and o.name = its_name)))
        when strpos(its_owner, '/') > 0 then not exists (
            select 1 from gateway g where g.cluster_id = in_cluster and g.namespace || '/' || g.name = its_owner)
        when its_owner is not null then not exists (
            select 1 from destination d join gateway g on g.id = d.gateway_id
            where g.cluster_id = in_cluster and d.slug = its_owner and d.removed_at is null)
        else true
    end;
