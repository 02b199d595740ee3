package io.waypass.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waypass.access.Person;
import io.waypass.cluster.OrphanRemovals.Removed;
import io.waypass.decision.RequestDecisions;
import io.waypass.reconcile.OrphanRemovalStore.Job;
import io.waypass.reconcile.ReconcileStore;
import io.waypass.refusal.InputProblem;
import io.waypass.refusal.Refusal;
import io.waypass.request.NewRequest;
import io.waypass.request.RequestDetail;
import io.waypass.request.RequestFilter;
import io.waypass.request.RequestKind;
import io.waypass.request.RequestStatus;
import io.waypass.request.RequestSubject;
import io.waypass.task.Fence;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Asking for orphans to be removed, deciding on it, and doing it: a request like any other, on the cluster. */
class OrphanRemovalsIT {

    private final World world = new World();

    @Test
    void whatIsAskedForIsPlannedAndTheReportNamesIt() {
        String request = world.asked();

        RequestDetail detail = world.requests.find(World.DECIDING, request);
        assertThat(detail.summary().kind()).isEqualTo(RequestKind.REMOVE_ORPHANS);
        assertThat(detail.summary().status()).isEqualTo(RequestStatus.PENDING);
        assertThat(detail.summary().team()).isEmpty();
        assertThat(detail.summary().subject()).isEqualTo(new RequestSubject.OfOrphans(2));
        assertThat(world.objects(request)).allMatch(OrphanRemovalObject::orphan);
        assertThat(world.reported()).allMatch(orphan -> orphan.request().equals(Optional.of(request)));
    }

    @Test
    void fromAskingToDoneEveryStepIsInTheAuditTrailAndTheTaskComesWithTheApproval() {
        String request = world.asked();
        assertThat(tasks()).isEmpty();

        world.approve(request);

        assertThat(tasks()).containsExactly("reconcile-sandbox cls_1");
        Fence fence = world.take();
        Job job = job(fence);
        assertThat(job.objects()).extracting(OrphanRemovalObject::uid).containsExactly("uid-of-a", "uid-of-b");
        assertThat(job.digest()).isEqualTo(World.DIGEST);
        removed(
                job,
                fence,
                new Removed(0, RemovalOutcome.DELETED, Optional.empty()),
                new Removed(1, RemovalOutcome.KEPT, Optional.of("It belongs to idn_31.")));

        assertThat(world.status(request)).isEqualTo(RequestStatus.APPLIED);
        assertThat(world.objects(request))
                .extracting(object -> object.outcome().orElseThrow())
                .containsExactly(RemovalOutcome.DELETED, RemovalOutcome.KEPT);
        assertThat(world.objects(request).get(1).message()).contains("It belongs to idn_31.");
        assertThat(world.names()).as("what was deleted is no orphan any more").containsExactly("b");
        assertThat(world.here.orphanRemovals().takeUp("cls_1", fence)).isEmpty();
        assertThat(world.audited(request))
                .containsExactly(
                        "request.submitted by asking, after",
                        "request.planned by applier:sandbox, after",
                        "request.approved by deciding, after",
                        "request.quorum-reached by portal, after",
                        "orphans.removed by applier:sandbox, before");
    }

    @Test
    void whatFailsIsTriedAgainWithWhatIsLeft() {
        String request = world.asked();
        world.approve(request);
        Fence fence = world.take();
        Job job = job(fence);
        removed(job, fence, new Removed(0, RemovalOutcome.DELETED, Optional.empty()));
        assertThat(world.status(request)).isEqualTo(RequestStatus.APPLYING);
        world.here.orphanRemovals().recordFailure(job, fence, "403 Forbidden");
        world.here.orphanRemovals().recordFailure(job, fence, "409 Conflict");
        // the same once more adds nothing to the audit trail
        world.here.orphanRemovals().recordFailure(job, fence, "409 Conflict");

        assertThat(world.status(request)).isEqualTo(RequestStatus.FAILED);
        assertThat(message(request)).contains("409 Conflict");
        Job rest = job(fence);
        assertThat(rest.objects())
                .extracting(object -> object.outcome().isPresent())
                .containsExactly(true, false);
        removed(rest, fence, new Removed(1, RemovalOutcome.GONE, Optional.empty()));

        assertThat(world.status(request)).isEqualTo(RequestStatus.APPLIED);
        assertThat(message(request)).isEmpty();
        world.here.orphanRemovals().recordFailure(job, fence, "too late");
        removed(job, fence);
        assertThat(world.status(request)).isEqualTo(RequestStatus.APPLIED);
        assertThat(world.audited(request))
                .endsWith(
                        "request.quorum-reached by portal, after",
                        "request.failed by applier:sandbox, before, after",
                        "request.failed by applier:sandbox, before, after",
                        "orphans.removed by applier:sandbox, before");
    }

    @Test
    void anApplierThatWasOvertakenRecordsNothing() {
        String request = world.asked();
        world.approve(request);
        Fence fence = world.take();
        Job job = job(fence);
        world.take();

        assertThatThrownBy(() -> removed(job, fence, new Removed(0, RemovalOutcome.DELETED, Optional.empty())))
                .isInstanceOf(Fence.Overtaken.class);

        assertThat(world.objects(request)).allMatch(object -> object.outcome().isEmpty());
    }

    @Test
    void twoListsAreWorkedOnSideBySideAndNeitherSupersedesTheOther() {
        String first = world.asked();
        world.work.recordSeen(List.of(World.unclaimed("c")));
        String second = world.submit.submit(
                World.ASKING, new NewRequest.OfOrphans("sandbox", List.of("uid-of-c"), "This one, too."));
        world.plan(world.here, second);
        world.approve(first);
        world.approve(second);
        Fence fence = world.take();

        assertThat(world.here.orphanRemovals().takeUp("cls_1", fence))
                .extracting(Job::request)
                .containsExactly(first, second);
        assertThat(world.status(first)).isEqualTo(RequestStatus.APPLYING);
        assertThat(world.status(second)).isEqualTo(RequestStatus.APPLYING);
    }

    @Test
    void nobodyDecidesOnWhatTheyAskedForThemselves() {
        String request = world.asked();

        assertRefused(
                () -> world.decisions.decide(World.ASKING, vote(request, World.DIGEST)),
                Refusal.Kind.FORBIDDEN,
                "decision.own-request");
        RequestDetail detail = world.requests.find(World.DECIDING, request);
        assertThat(world.decisions.objection(World.ASKING, detail)).isPresent();
        assertThat(world.decisions.objection(World.DECIDING, detail)).isEmpty();
    }

    @Test
    void onlyPlatformAdminsAskSeeAndDecide() {
        String request = world.asked();

        assertRefused(
                () -> world.submit.submit(World.MEMBER, new NewRequest.OfOrphans("sandbox", List.of("uid-of-a"), "x")),
                Refusal.Kind.FORBIDDEN,
                "admin.required");
        assertThat(world.requests
                        .list(World.MEMBER, RequestFilter.ALL, Optional.empty(), 10)
                        .items())
                .isEmpty();
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> world.requests.find(World.MEMBER, request),
                () -> world.decisions.decide(World.MEMBER, vote(request, World.DIGEST)),
                () -> world.withdrawal.withdraw(World.MEMBER, request, "x"))) {
            assertRefused(call, Refusal.Kind.NOT_FOUND, "request.not-found");
        }
    }

    @Test
    void aPolicyMayDenyARemovalAndDoesNotApproveIt() {
        String request = world.asked();
        policy(1, "true", "approve");

        world.decisions.askPolicies(request);

        assertThat(world.status(request)).isEqualTo(RequestStatus.PENDING);
        assertThat(world.requests.find(World.DECIDING, request).approvals().given())
                .isZero();
        policy(2, "request.kind == 'remove-orphans'", "deny");

        world.decisions.askPolicies(request);

        assertThat(world.status(request)).isEqualTo(RequestStatus.REJECTED);
    }

    @Test
    void notEvenTheDatabaseCountsAPolicysApprovalOfARemoval() {
        String request = world.asked();
        policy(1, "true", "approve");
        world.decisions.askPolicies(request);
        world.owner.sql("""
                update policy_evaluation set people_only = false;
                insert into decision (request_id, plan_id, plan_digest, verdict, policy_version_id, reason, decided_at)
                select r.id, r.plan_id, p.digest, 'approved', v.id, 'x', now() from request r join plan p on p.id = r.plan_id,
                    policy_version v join policy o on o.id = v.policy_id and o.name = 'everything'
                """).update();

        assertThatThrownBy(() -> world.portal
                        .sql("update request set status = 'approved'")
                        .update())
                .rootCause()
                .hasMessageContaining("its plan has 0 of 1 approvals");
    }

    private void policy(int version, String expression, String effect) {
        world.owner.sql("""
                insert into policy (public_id, name, created_at) values ('pol_all', 'everything', now()) on conflict do nothing;
                insert into policy_version (policy_id, version, description, expression, effect, message, created_by, created_at)
                select id, %1$d, 'x', $cel$%2$s$cel$, '%3$s', 'Not here.', 'third', now() from policy where name = 'everything';
                update policy set active_version = %1$d where name = 'everything';
                update policy_set set version = version + 1
                """.formatted(version, expression, effect)).update();
    }

    @Test
    void aDecisionAboutAnotherListIsNotRecorded() {
        String request = world.asked();

        assertRefused(
                () -> world.decisions.decide(World.DECIDING, vote(request, "sha256:" + "0".repeat(64))),
                Refusal.Kind.STALE,
                "decision.stale-digest");
        assertThat(world.status(request)).isEqualTo(RequestStatus.PENDING);
        assertThat(tasks()).isEmpty();
    }

    @Test
    void onlyWhoAskedWithdrawsAndOnlyBeforeADecision() {
        String request = world.asked();
        assertRefused(
                () -> world.withdrawal.withdraw(World.DECIDING, request, "x"),
                Refusal.Kind.FORBIDDEN,
                "request.not-yours");

        world.withdrawal.withdraw(World.ASKING, request, "They are needed.");

        assertThat(world.status(request)).isEqualTo(RequestStatus.WITHDRAWN);
        assertThat(message(request)).contains("They are needed.");
        assertRefused(
                () -> world.withdrawal.withdraw(World.ASKING, request, "again"),
                Refusal.Kind.CONFLICT,
                "request.decided");
        assertRefused(
                () -> world.decisions.decide(World.DECIDING, vote(request, World.DIGEST)),
                Refusal.Kind.CONFLICT,
                "request.not-pending");
    }

    @Test
    void anObjectIsAskedForOnceAtATime() {
        String request = world.asked();
        NewRequest.OfOrphans again = new NewRequest.OfOrphans("sandbox", List.of("uid-of-a"), "Me too.");

        assertThatThrownBy(() -> world.submit.submit(World.DECIDING, again))
                .asInstanceOf(InstanceOfAssertFactories.type(Refusal.class))
                .satisfies(refusal -> {
                    assertThat(refusal.code()).isEqualTo("orphan.already-asked-for");
                    assertThat(refusal.detail()).contains(request);
                });
        world.decisions.decide(
                World.DECIDING, new RequestDecisions.Vote(request, World.DIGEST, Optional.empty(), false, "No."));
        assertThat(world.reported()).allMatch(orphan -> orphan.request().isEmpty());
        world.submit.submit(World.DECIDING, again);
    }

    @Test
    void everythingThatIsWrongWithWhatIsAskedForIsSaidAtOnce() {
        assertThat(problems(new NewRequest.OfOrphans("nowhere", List.of(), " ")))
                .extracting(InputProblem::pointer)
                .containsExactly("/cluster", "/uids", "/reason");
        List<String> many = IntStream.range(0, 201).mapToObj(i -> "uid-" + i).toList();
        assertThat(problems(new NewRequest.OfOrphans("sandbox", many, "-----BEGIN PRIVATE KEY-----")))
                .extracting(InputProblem::code)
                .containsExactly("uids.too-many", "reason.has-key");
        world.work.recordSeen(List.of(World.unclaimed("a")));
        world.elsewhere.orphans().recordSeen(List.of(World.unclaimed("far")));
        assertThat(problems(new NewRequest.OfOrphans("sandbox", List.of("uid-of-a", "uid-of-far", "never"), "x")))
                .extracting(InputProblem::pointer)
                .containsExactly("/uids/1", "/uids/2");
    }

    @Test
    void whatBelongsToSomethingByNowIsNotAskedFor() {
        world.revisions(null, null);
        world.work.recordSeen(List.of(World.object("app1-se", "idn_31", null)));
        world.applied();

        assertThat(problems(new NewRequest.OfOrphans("sandbox", List.of("uid-of-app1-se"), "x")))
                .extracting(InputProblem::code)
                .containsExactly("orphan.unknown");
    }

    @Test
    void theListShowsWhatIsNoOrphanAnyMore() {
        world.revisions(null, null);
        world.work.recordSeen(List.of(World.object("app1-se", "idn_31", null), World.unclaimed("left")));
        String request = world.submit.submit(
                World.ASKING, new NewRequest.OfOrphans("sandbox", List.of("uid-of-app1-se", "uid-of-left"), "x"));
        world.applied();

        assertThat(world.objects(request))
                .extracting(object -> object.place().name() + " " + object.orphan())
                .containsExactly("app1-se false", "left true");
    }

    @Test
    void ofThoseWhoDecideAtOnceOneWins() throws Exception {
        String request = world.asked();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Boolean>> votes = IntStream.range(0, 6)
                    .<Callable<Boolean>>mapToObj(i -> () -> {
                        Person person = i % 2 == 0 ? World.DECIDING : World.THIRD;
                        try {
                            world.decisions.decide(
                                    person,
                                    new RequestDecisions.Vote(
                                            request, World.DIGEST, Optional.empty(), i % 3 != 0, "x"));
                            return true;
                        } catch (Refusal refusal) {
                            assertThat(refusal.code()).isEqualTo("request.not-pending");
                            return false;
                        }
                    })
                    .toList();
            int won = 0;
            for (Future<Boolean> vote : threads.invokeAll(votes)) {
                won += vote.get() ? 1 : 0;
            }
            assertThat(won).isEqualTo(1);
        }
    }

    private static RequestDecisions.Vote vote(String request, String digest) {
        return new RequestDecisions.Vote(request, digest, Optional.empty(), true, "I looked.");
    }

    private Job job(Fence fence) {
        return world.here.orphanRemovals().takeUp("cls_1", fence).getFirst();
    }

    private void removed(Job job, Fence fence, Removed... removed) {
        world.here.orphanRemovals().recordRemoved(job, fence, List.of(removed));
    }

    private Optional<String> message(String request) {
        return world.requests.find(World.ASKING, request).summary().statusMessage();
    }

    @Test
    void whatIsApprovedAndNotAppliedIsEnqueuedShouldItsTaskBeLost() {
        world.approve(world.asked());
        world.request("rotate-certificate", 2, "failed");
        world.owner.sql("delete from scheduled_tasks").update();

        world.elsewhere.reconcile().sweep();
        assertThat(tasks()).isEmpty();

        world.here.reconcile().sweep();
        assertThat(tasks()).containsExactlyInAnyOrder("reconcile-sandbox cls_1", "reconcile-sandbox idn_31");
    }

    @Test
    void whateverAnObjectSaysThatItBelongsToIsRecheckedUnlessItIsAsItWasSeen() {
        world.owner.sql("delete from scheduled_tasks").update();

        world.here
                .reconcile()
                .enqueueChanged(List.of(
                        new ReconcileStore.ChangedObject(
                                World.place("a"), Optional.of("uid"), Optional.of("1"), Optional.of("idn_31")),
                        new ReconcileStore.ChangedObject(
                                World.place("b"), Optional.of("uid"), Optional.of("1"), Optional.of("dst_21")),
                        new ReconcileStore.ChangedObject(
                                World.place("c"), Optional.of("uid"), Optional.of("1"), Optional.of("idn_32")),
                        new ReconcileStore.ChangedObject(
                                World.place("d"), Optional.of("uid"), Optional.of("1"), Optional.empty())));

        assertThat(tasks()).containsExactlyInAnyOrder("reconcile-sandbox idn_31", "reconcile-sandbox dst_21");
    }

    private List<String> tasks() {
        return world.owner
                .sql("select task_name || ' ' || task_instance from scheduled_tasks where task_name like 'reconcile-%'")
                .query(String.class)
                .list();
    }

    private List<InputProblem> problems(NewRequest.OfOrphans wanted) {
        try {
            world.submit.submit(World.ASKING, wanted);
            return List.of();
        } catch (Refusal refusal) {
            return refusal.problems();
        }
    }

    private static void assertRefused(ThrowingCallable call, Refusal.Kind kind, String code) {
        assertThatThrownBy(call)
                .asInstanceOf(InstanceOfAssertFactories.type(Refusal.class))
                .satisfies(refusal -> {
                    assertThat(refusal.code()).isEqualTo(code);
                    assertThat(refusal.kind()).isEqualTo(kind);
                });
    }
}
