package io.waypass.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waypass.database.Slice;
import io.waypass.refusal.NotAllowed;
import io.waypass.resource.ObjectPlace;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is an orphan, and what the report says of it. */
class OrphansIT {

    private final World world = new World();

    @Test
    void anObjectThatNamesNobodyIsAnOrphan() {
        assertThat(world.work.recordSeen(List.of(World.unclaimed("left")))).isEqualTo(1);
        assertThat(world.reported()).singleElement().satisfies(orphan -> {
            assertThat(orphan.cause()).isEqualTo(Orphan.Cause.UNCLAIMED);
            assertThat(orphan.cluster()).isEqualTo("sandbox");
            assertThat(orphan.object().uid()).isEqualTo("uid-of-left");
            assertThat(orphan.request()).isEmpty();
        });
    }

    @Test
    void anObjectOfAnIdentityThatClusterNeverHadIsAnOrphan() {
        world.applied();
        world.work.recordSeen(List.of(World.object("one", "idn_never", null), World.object("two", "idn_32", null)));

        assertThat(world.reported())
                .extracting(orphan -> orphan.object().place().name(), Orphan::cause)
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple("one", Orphan.Cause.UNKNOWN_IDENTITY),
                        org.assertj.core.groups.Tuple.tuple("two", Orphan.Cause.UNKNOWN_IDENTITY));
    }

    @Test
    void anObjectOfAnIdentityThatIsNotKeptIsAnOrphan() {
        world.revisions(null, null);
        world.request("refresh", 1, "withdrawn");
        world.work.recordSeen(List.of(World.object("app1-se", "idn_31", null)));

        assertThat(world.reported())
                .singleElement()
                .extracting(Orphan::cause)
                .isEqualTo(Orphan.Cause.IDENTITY_NOT_KEPT);
    }

    @Test
    void whileAnIdentityIsAtRestItsObjectsAreThoseOnRecord() {
        world.applied();

        assertThat(world.work.recordSeen(
                        List.of(World.object("app1-se", "idn_31", null), World.object("app1-old-se", "idn_31", null))))
                .isEqualTo(1);
        assertThat(world.reported()).singleElement().satisfies(orphan -> {
            assertThat(orphan.object().place().name()).isEqualTo("app1-old-se");
            assertThat(orphan.cause()).isEqualTo(Orphan.Cause.NOT_ITS_OBJECT);
        });
    }

    @Test
    void anotherKindOrNamespaceUnderANameOnRecordIsAnOrphan() {
        world.applied();
        LabelledObject own = World.object("app1-se", "idn_31", null);

        assertThat(world.work.isOrphan(own)).isFalse();
        for (ObjectPlace place : List.of(
                new ObjectPlace("DestinationRule", "team-namespace", "app1-se"),
                new ObjectPlace("ServiceEntry", "another", "app1-se"))) {
            assertThat(world.work.isOrphan(new LabelledObject(
                            "x/v1", place, "uid", "1", Optional.of("idn_31"), Optional.empty(), "waypass")))
                    .isTrue();
        }
    }

    /** What is written, and not on record yet, is no orphan; nor is what is on record and goes next. */
    @ParameterizedTest
    @CsvSource({"1, ", "2, 1", ", 1"})
    void whileAnIdentityIsWorkedOnNothingOfItIsAnOrphan(Integer desired, Integer applied) {
        world.revisions(desired, applied);

        assertThat(world.work.recordSeen(List.of(World.object("app1-new-se", "idn_31", null))))
                .isZero();
        assertThat(world.reported()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"approved", "applying", "failed"})
    void anIdentityWithAnApprovedRequestIsWorkedOn(String status) {
        world.revisions(null, null);
        world.request("refresh", 1, status);

        assertThat(world.work.isOrphan(World.object("app1-se", "idn_31", null))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"planning", "pending", "invalid", "rejected", "withdrawn"})
    void aRequestThatNobodyApprovedClaimsNothing(String status) {
        world.revisions(null, null);
        world.request("refresh", 1, status);

        assertThat(world.work.isOrphan(World.object("app1-se", "idn_31", null))).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "nginx, false",
        "istio-egress/egress, false",
        "far, true",
        "other-egress/egress, true",
        "never, true",
        "istio-egress/never, true"
    })
    void aSharedObjectIsNoOrphanWhileTheCatalogueOfItsClusterHasWhatItNames(String owner, boolean orphan) {
        assertThat(world.work.isOrphan(World.object("shared", null, owner))).isEqualTo(orphan);
        world.work.recordSeen(List.of(World.object("shared", null, owner)));
        assertThat(world.reported())
                .extracting(Orphan::cause)
                .isEqualTo(orphan ? List.of(Orphan.Cause.OWNER_GONE) : List.of());
    }

    @Test
    void aSharedObjectOfADestinationThatWasTakenOutOfTheCatalogueIsAnOrphan() {
        world.owner
                .sql("alter table destination add column if not exists removed_at timestamptz")
                .update();
        assertThat(world.work.isOrphan(World.object("shared", null, "nginx"))).isFalse();

        world.owner
                .sql("update destination set removed_at = now() where slug = 'nginx'")
                .update();

        assertThat(world.work.isOrphan(World.object("shared", null, "nginx"))).isTrue();
    }

    @Test
    void whatNamesAnIdentityIsJudgedByThatAlone() {
        assertThat(world.work.isOrphan(World.object("both", "idn_never", "nginx")))
                .isTrue();
    }

    @Test
    void theReportKnowsWhenAnObjectBelongsToSomethingAgainThoughNobodySawItSince() {
        world.revisions(null, null);
        world.work.recordSeen(List.of(World.object("app1-se", "idn_31", null)));
        assertThat(world.names()).containsExactly("app1-se");
        assertThat(world.orphans.counts(World.ASKING, Optional.empty())).isEqualTo(new OrphanCounts(1, 0));

        world.applied();

        assertThat(world.names()).isEmpty();
        assertThat(world.orphans.counts(World.ASKING, Optional.empty())).isEqualTo(new OrphanCounts(0, 0));
    }

    @Test
    void whatIsSeenAgainIsKeptAsTheSameUnlessItsUidIsAnother() {
        world.work.recordSeen(List.of(World.unclaimed("left")));
        Orphan first = world.reported().getFirst();
        world.work.recordSeen(List.of(World.unclaimed("left")));
        Orphan again = world.reported().getFirst();
        assertThat(again.firstSeenAt()).isEqualTo(first.firstSeenAt());
        assertThat(again.seenAt()).isAfter(first.seenAt());

        world.work.recordSeen(List.of(new LabelledObject(
                "networking.istio.io/v1",
                World.place("left"),
                "another-uid",
                "7",
                Optional.empty(),
                Optional.empty(),
                "kubectl")));

        assertThat(world.reported()).singleElement().satisfies(orphan -> {
            assertThat(orphan.object().uid()).isEqualTo("another-uid");
            assertThat(orphan.object().managers()).isEqualTo("kubectl");
            assertThat(orphan.firstSeenAt()).isAfter(first.firstSeenAt());
        });
    }

    @Test
    void whatIsNoOrphanAnyMoreIsTakenOutWhenItIsSeen() {
        world.revisions(null, null);
        world.work.recordSeen(List.of(World.object("app1-se", "idn_31", null), World.unclaimed("left")));
        world.applied();
        world.work.recordSeen(List.of(World.object("app1-se", "idn_31", null), World.unclaimed("left")));

        assertThat(world.owner
                        .sql("select name from orphan_object")
                        .query(String.class)
                        .list())
                .containsExactly("left");
    }

    @Test
    void whatComesTwiceInABatchCountsAsItWasLast() {
        assertThat(world.work.recordSeen(List.of(World.unclaimed("left"), World.object("left", null, "nginx"))))
                .isZero();
        assertThat(world.work.recordSeen(List.of(World.object("left", null, "nginx"), World.unclaimed("left"))))
                .isEqualTo(1);
    }

    @Test
    void whatIsGoneIsForgottenInItsOwnClusterOnly() {
        world.work.recordSeen(List.of(World.unclaimed("a"), World.unclaimed("b")));
        world.elsewhere.orphans().recordSeen(List.of(World.unclaimed("a")));

        world.work.recordGone(List.of(World.place("a"), World.place("never")));
        world.work.recordGone(List.of());

        assertThat(world.reported())
                .extracting(orphan ->
                        orphan.cluster() + "/" + orphan.object().place().name())
                .containsExactlyInAnyOrder("sandbox/b", "elsewhere/a");
    }

    @Test
    void afterAWholeListOfAKindOnlyWhatIsOnItIsLeftOfThatKind() {
        world.work.recordSeen(List.of(
                World.unclaimed("a"),
                World.unclaimed("b"),
                new LabelledObject(
                        "v1",
                        new ObjectPlace("Secret", "team-namespace", "a"),
                        "s",
                        "1",
                        Optional.empty(),
                        Optional.empty(),
                        "x")));

        world.work.retainOnly("ServiceEntry", List.of(World.place("b")));
        assertThat(world.reported())
                .extracting(orphan -> orphan.object().place())
                .containsExactlyInAnyOrder(World.place("b"), new ObjectPlace("Secret", "team-namespace", "a"));
        world.work.retainOnly("Secret", List.of());
        assertThat(world.names()).containsExactly("b");
    }

    @Test
    void anIdentityWhoseObjectIsGoneIsReportedWithItsTeam() {
        world.applied();
        world.recorded("app1-lost-se", "missing");

        assertThat(world.orphans
                        .missing(World.ASKING, Optional.of("sandbox"), Optional.empty(), 10)
                        .items())
                .singleElement()
                .satisfies(missing -> {
                    assertThat(missing.identity()).isEqualTo("idn_31");
                    assertThat(missing.app()).isEqualTo("app1");
                    assertThat(missing.host()).isEqualTo("my-nginx.foo.bar");
                    assertThat(missing.team()).isEqualTo("one");
                    assertThat(missing.place()).isEqualTo(World.place("app1-lost-se"));
                });
        assertThat(world.orphans.counts(World.ASKING, Optional.of("sandbox"))).isEqualTo(new OrphanCounts(0, 1));
        assertThat(world.orphans
                        .missing(World.ASKING, Optional.of("elsewhere"), Optional.empty(), 10)
                        .items())
                .isEmpty();
    }

    @Test
    void whatShallGoIsNotMissed() {
        world.applied();
        world.recorded("app1-lost-se", "missing");
        world.request("retire-identity", 2, "applying");
        world.revisions(2, 1);
        assertThat(world.orphans.counts(World.ASKING, Optional.empty()).missing())
                .isZero();

        world.revisions(null, null);
        assertThat(world.orphans.counts(World.ASKING, Optional.empty()).missing())
                .isZero();
    }

    @Test
    void bothListsArePagedAndNarrowedByCluster() {
        world.applied();
        List<LabelledObject> many = IntStream.range(0, 7)
                .mapToObj(i -> World.unclaimed("left-" + i))
                .toList();
        world.work.recordSeen(many);
        world.elsewhere.orphans().recordSeen(List.of(World.unclaimed("far")));
        IntStream.range(0, 5).forEach(i -> world.recorded("lost-" + i, "missing"));

        List<String> orphans = new ArrayList<>();
        Optional<String> cursor = Optional.empty();
        do {
            Slice<Orphan> part = world.orphans.objects(World.ASKING, Optional.of("sandbox"), cursor, 3);
            part.items().forEach(orphan -> orphans.add(orphan.object().place().name()));
            cursor = part.nextCursor();
        } while (cursor.isPresent());
        List<String> missing = new ArrayList<>();
        do {
            Slice<MissingObject> part = world.orphans.missing(World.ASKING, Optional.empty(), cursor, 2);
            part.items().forEach(each -> missing.add(each.place().name()));
            cursor = part.nextCursor();
        } while (cursor.isPresent());

        assertThat(orphans).hasSize(7).doesNotHaveDuplicates().doesNotContain("far");
        assertThat(missing).containsExactly("lost-0", "lost-1", "lost-2", "lost-3", "lost-4");
    }

    @Test
    void theReportIsForPlatformAdmins() {
        assertThatThrownBy(() -> world.orphans.objects(World.MEMBER, Optional.empty(), Optional.empty(), 10))
                .isInstanceOf(NotAllowed.class);
        assertThatThrownBy(() -> world.orphans.missing(World.MEMBER, Optional.empty(), Optional.empty(), 10))
                .isInstanceOf(NotAllowed.class);
        assertThatThrownBy(() -> world.orphans.counts(World.MEMBER, Optional.empty()))
                .isInstanceOf(NotAllowed.class);
    }
}
