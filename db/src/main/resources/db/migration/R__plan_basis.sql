-- Everything in the database that a plan of a request is made from: the revisions and facts that it uses. With another value, the plan is
-- too old to decide on or to apply. Each kind of resource has a function of its own; a kind without one cannot be planned.

-- Identities of other apps count where they would claim the same principal at the same host.
create or replace function identity_basis(wanted bigint) returns jsonb
    language sql stable
    return (
        select jsonb_build_array(c.name, c.trust_domain, c.flavour, r.revision, g.namespace, g.name,
            gr.desired_revision, d.slug, d.host, dr.desired_revision, a.team_id, a.namespace, a.name, a.service_account, n.team_id,
            i.secret_name, ir.certificate_id, (
                select jsonb_agg(other.public_id order by other.id) from resource other
                join identity oi on oi.id = other.id join app oa on oa.id = oi.app_id join cluster oc on oc.id = oa.cluster_id
                join destination od on od.id = oi.destination_id
                where other.id <> i.id and other.desired_revision is not null and oa.namespace = a.namespace
                    and oa.service_account = a.service_account and oc.trust_domain = c.trust_domain and od.host = d.host))
        from request r
        join identity i on i.id = r.resource_id
        join identity_revision ir on ir.resource_id = r.resource_id and ir.revision = r.revision
        join app a on a.id = i.app_id
        join cluster c on c.id = i.cluster_id
        join destination d on d.id = i.destination_id
        join resource dr on dr.id = d.id
        join gateway g on g.id = d.gateway_id
        join resource gr on gr.id = g.id
        left join team_namespace n on n.cluster_id = a.cluster_id and n.namespace = a.namespace
        where r.id = wanted);

-- The list of a removal does not change.
create or replace function cluster_basis(wanted bigint) returns jsonb
    language sql stable
    return (
        select jsonb_build_array(c.name, c.trust_domain, c.flavour, r.revision)
        from request r join cluster c on c.id = r.resource_id where r.id = wanted);

create or replace function request_basis(wanted bigint) returns text
    language plpgsql stable set search_path = public, pg_temp as $$
declare
    about text;
    facts jsonb;
begin
    select resource_kind into strict about from request where id = wanted;
    case about
        when 'identity' then facts := identity_basis(wanted);
        when 'cluster' then facts := cluster_basis(wanted);
        else raise exception 'no plan has a basis for resources of the kind %', about using errcode = 'feature_not_supported';
    end case;
    return encode(sha256(convert_to(facts::text, 'UTF8')), 'hex');
end $$;

-- What was decided on is what is applied, kept and, later, removed: nothing is added to it. A plan names no object as one of another
-- resource, since what a resource owns and no longer desires is removed without another look at the plan.
create or replace function plan_object_guard() returns trigger
    language plpgsql set search_path = public, pg_temp as $$
begin
    if exists (select 1 from decision where plan_id = new.plan_id) then
        raise exception 'plan %: it was decided on', new.plan_id using errcode = 'check_violation', constraint = 'plan_object_guard';
    end if;
    if new.owner_id is not null and new.owner_id is distinct from (
            select r.resource_id from plan p join request r on r.id = p.request_id where p.id = new.plan_id) then
        raise exception 'plan %: its objects are not of resource %', new.plan_id, new.owner_id
            using errcode = 'check_violation', constraint = 'plan_object_owner_guard';
    end if;
    return new;
end $$;

create or replace trigger plan_object_guard before insert on plan_object for each row execute function plan_object_guard();
