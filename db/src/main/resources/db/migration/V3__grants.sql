-- Who may do what (design: roles of the running system). Nothing is granted to public.
revoke all on schema public from public;
grant usage on schema public to waypass_portal, waypass_applier;

-- portal: decides; never reads a sealed key, never writes a plan or what was observed
grant select on person, api_token, cluster, cluster_sealing_keyset, team, team_group, team_namespace, gateway, destination, app, identity,
    certificate, request, plan, plan_object, decision, attempt, condition, observed_object, audit_event, idempotency_key to waypass_portal;
grant insert on person, api_token, cluster, team, team_group, team_namespace, gateway, destination, app, identity, certificate, sealed_key,
    request, decision, audit_event, idempotency_key to waypass_portal;
grant update on person, team, destination to waypass_portal;
grant update (revoked_at) on api_token to waypass_portal;
grant update (desired_revision) on identity to waypass_portal;
grant update (status, status_message, status_changed_at, waiting_reason) on request to waypass_portal;
grant update (status, location, etag, body) on idempotency_key to waypass_portal;
grant delete on team_group, team_namespace, app, idempotency_key to waypass_portal;
grant select, insert, update, delete on spring_session, spring_session_attributes to waypass_portal;
grant select, insert on scheduled_tasks to waypass_portal;

-- applier: plans, applies, observes; never decides
grant select on person, cluster, cluster_sealing_keyset, team, team_namespace, gateway, destination, app, identity, certificate, sealed_key,
    request, plan, plan_object, decision, attempt, condition, observed_object to waypass_applier;
grant insert on plan, plan_object, attempt, condition, observed_object, audit_event, cluster_sealing_keyset to waypass_applier;
grant update on attempt, condition, observed_object, cluster_sealing_keyset to waypass_applier;
grant delete on observed_object to waypass_applier;
grant update (ciphertext, sealed_at) on sealed_key to waypass_applier;
grant update (applied_revision) on identity to waypass_applier;
grant update (status, status_message, status_changed_at, waiting_reason, plan_id) on request to waypass_applier;
grant select, insert, update, delete on scheduled_tasks to waypass_applier;

-- An applier sees its own cluster's tasks alone: db-scheduler's lock-and-fetch would else pick every cluster's. The
-- applier's connections carry the setting waypass.cluster.
alter table scheduled_tasks enable row level security;
create policy scheduled_tasks_of_portal on scheduled_tasks to waypass_portal using (true);
create policy scheduled_tasks_of_own_cluster on scheduled_tasks to waypass_applier
    using (task_name in ('plan-' || current_setting('waypass.cluster', true), 'apply-' || current_setting('waypass.cluster', true)));
