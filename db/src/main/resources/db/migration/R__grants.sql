-- Who may do what (design: roles of the running system). Nothing is granted to public.

revoke all on schema public from public;
revoke all on all tables in schema public from waypass_portal, waypass_applier;
grant usage on schema public to waypass_portal, waypass_applier;

-- portal: decides; never reads a sealed key, never writes a plan or what was observed
grant select on person, api_token, idempotency_key, cluster, cluster_sealing_keyset, cluster_watch, orphan_object, orphan_removal,
    orphan_removal_object, team, team_group, team_namespace, resource, resource_revision, condition, observed_object, resource_event,
    gateway, gateway_revision, destination, destination_revision, about_destination, app, identity, identity_revision, certificate,
    request, request_kind, request_status_edge, attempt, plan, plan_object, policy, policy_version, policy_set, policy_evaluation,
    decision, audit_event to waypass_portal;
grant insert on person, api_token, idempotency_key, cluster, orphan_removal, team, team_group, team_namespace, resource_revision, gateway,
    gateway_revision, destination, destination_revision, app, identity, identity_revision, certificate, sealed_key, policy,
    policy_version, policy_evaluation, decision, audit_event to waypass_portal;
grant insert (id, public_id, kind, cluster_id, team_id, created_at) on resource to waypass_portal;
grant insert (public_id, kind, resource_id, revision, team_id, reason, requested_by, requested_at, status_changed_at) on request
    to waypass_portal;
grant insert (resource_id, revision, position, api_version, kind, namespace, name, uid) on orphan_removal_object to waypass_portal;
grant update on person, team, policy_set, policy_evaluation to waypass_portal;
grant update (revoked_at) on api_token to waypass_portal;
grant update (status, location, etag, body) on idempotency_key to waypass_portal;
grant update (drift) on cluster to waypass_portal;
grant update (approvals, removed_at) on destination to waypass_portal;
grant update (removed_at) on app to waypass_portal;
grant update (desired_revision) on resource to waypass_portal;
grant update (status, status_message, status_changed_at, waiting_reason) on request to waypass_portal;
grant update (active_version) on policy to waypass_portal;
grant delete on team_group, team_namespace, idempotency_key to waypass_portal;
grant select, insert, update, delete on spring_session, spring_session_attributes to waypass_portal;
grant select, insert on scheduled_tasks to waypass_portal;
-- a cluster's id is its resource's, and its own cluster_id
grant usage on sequence resource_id_seq to waypass_portal;

-- applier: plans, applies, observes; never decides
grant select on person, cluster, cluster_sealing_keyset, cluster_watch, orphan_object, orphan_removal, orphan_removal_object, team,
    team_namespace, resource, resource_revision, condition, observed_object, resource_event, gateway, gateway_revision, destination,
    destination_revision, about_destination, app, identity, identity_revision, certificate, sealed_key, request, request_kind,
    request_status_edge, attempt, plan, plan_object, policy_evaluation, decision to waypass_applier;
grant insert on plan, plan_object, attempt, condition, observed_object, resource_event, orphan_object, audit_event,
    cluster_sealing_keyset, cluster_watch to waypass_applier;
grant update on attempt, condition, observed_object, resource_event, orphan_object, cluster_sealing_keyset, cluster_watch to waypass_applier;
grant update (ciphertext, sealed_at) on sealed_key to waypass_applier;
grant update (desired_revision, applied_revision, retired_revision) on resource to waypass_applier;
grant update (in_use_until) on identity to waypass_applier;
grant update (outcome, message) on orphan_removal_object to waypass_applier;
grant update (status, status_message, status_changed_at, waiting_reason, plan_id) on request to waypass_applier;
-- what a retired identity had is nothing to report of
grant delete on condition, observed_object, orphan_object to waypass_applier;
grant select, insert, update, delete on scheduled_tasks to waypass_applier;
