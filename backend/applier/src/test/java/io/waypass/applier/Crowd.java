package io.waypass.applier;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.waypass.applier.cluster.ClusterObjects;
import io.waypass.manifests.Manifest;
import io.waypass.manifests.PlanDigest;
import io.waypass.plan.PlanObject;
import io.waypass.request.RequestStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Very many identities that are applied and in sync, made in bulk: the first one by the product itself, the others as copies of its rows
 * and objects under their own names, written by the same field manager. Their private keys are the first one's and open for it alone, so a
 * copy's Secret cannot be restored; everything else of a copy can.
 */
final class Crowd {

    private static final String FIRST = "crowd00000";
    private static final int AT_ONCE = 8;

    /** An object as it was written. */
    private record Written(String app, int position, String uid, String version) {}

    private final Fixtures fixtures;
    private final ObjectMapper json = new ObjectMapper();
    private final String request;
    private final List<PlanObject> objects;

    /** Lets the first one be applied; an applier has to run. */
    Crowd(Fixtures fixtures) {
        this.fixtures = fixtures;
        request = fixtures.submit(fixtures.app(FIRST), fixtures.certificate(FIRST));
        objects = fixtures.approve(request).objects();
        fixtures.await(request, RequestStatus.APPLIED);
    }

    static String name(int number) {
        return "crowd%05d".formatted(number);
    }

    /** Where an object of one of them is. */
    PlanObject object(int number, String kind) {
        return objects.stream()
                .filter(object -> object.kind().equals(kind) && object.name().contains(FIRST))
                .map(object -> new PlanObject(
                        object.apiVersion(),
                        object.kind(),
                        object.namespace(),
                        object.name().replace(FIRST, name(number)),
                        object.action(),
                        "",
                        "",
                        object.owned()))
                .findFirst()
                .orElseThrow();
    }

    /** Makes the others; no applier runs meanwhile. */
    void grow(int count) {
        Map<String, String> secret = fixtures.cluster
                .resources(Secret.class)
                .inNamespace("team-namespace")
                .withName(FIRST + "-client-mtls-secret")
                .get()
                .getData();
        String first = fixtures.requests
                .find(Fixtures.ADMIN, request)
                .summary()
                .identity()
                .orElseThrow()
                .identityId();
        String[] digests = new String[count];
        List<Written> written = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
            List<Future<List<Written>>> futures = IntStream.rangeClosed(1, count)
                    .mapToObj(number -> threads.submit(() -> {
                        List<String> manifests = objects.stream()
                                .map(object -> object.manifest()
                                        .replace(first, "idn_" + name(number))
                                        .replace(FIRST, name(number)))
                                .toList();
                        digests[number - 1] = PlanDigest.of(
                                manifests.stream().map(Manifest::of).toList(), List.of());
                        return write(number, manifests, digests[number - 1], secret);
                    }))
                    .toList();
            for (Future<List<Written>> future : futures) {
                written.addAll(future.get());
            }
        } catch (ExecutionException | InterruptedException e) {
            throw new AssertionError("the crowd could not be made", e);
        }
        rows(count, digests, written);
    }

    private List<Written> write(int number, List<String> manifests, String digest, Map<String, String> secret)
            throws JsonProcessingException {
        List<Written> written = new ArrayList<>();
        for (int position = 0; position < manifests.size(); position++) {
            if (!objects.get(position).name().contains(FIRST)) {
                continue;
            }
            ObjectNode object = (ObjectNode) json.readTree(manifests.get(position));
            ((ObjectNode) object.at("/metadata/annotations")).put("waypass.io/digest", digest);
            if (object.path("kind").asText().equals("Secret")) {
                object.set("data", json.<JsonNode>valueToTree(secret));
            }
            HasMetadata live = fixtures.cluster
                    .resource(Serialization.unmarshal(object.toString(), GenericKubernetesResource.class))
                    .patch(new PatchContext.Builder()
                            .withPatchType(PatchType.SERVER_SIDE_APPLY)
                            .withFieldManager(ClusterObjects.FIELD_MANAGER)
                            .withForce(true)
                            .build());
            written.add(new Written(
                    name(number),
                    position,
                    live.getMetadata().getUid(),
                    live.getMetadata().getResourceVersion()));
        }
        return written;
    }

    private void rows(int count, String[] digests, List<Written> written) {
        DataSource owner = fixtures.database.owner();
        DataSourceTransactionManager transactions = new DataSourceTransactionManager(owner);
        JdbcClient jdbc = JdbcClient.create(owner);
        new TransactionTemplate(transactions).executeWithoutResult(_ -> {
            // rows of the past, which the rules for what happens now would refuse
            jdbc.sql("set local session_replication_role = replica").update();
            for (String statement : ROWS) {
                jdbc.sql(statement).param("count", count).param("first", FIRST).update();
            }
            jdbc.sql("""
                            insert into plan (public_id, request_id, digest, checks, created_at, took_ms, basis, relied, passed, warnings, failed, unknown)
                            select 'pln_' || a.name, r.id, d.digest, p.checks, p.created_at, p.took_ms, p.basis, p.relied, p.passed, p.warnings,
                                p.failed, p.unknown
                            from unnest(:digests) with ordinality as d (digest, n)
                            join app a on a.name = 'crowd' || lpad(d.n::text, 5, '0') join identity i on i.app_id = a.id
                            join request r on r.resource_id = i.id
                            join request own on own.public_id = :request join plan p on p.id = own.plan_id
                            """).param("digests", digests).param("request", request).update();
            for (String statement : ROWS_OF_PLANS) {
                jdbc.sql(statement)
                        .param("request", request)
                        .param("first", FIRST)
                        .update();
            }
            jdbc.sql("""
                            insert into observed_object (resource_id, position, api_version, kind, namespace, name, state, uid, resource_version,
                                observed_at, fingerprints)
                            select i.id, o.position, o.api_version, o.kind, o.namespace, replace(o.name, :first, a.name), o.state,
                                coalesce(w.uid, o.uid), coalesce(w.version, o.resource_version), now(), o.fingerprints
                            from request own join observed_object o on o.resource_id = own.resource_id
                            cross join app a join identity i on i.app_id = a.id
                            left join unnest(:apps, :positions, :uids, :versions) as w (app, position, uid, version)
                                on w.app = a.name and w.position = o.position
                            where own.public_id = :request and a.name like 'crowd%' and a.name <> :first
                            """)
                    .param("first", FIRST)
                    .param("request", request)
                    .param("apps", written.stream().map(Written::app).toArray(String[]::new))
                    .param("positions", written.stream().map(Written::position).toArray(Integer[]::new))
                    .param("uids", written.stream().map(Written::uid).toArray(String[]::new))
                    .param("versions", written.stream().map(Written::version).toArray(String[]::new))
                    .update();
        });
        jdbc.sql("analyze").update();
    }

    private static final String OTHERS = " from generate_series(1, cast(:count as integer)) as n ";
    private static final String NAME = "'crowd' || lpad(n::text, 5, '0')";

    private static final List<String> ROWS = List.of(
            "insert into app (public_id, team_id, cluster_id, namespace, name, service_account, registered_by, registered_at)"
                    + " select 'app_' || " + NAME + ", team_id, cluster_id, namespace, " + NAME + ", " + NAME
                    + ", registered_by, registered_at" + OTHERS + "join app on app.name = :first",
            "insert into resource (public_id, kind, cluster_id, team_id, desired_revision, applied_revision, created_at)"
                    + " select 'idn_' || " + NAME + ", r.kind, r.cluster_id, r.team_id, 1, 1, r.created_at" + OTHERS
                    + "join app f on f.name = :first join identity i on i.app_id = f.id join resource r on r.id = i.id",
            "insert into identity (id, cluster_id, app_id, destination_id, secret_name, in_use_until)"
                    + " select own.id, a.cluster_id, a.id, i.destination_id, replace(i.secret_name, :first, a.name), i.in_use_until"
                    + OTHERS
                    + "join resource own on own.public_id = 'idn_' || " + NAME + " join app a on a.name = " + NAME
                    + " join app f on f.name = :first join identity i on i.app_id = f.id",
            "insert into resource_revision (resource_id, revision, kind, operation, created_at)"
                    + " select own.id, 1, 'identity', 'keep', own.created_at" + OTHERS
                    + "join resource own on own.public_id = 'idn_' || " + NAME + " where :first <> ''",
            "insert into certificate (public_id, identity_id, version, chain_pem, ca_bundle_pem, subject, issuer, sans, serial, not_before,"
                    + " not_after, key_algorithm, signature_algorithm, fingerprint_sha256, public_key_sha256, chain_subjects, ca_subjects, findings,"
                    + " uploaded_by, uploaded_at) select 'crt_' || " + NAME
                    + ", i.id, 1, c.chain_pem, c.ca_bundle_pem, c.subject, c.issuer, c.sans, c.serial, c.not_before, c.not_after,"
                    + " c.key_algorithm, c.signature_algorithm, c.fingerprint_sha256, c.public_key_sha256, c.chain_subjects, c.ca_subjects,"
                    + " c.findings, c.uploaded_by, c.uploaded_at" + OTHERS
                    + "join resource i on i.public_id = 'idn_' || " + NAME
                    + " join app f on f.name = :first join identity fi on fi.app_id = f.id join certificate c on c.identity_id = fi.id",
            "insert into sealed_key (certificate_id, ciphertext, sealed_at) select c.id, s.ciphertext, s.sealed_at"
                    + OTHERS
                    + "join certificate c on c.public_id = 'crt_' || " + NAME
                    + " join app f on f.name = :first join identity fi on fi.app_id = f.id join certificate fc on fc.identity_id = fi.id"
                    + " join sealed_key s on s.certificate_id = fc.id",
            "insert into identity_revision (resource_id, revision, operation, certificate_id)"
                    + " select c.identity_id, 1, 'keep', c.id" + OTHERS
                    + "join certificate c on c.public_id = 'crt_' || " + NAME + " where :first <> ''",
            "insert into request (public_id, kind, resource_kind, operation, exclusive, resource_id, team_id, revision, reason, requested_by, requested_at, status,"
                    + " status_changed_at) select 'req_' || " + NAME
                    + ", r.kind, r.resource_kind, r.operation, r.exclusive, i.id, r.team_id, 1, r.reason, r.requested_by, r.requested_at, 'applied', r.status_changed_at"
                    + OTHERS
                    + "join resource i on i.public_id = 'idn_' || " + NAME
                    + " join app f on f.name = :first join identity fi on fi.app_id = f.id join request r on r.resource_id = fi.id",
            "insert into condition (resource_id, type, status, reason, message, last_transition_at, observed_at)"
                    + " select i.id, c.type, c.status, c.reason, c.message, c.last_transition_at, c.observed_at"
                    + OTHERS
                    + "join resource i on i.public_id = 'idn_' || " + NAME
                    + " join app f on f.name = :first join identity fi on fi.app_id = f.id join condition c on c.resource_id = fi.id",
            "insert into scheduled_tasks (task_name, task_instance, execution_time, picked, version, wakeups, wakeups_seen)"
                    + " select t.task_name, i.public_id, t.execution_time, false, 1, 0, 0" + OTHERS
                    + "join resource i on i.public_id = 'idn_' || " + NAME
                    + " join app f on f.name = :first join identity own on own.app_id = f.id join resource fi on fi.id = own.id join scheduled_tasks t on t.task_instance = fi.public_id");

    private static final List<String> ROWS_OF_PLANS = List.of(
            "update request r set plan_id = p.id from plan p where p.request_id = r.id and r.public_id like 'req_crowd%' and :request <> :first",
            "insert into plan_object (plan_id, position, api_version, kind, namespace, name, action, diff, manifest,"
                    + " owner_id)"
                    + " select p.id, o.position, o.api_version, o.kind, o.namespace, replace(o.name, :first, a.name), o.action, '',"
                    + " replace(replace(o.manifest, fi.public_id, i.public_id), :first, a.name),"
                    + " case when o.owner_id is not null then i.id end"
                    + " from request own join resource fi on fi.id = own.resource_id join plan_object o on o.plan_id = own.plan_id"
                    + " cross join request r join plan p on p.request_id = r.id join resource i on i.id = r.resource_id join identity ri on ri.id = i.id join app a on a.id = ri.app_id"
                    + " where own.public_id = :request and r.public_id like 'req_crowd%'",
            "insert into decision (request_id, plan_id, plan_digest, verdict, decided_by, reason, decided_at)"
                    + " select r.id, p.id, p.digest, d.verdict, d.decided_by, d.reason, d.decided_at"
                    + " from request own join decision d on d.plan_id = own.plan_id"
                    + " cross join request r join plan p on p.id = r.plan_id"
                    + " where own.public_id = :request and r.public_id like 'req_crowd%' and :first <> ''");
}
