package io.waypass.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waypass.access.Person;
import io.waypass.cluster.OrphanStore.Cleaned;
import io.waypass.cluster.OrphanStore.CleaningJob;
import io.waypass.cluster.OrphanStore.Target;
import io.waypass.refusal.InputProblem;
import io.waypass.refusal.Refusal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Asking for orphans to be removed, deciding on it, and doing it. */
class CleaningsIT {

    private final World world = new World();

    @Test
    void whatIsApprovedIsADigestThatAnybodyCanComputeFromTheList() throws Exception {
        Cleaning cleaning = world.asked();

        String text = """
                networking.istio.io/v1 ServiceEntry team-namespace a uid-of-a
                networking.istio.io/v1 ServiceEntry team-namespace b uid-of-b
                """;
        assertThat(cleaning.digest())
                .isEqualTo("sha256:"
                        + HexFormat.of()
                                .formatHex(MessageDigest.getInstance("SHA-256")
                                        .digest(text.getBytes(StandardCharsets.UTF_8))));
        assertThat(cleaning.objects()).allMatch(CleaningObject::orphan);
        assertThat(cleaning.summary().objects()).isEqualTo(2);
        assertThat(world.reported())
                .allMatch(orphan ->
                        orphan.cleaning().equals(Optional.of(cleaning.summary().publicId())));
    }

    @Test
    void fromAskingToDoneEveryStepIsInTheAuditTrailAndTheTaskComesWithTheApproval() {
        Cleaning cleaning = world.asked();
        String id = cleaning.summary().publicId();
        assertThat(tasks()).isEmpty();
        assertThat(world.work.cleaningJob(id)).as("nothing is deleted before").isEmpty();

        world.cleanings.approve(World.DECIDING, id, cleaning.digest(), "I looked.");

        assertThat(tasks()).containsExactly("clean-sandbox " + id);
        assertThat(world.elsewhere.cleaningJob(id)).as("another cluster's").isEmpty();
        CleaningJob job = world.work.cleaningJob(id).orElseThrow();
        assertThat(job.objects()).extracting(Target::uid).containsExactly("uid-of-a", "uid-of-b");
        world.work.cleaned(
                job,
                List.of(
                        new Cleaned(job.objects().get(0), CleaningOutcome.DELETED, Optional.empty()),
                        new Cleaned(job.objects().get(1), CleaningOutcome.KEPT, Optional.of("It belongs to idn_31."))));

        Cleaning done = world.cleanings.find(World.ASKING, id);
        assertThat(done.summary().status()).isEqualTo(CleaningStatus.DONE);
        assertThat(done.finishedAt()).isPresent();
        assertThat(done.verdict().orElseThrow().byName()).isEqualTo("The deciding admin");
        assertThat(done.objects())
                .extracting(object -> object.outcome().orElseThrow())
                .containsExactly(CleaningOutcome.DELETED, CleaningOutcome.KEPT);
        assertThat(done.objects().get(1).message()).contains("It belongs to idn_31.");
        assertThat(world.names()).as("what was deleted is no orphan any more").containsExactly("b");
        assertThat(world.work.cleaningJob(id)).isEmpty();
        assertThat(world.audited(id))
                .containsExactly(
                        "cleaning.requested by asking, after",
                        "cleaning.approved by deciding, after",
                        "cleaning.done by applier:sandbox, before");
    }

    @Test
    void whatFailsIsTriedAgainWithWhatIsLeft() {
        String id = approved();
        CleaningJob job = world.work.cleaningJob(id).orElseThrow();
        world.work.cleaned(job, List.of(new Cleaned(job.objects().get(0), CleaningOutcome.DELETED, Optional.empty())));
        assertThat(status(id)).isEqualTo(CleaningStatus.APPROVED);
        world.work.failed(job, "403 Forbidden");
        world.work.failed(job, "The API server does not answer");

        Cleaning failed = world.cleanings.find(World.ASKING, id);
        assertThat(failed.summary().status()).isEqualTo(CleaningStatus.FAILED);
        assertThat(failed.summary().statusMessage()).contains("The API server does not answer");
        CleaningJob rest = world.work.cleaningJob(id).orElseThrow();
        assertThat(rest.objects()).extracting(Target::uid).containsExactly("uid-of-b");
        world.work.cleaned(rest, List.of(new Cleaned(rest.objects().get(0), CleaningOutcome.GONE, Optional.empty())));

        assertThat(status(id)).isEqualTo(CleaningStatus.DONE);
        assertThat(world.cleanings.find(World.ASKING, id).summary().statusMessage())
                .isEmpty();
        world.work.failed(job, "too late");
        world.work.cleaned(job, List.of());
        assertThat(status(id)).isEqualTo(CleaningStatus.DONE);
        assertThat(world.audited(id))
                .endsWith(
                        "cleaning.failed by applier:sandbox, before, after", "cleaning.done by applier:sandbox, before")
                .hasSize(4);
    }

    @Test
    void nobodyDecidesOnWhatTheyAskedForThemselves() {
        Cleaning cleaning = world.asked();

        assertRefused(
                () -> world.cleanings.approve(
                        World.ASKING, cleaning.summary().publicId(), cleaning.digest(), "It is fine."),
                Refusal.Kind.FORBIDDEN,
                "decision.own-cleaning");
        assertThat(world.cleanings.objection(World.ASKING, cleaning)).isPresent();
        assertThat(world.cleanings.objection(World.DECIDING, cleaning)).isEmpty();
    }

    @Test
    void onlyPlatformAdminsAskSeeDecideAndWithdraw() {
        Cleaning cleaning = world.asked();
        String id = cleaning.summary().publicId();
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> world.cleanings.request(World.MEMBER, new NewCleaning("sandbox", List.of("uid-of-a"), "x")),
                () -> world.cleanings.find(World.MEMBER, id),
                () -> world.cleanings.list(World.MEMBER, CleaningStatus.OPEN, Optional.empty(), Optional.empty(), 10),
                () -> world.cleanings.approve(World.MEMBER, id, cleaning.digest(), "x"),
                () -> world.cleanings.reject(World.MEMBER, id, cleaning.digest(), "x"),
                () -> world.cleanings.withdraw(World.MEMBER, id, "x"))) {
            assertRefused(call, Refusal.Kind.FORBIDDEN, "admin.required");
        }
    }

    @Test
    void aDecisionAboutAnotherListIsNotRecorded() {
        Cleaning cleaning = world.asked();

        assertRefused(
                () -> world.cleanings.approve(
                        World.DECIDING, cleaning.summary().publicId(), "sha256:" + "0".repeat(64), "I looked."),
                Refusal.Kind.STALE,
                "cleaning.stale-digest");
        assertThat(status(cleaning.summary().publicId())).isEqualTo(CleaningStatus.PENDING);
        assertThat(tasks()).isEmpty();
    }

    @Test
    void aListThatIsNotTheApprovedOneIsNotWorkedOn() {
        String id = approved();
        world.owner.sql("alter table cleaning_object disable trigger user").update();
        world.owner
                .sql("update cleaning_object set uid = 'another' where position = 1")
                .update();

        assertThat(world.work.cleaningJob(id)).isEmpty();
    }

    @Test
    void theSecondToDecideIsToldWhoWasFirstAndWhy() {
        Cleaning cleaning = world.asked();
        String id = cleaning.summary().publicId();
        world.cleanings.reject(World.DECIDING, id, cleaning.digest(), "Not before the audit.");

        assertThatThrownBy(() -> world.cleanings.approve(World.THIRD, id, cleaning.digest(), "I looked."))
                .asInstanceOf(InstanceOfAssertFactories.type(Refusal.class))
                .satisfies(refusal -> {
                    assertThat(refusal.kind()).isEqualTo(Refusal.Kind.CONFLICT);
                    assertThat(refusal.detail())
                            .contains("The deciding admin rejected it at")
                            .contains("Not before the audit.")
                            .contains("Your decision was not recorded");
                });
        assertThat(tasks()).isEmpty();
    }

    @Test
    void ofTwoWhoDecideAtOnceOneWins() throws Exception {
        Cleaning cleaning = world.asked();
        String id = cleaning.summary().publicId();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Boolean>> votes = IntStream.range(0, 6)
                    .<Callable<Boolean>>mapToObj(i -> () -> {
                        Person person = i % 2 == 0 ? World.DECIDING : World.THIRD;
                        try {
                            if (i % 3 == 0) {
                                world.cleanings.reject(person, id, cleaning.digest(), "x");
                            } else {
                                world.cleanings.approve(person, id, cleaning.digest(), "x");
                            }
                            return true;
                        } catch (Refusal refusal) {
                            assertThat(refusal.code()).isEqualTo("cleaning.not-pending");
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
        assertThat(world.audited(id)).hasSize(2);
    }

    @Test
    void onlyWhoAskedWithdrawsAndOnlyBeforeADecision() {
        Cleaning cleaning = world.asked();
        String id = cleaning.summary().publicId();
        assertRefused(
                () -> world.cleanings.withdraw(World.DECIDING, id, "x"), Refusal.Kind.FORBIDDEN, "cleaning.not-yours");

        world.cleanings.withdraw(World.ASKING, id, "They are needed.");

        Cleaning withdrawn = world.cleanings.find(World.DECIDING, id);
        assertThat(withdrawn.summary().status()).isEqualTo(CleaningStatus.WITHDRAWN);
        assertThat(withdrawn.summary().statusMessage()).contains("They are needed.");
        assertRefused(
                () -> world.cleanings.withdraw(World.ASKING, id, "again"), Refusal.Kind.CONFLICT, "cleaning.decided");
        assertRefused(
                () -> world.cleanings.approve(World.DECIDING, id, cleaning.digest(), "x"),
                Refusal.Kind.CONFLICT,
                "cleaning.not-pending");
        assertThat(world.audited(id)).endsWith("cleaning.withdrawn by asking, before");
    }

    @Test
    void anObjectIsAskedForOnceAtATime() {
        Cleaning cleaning = world.asked();

        assertThatThrownBy(() -> world.cleanings.request(
                        World.DECIDING, new NewCleaning("sandbox", List.of("uid-of-a"), "Me too.")))
                .asInstanceOf(InstanceOfAssertFactories.type(Refusal.class))
                .satisfies(refusal -> {
                    assertThat(refusal.code()).isEqualTo("cleaning.already-open");
                    assertThat(refusal.detail()).contains(cleaning.summary().publicId());
                });
        world.cleanings.reject(World.DECIDING, cleaning.summary().publicId(), cleaning.digest(), "No.");
        assertThat(world.reported()).allMatch(orphan -> orphan.cleaning().isEmpty());
        world.cleanings.request(World.DECIDING, new NewCleaning("sandbox", List.of("uid-of-a"), "Me too."));
    }

    @Test
    void everythingThatIsWrongWithWhatIsAskedForIsSaidAtOnce() {
        assertThat(problems(new NewCleaning("nowhere", List.of(), " ")))
                .extracting(InputProblem::pointer)
                .containsExactly("/cluster", "/uids", "/reason");
        List<String> many = IntStream.range(0, 201).mapToObj(i -> "uid-" + i).toList();
        assertThat(problems(new NewCleaning("sandbox", many, "-----BEGIN PRIVATE KEY-----")))
                .extracting(InputProblem::code)
                .containsExactly("uids.too-many", "reason.has-key");
        world.work.seen(List.of(World.unclaimed("a")));
        world.elsewhere.seen(List.of(World.unclaimed("far")));
        assertThat(problems(new NewCleaning("sandbox", List.of("uid-of-a", "uid-of-far", "never"), "x")))
                .extracting(InputProblem::pointer)
                .containsExactly("/uids/1", "/uids/2");
    }

    @Test
    void whatBelongsToSomethingByNowIsNotAskedFor() {
        world.revisions(null, null);
        world.work.seen(List.of(World.object("app1-se", "idn_31", null)));
        world.applied();

        assertThat(problems(new NewCleaning("sandbox", List.of("uid-of-app1-se"), "x")))
                .extracting(InputProblem::code)
                .containsExactly("orphan.unknown");
    }

    @Test
    void theListShowsWhatIsNoOrphanAnyMore() {
        world.revisions(null, null);
        world.work.seen(List.of(World.object("app1-se", "idn_31", null), World.unclaimed("left")));
        Cleaning cleaning = world.cleanings.request(
                World.ASKING, new NewCleaning("sandbox", List.of("uid-of-app1-se", "uid-of-left"), "x"));
        world.applied();

        assertThat(world.cleanings
                        .find(World.DECIDING, cleaning.summary().publicId())
                        .objects())
                .extracting(object -> object.place().name() + " " + object.orphan())
                .containsExactly("app1-se false", "left true");
    }

    @Test
    void cleaningsAreListedNewestFirstByWhatMayStillBecomeOfThem() {
        Cleaning first = world.asked();
        world.cleanings.withdraw(World.ASKING, first.summary().publicId(), "");
        Cleaning second = world.asked();
        world.elsewhere.seen(List.of(World.unclaimed("far")));
        Cleaning third =
                world.cleanings.request(World.ASKING, new NewCleaning("elsewhere", List.of("uid-of-far"), "x"));

        assertThat(world.cleanings
                        .list(World.DECIDING, CleaningStatus.OPEN, Optional.empty(), Optional.empty(), 10)
                        .items())
                .extracting(CleaningSummary::publicId)
                .containsExactly(third.summary().publicId(), second.summary().publicId());
        assertThat(world.cleanings
                        .list(World.DECIDING, CleaningStatus.OPEN, Optional.of("sandbox"), Optional.empty(), 10)
                        .items())
                .extracting(CleaningSummary::publicId)
                .containsExactly(second.summary().publicId());
        assertThat(world.cleanings
                        .list(World.DECIDING, CleaningStatus.ENDED, Optional.empty(), Optional.empty(), 10)
                        .items())
                .extracting(CleaningSummary::publicId)
                .containsExactly(first.summary().publicId());
    }

    private String approved() {
        Cleaning cleaning = world.asked();
        world.cleanings.approve(World.DECIDING, cleaning.summary().publicId(), cleaning.digest(), "I looked.");
        return cleaning.summary().publicId();
    }

    private CleaningStatus status(String id) {
        return world.cleanings.find(World.ASKING, id).summary().status();
    }

    private List<String> tasks() {
        JdbcClient jdbc = world.owner;
        return jdbc.sql("select task_name || ' ' || task_instance from scheduled_tasks where task_name like 'clean-%'")
                .query(String.class)
                .list();
    }

    private List<InputProblem> problems(NewCleaning wanted) {
        try {
            world.cleanings.request(World.ASKING, wanted);
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
