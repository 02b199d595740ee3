package io.waypass.portal.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.cluster.RemovalOutcome;
import io.waypass.portal.IdentityProviderStub;
import io.waypass.portal.Portal;
import io.waypass.portal.page.Visitor.Page;
import io.waypass.testing.TestCertificateAuthority;
import io.waypass.testing.TestCertificateAuthority.Wish;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Orphans as platform admins see them and have them removed, without JavaScript. */
class OrphanPagesIT {

    private IdentityProviderStub provider;
    private Portal portal;
    private Visitor asking;
    private Visitor deciding;

    @BeforeEach
    void start() {
        provider = new IdentityProviderStub();
        portal = new Portal(provider.issuer(), "http://localhost:8080");
        asking = new Visitor(portal, provider, "asking-admin", "platform-admins");
        deciding = new Visitor(portal, provider, "deciding-admin", "platform-admins");
        portal.applier.watched();
    }

    @AfterEach
    void stop() {
        asking.close();
        deciding.close();
        portal.close();
        provider.close();
    }

    @Test
    void whereNothingIsLeftOverThePageSaysSo() {
        Page page = asking.open("/orphans");

        assertThat(page.status()).isEqualTo(200);
        assertThat(page.text("h1")).contains("In sandbox, nothing is left over and nothing is missing");
        assertThat(page.text(".empty"))
                .contains("Everything in this cluster with Waypass’s label belongs to an identity");
        assertThat(page.html().select("nav a[href=/orphans]").attr("aria-current"))
                .isEqualTo("page");
        assertThat(page.has("form[action=/orphans]")).isFalse();
    }

    @Test
    void theEntryIsForPlatformAdmins() {
        try (Visitor member = new Visitor(portal, provider, "the-member", "one-members")) {
            assertThat(member.open("/").has("a[href=/orphans]")).isFalse();
            assertThat(member.open("/orphans").status()).isEqualTo(403);
        }
    }

    @Test
    void oneAsksAnotherApprovesAndThePageSaysWhatBecameOfEach() {
        String one = portal.applier.orphan("one");
        String two = portal.applier.orphan("two");
        portal.applier.orphan("three");
        Page list = asking.open("/orphans");
        assertThat(list.text("h1")).contains("3 objects belong to nothing");
        assertThat(list.text("tbody")).contains("namespace-one/one").contains("Names no identity");

        Page asked = asking.follow(
                asking.post("/orphans", "cluster=sandbox&uid=" + one + "&uid=" + two + "&reason=They+are+left+over"));

        String id = id(asked);
        assertThat(asked.path()).isEqualTo("/requests/" + id);
        assertThat(asked.text(".flash")).contains("The removal is asked for");
        assertThat(asked.text("h1")).isEqualTo("Remove 2 orphans from sandbox?");
        assertThat(asked.text(".over"))
                .contains("Planning")
                .contains("Remove orphans")
                .contains("platform team");
        portal.applier.planRemoval(id);
        Page own = asking.open(asked.path());
        assertThat(own.has("form#decision")).as("who asked does not decide").isFalse();
        assertThat(own.text("aside")).contains("another platform admin has to decide");
        Page after = asking.open("/orphans");
        assertThat(after.html().select("input[name=uid][disabled]")).hasSize(2);
        assertThat(after.html().select("td a.inline").attr("href")).isEqualTo(asked.path());
        assertThat(after.html().select("section:has(#removals) a.title").attr("href"))
                .isEqualTo(asked.path());

        Page home = deciding.open("/");
        assertThat(home.text("nav a[href=/queue] .nav-count")).contains("1");
        assertThat(home.has("nav a[href=/orphans] .nav-count")).isFalse();
        assertThat(home.text("main")).contains("1 request waits for a decision");
        assertThat(home.text("main table"))
                .contains("2 orphans of cluster sandbox")
                .contains("platform team");
        Page queue = deciding.open("/queue?kind=remove-orphans");
        assertThat(queue.text("h1")).contains("1 request waits for a decision");
        assertThat(queue.text(".lead")).contains("1 plan passed every check; 0 have");
        assertThat(queue.text("tbody"))
                .contains("2 orphans of cluster sandbox")
                .contains("remove orphans")
                .contains("deletes objects");
        Page form = deciding.open(asked.path());
        assertThat(form.text("main")).contains("asking-admin").contains("They are left over");
        assertThat(form.text("section:has(#orphans) tbody"))
                .contains("namespace-one/one")
                .contains(one);
        assertThat(form.text("#decision"))
                .contains("Approving deletes 2 objects")
                .contains("required, who asked reads it");
        Page unsaid = deciding.submit(form, asked.path() + "/decision", Map.of("verdict", "approved"));
        assertThat(unsaid.status()).isEqualTo(422);
        assertThat(unsaid.text("#decision-reason-wrong")).contains("Give a reason");
        Page approved = deciding.submit(unsaid, asked.path() + "/decision", Map.of("reason", "I looked"));
        assertThat(approved.text(".flash")).contains("Your approval is recorded");
        assertThat(approved.text(".over")).contains("Approved");

        portal.applier.removalFails(id, "403 Forbidden: secrets is forbidden");
        assertThat(asking.open(asked.path()).text(".banners")).contains("403 Forbidden: secrets is forbidden");
        portal.applier.removed(id, RemovalOutcome.DELETED, RemovalOutcome.KEPT);
        Page done = asking.open(asked.path());
        assertThat(done.text(".over")).contains("Applied");
        assertThat(done.text("h1")).isEqualTo("1 of 2 orphans removed from sandbox");
        assertThat(done.text("section:has(#orphans) tbody"))
                .contains("Deleted")
                .contains("Left alone")
                .contains("It is somebody’s by now.");
        assertThat(done.text(".timeline"))
                .contains("Approved by")
                .contains("I looked")
                .contains("What became of each object is known");
        assertThat(asking.open("/requests?status=applied").text("tbody")).contains("2 orphans of cluster sandbox");
    }

    @Test
    void aRemovalIsDecidedOnItsOwnPageEvenIfEveryCheckPassed() {
        String clean = asked("clean");
        portal.applier.planRemoval(clean);
        String warned = asked("claimed", "left");
        portal.owner.sql("delete from orphan_object where name = 'claimed'").update();
        portal.applier.planRemoval(warned);
        assertThat(deciding.open("/requests/" + warned).text("section:has(#orphans)"))
                .contains("1 of the objects is no orphan any more, and will be left alone.");

        Element select = deciding.open("/queue").html().selectFirst("input[name=request][value^=" + clean + "]");
        assertThat(select.hasAttr("disabled")).isTrue();
        assertThat(select.attr("title")).contains("What it deletes does not come back");
        Page many = deciding.open("/queue/approval?request=" + select.attr("value"));
        Page refused = deciding.submit(many, "/queue/approval", Map.of("reason", "All looked at"));

        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.text("main")).contains("Read its list, and decide on its own page");
        assertThat(portal.applier.removals()).isEmpty();
    }

    @Test
    void whatIsWrongIsSaidBesideTheFormAndTheSelectionIsKept() {
        String uid = portal.applier.orphan("kept");
        Page page = asking.follow(asking.post("/orphans", "cluster=sandbox&uid=" + uid + "&reason="));

        assertThat(page.status()).isEqualTo(422);
        assertThat(page.text("#orphan-reason-wrong")).contains("Say why they should go");
        assertThat(page.html().select("input[name=uid][checked]").eachAttr("value"))
                .containsExactly(uid);
        Page nothing = asking.submit(asking.open("/orphans"), "/orphans", Map.of("reason", "All of them"));
        assertThat(nothing.status()).isEqualTo(422);
        assertThat(nothing.text("#orphan-reason-wrong")).contains("Choose at least one object");
        assertThat(nothing.value("#orphan-reason")).isEqualTo("All of them");
    }

    @Test
    void aRejectionAndAWithdrawalDeleteNothingAndLeaveTheObjectsToBeAskedForAgain() {
        String uid = portal.applier.orphan("again");
        Page asked = asking.follow(asking.post("/orphans", "cluster=sandbox&uid=" + uid + "&reason=x"));
        portal.applier.planRemoval(id(asked));
        Page withdrawn = asking.submit(
                asking.open(asked.path()), asked.path() + "/withdrawal", Map.of("reason", "They are needed."));
        assertThat(withdrawn.text(".over")).contains("Withdrawn");
        assertThat(withdrawn.text(".banners")).contains("They are needed.");
        assertThat(withdrawn.text(".timeline")).contains("Withdrawn by").contains("asking-admin");
        assertThat(withdrawn.has("a[href=/orphans?cluster=sandbox]")).isTrue();

        Page anew = asking.follow(asking.post("/orphans", "cluster=sandbox&uid=" + uid + "&reason=x"));
        portal.applier.planRemoval(id(anew));
        Page rejected = deciding.submit(
                deciding.open(anew.path()),
                anew.path() + "/decision",
                Map.of("verdict", "rejected", "reason", "Not before the audit."));
        assertThat(rejected.text(".flash")).contains("Who asked reads your reason");
        assertThat(rejected.text(".over")).contains("Rejected");
        assertThat(rejected.text(".timeline")).contains("Not before the audit.").doesNotContain("The team decides");
        assertThat(portal.applier.removals()).isEmpty();
        assertThat(asking.open("/orphans").html().select("input[name=uid]:not([disabled])"))
                .hasSize(1);
    }

    @Test
    void whoDecidesSecondIsToldWhoWasFirst() {
        String path = "/requests/" + asked("raced");
        portal.applier.planRemoval(path.substring("/requests/".length()));
        Page open = deciding.open(path);
        try (Visitor third = new Visitor(portal, provider, "third-admin", "platform-admins")) {
            third.submit(third.open(path), path + "/decision", Map.of("verdict", "rejected", "reason", "No."));
        }

        Page late = deciding.submit(open, path + "/decision", Map.of("verdict", "approved", "reason", "I looked"));

        assertThat(late.status()).isEqualTo(409);
        assertThat(late.text("main"))
                .contains("This request waits for no decision")
                .contains("rejected it at");
    }

    @Test
    void whereAnIdentityLacksAnObjectThePageLeadsToIt() {
        TestCertificateAuthority authority = TestCertificateAuthority.root("CN=CA");
        String request = portal.asks(
                        "member",
                        portal.app("lacking"),
                        authority.issue(Wish.client("CN=lacking")),
                        authority.certificatePem())
                .body()
                .path("request")
                .path("id")
                .asString();
        String identity = portal.call(
                        "admin",
                        "POST",
                        "/requests/" + request + "/approval",
                        Map.of("digest", portal.applier.plan(request), "reason", "x"))
                .body()
                .path("request")
                .path("identity")
                .asString();
        portal.applier.apply(request);
        portal.owner.sql("update observed_object set state = 'missing'").update();

        Page page = asking.open("/orphans");

        assertThat(page.text("h1")).contains("no object belongs to nothing, 1 is missing");
        assertThat(page.html().select("section:has(#missing) a.title").attr("href"))
                .isEqualTo("/identities/" + identity);
        assertThat(page.text("section:has(#objects)")).contains("Everything with Waypass’s label here belongs");
    }

    @Test
    void manyArePagedAndTheNumberIsCutOff() {
        portal.owner.sql("""
                insert into orphan_object (cluster_id, api_version, kind, namespace, name, uid, resource_version, managers, first_seen_at, seen_at)
                select 1, 'v1', 'Secret', 'n', 'left-' || g, 'uid-' || g, '1', 'x', now(), now() from generate_series(1, 10000) g
                """).update();

        Page first = asking.open("/orphans");

        assertThat(first.text("h1")).contains("1,000 objects or more belong to nothing");
        assertThat(first.html().select("input[name=uid]")).hasSize(25);
        Page next = asking.open(
                first.html().select("form[action=/orphans] .panel-foot a").attr("href"));
        List<String> shown = next.html().select("input[name=uid]").eachAttr("value");
        assertThat(shown)
                .isEqualTo(
                        IntStream.rangeClosed(26, 50).mapToObj(i -> "uid-" + i).toList());
        Page refused = asking.submit(next, "/orphans", Map.of("uid", "uid-30"));
        assertThat(refused.html().select("input[name=uid][checked]").eachAttr("value"))
                .as("the same part is shown again")
                .containsExactly("uid-30");
    }

    private String asked(String... orphans) {
        String uids = Arrays.stream(orphans)
                .map(orphan -> "&uid=" + portal.applier.orphan(orphan))
                .collect(Collectors.joining());
        return id(asking.follow(asking.post("/orphans", "cluster=sandbox" + uids + "&reason=x")));
    }

    private static String id(Page page) {
        return page.path().substring("/requests/".length());
    }
}
