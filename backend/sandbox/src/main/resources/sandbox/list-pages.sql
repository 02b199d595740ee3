-- 100,000 requests of 10,000 identities, every identity with one that waits for a decision: as many as can wait. For a measurement.
set session_replication_role = replica;
insert into team (slug, display_name, created_at) select 'bench-'||n, 'Bench '||n, now() from generate_series(1,200) n;
insert into app (public_id, team_id, cluster_id, namespace, name, service_account, registered_by, registered_at)
 select 'app_bench_'||n, t.id, 1, 'bench-'||(n%200+1), 'app'||n, 'app'||n, 'member', now() from generate_series(1,10000) n join team t on 
t.slug='bench-'||(n%200+1);
insert into resource (public_id, kind, cluster_id, desired_revision, created_at) select 'dst_bench_'||n, 'destination', 1, 1, now()
 from generate_series(1,50) n;
insert into destination (id, cluster_id, slug, gateway_id, host, created_at) select r.id, 1, 'dest-'||n, (select min(id) from gateway), 'h'||n||'.partner.example',
 now() from generate_series(1,50) n join resource r on r.public_id = 'dst_bench_'||n;
insert into destination_revision (resource_id, revision, display_name, port, listen_port, shared_service_entry)
 select id, 1, slug, 443, 80, slug from destination where slug like 'dest-%';
insert into resource (public_id, kind, cluster_id, team_id, desired_revision, applied_revision, created_at)
 select 'idn_bench_'||substr(a.public_id,11), 'identity', 1, a.team_id, 9, 9, now() from app a where a.public_id like 'app_bench_%';
insert into identity (id, cluster_id, app_id, destination_id, secret_name, in_use_until)
 select r.id, 1, a.id, d.id, 'x', now() + (a.id%400||' days')::interval from app a
 join resource r on r.public_id = 'idn_bench_'||substr(a.public_id,11)
 join destination d on d.slug='dest-'||(substr(a.public_id,11)::int%50+1) where a.public_id like 'app_bench_%';
insert into certificate (public_id, identity_id, version, chain_pem, ca_bundle_pem, subject, issuer, sans, serial, not_before, not_after, 
key_algorithm, signature_algorithm, fingerprint_sha256, public_key_sha256, chain_subjects, ca_subjects, findings, uploaded_by, uploaded_at)
 select 'crt_bench_'||i.id||'_'||v, i.id, v, repeat('x',1500), repeat('y',1200), 'CN='||i.public_id, 'CN=CA', '{}', '01', now()-interval '1 
year', now() + (v*37%400||' days')::interval, 'EC P-256', 'SHA256withECDSA', 'F'||i.id||'_'||v, 'P', '{a}', '{b}', '[]', 'member', now()
 from resource i, generate_series(1,10) v where i.public_id like 'idn_bench_%';
insert into resource_revision (resource_id, revision, kind, operation, created_at) select i.id, v, 'identity', 'keep', now()
 from resource i, generate_series(1,10) v where i.public_id like 'idn_bench_%';
insert into identity_revision (resource_id, revision, operation, certificate_id) select c.identity_id, c.version, 'keep', c.id
 from certificate c where c.public_id like 'crt_bench_%';
insert into request (public_id, kind, resource_kind, operation, exclusive, resource_id, team_id, revision, reason, requested_by, requested_at, 
status, status_changed_at)
 select 'req_bench_'||i.id||'_'||v, case when v=1 then 'create-identity' else 'rotate-certificate' end, 'identity', 'keep', true, i.id, i.team_id, v, 'bench', 'member',
 now() - ((11-v)||' days')::interval, case when v=10 then 'pending' when v=9 then 'applied' else 'superseded' end, now()
 from generate_series(1,10) v, resource i where i.public_id like 'idn_bench_%' order by v, i.id;
insert into plan (public_id, request_id, digest, checks, created_at, took_ms, basis, relied, passed, warnings, failed, unknown)
 select 'pln_bench_'||r.id, r.id, 'sha256:'||repeat('0',64), (select 
jsonb_agg(jsonb_build_object('code','c'||g,'level','PASSED','message',repeat('m',80),'toDo','')) from generate_series(1,24) g), now(), 50, 
'b', '{}', 24, (r.id%7=0)::int, (r.id%31=0)::int, (r.id%53=0)::int from request r where r.public_id like 'req_bench_%';
update request r set plan_id = p.id from plan p where p.request_id = r.id and r.public_id like 'req_bench_%';
insert into policy_evaluation (plan_id, policy_set, approvals, people_only, own_team, results, evaluated_at) select p.id, 1000000, 1, 
false, false, '[]', now() from plan p where p.public_id like 'pln_bench_%';
insert into decision (request_id, plan_id, plan_digest, verdict, decided_by, reason, decided_at) select r.id, r.plan_id, 
'sha256:'||repeat('0',64), 'approved', 'admin', 'bench', now() from request r where r.public_id like 'req_bench_%' and r.status <> 
'pending';
insert into condition (resource_id, type, status, reason, message, last_transition_at, observed_at) select i.id, t, 'True', 'x', 'x', 
now(), now() from resource i, unnest(array['Applied','RouteAccepted','RouteResolved','WaypointBound','CertificateValid','InSync',
'MeshReporting','FlavourMatches','GatewayReady','PrincipalHeader','HostUnique','RouteUnshadowed','CredentialUnshared']) t where 
i.public_id like 'idn_bench_%';

reset session_replication_role;
