package io.waypass.applier.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.applier.plan.PlanStaleness.Facts;
import io.waypass.reconcile.PlanningStore.Waiting;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whether a plan that waits for a decision still holds, and what is said where it does not. */
class PlanStalenessTests {

    private static final String BASIS = "The catalogue, or who owns the namespace, has changed.";
    private static final String HOST = "The ServiceEntries that claim h have changed.";
    private static final String ACCOUNT = "ServiceAccount n/app1 is gone.";

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            true  |           |
            true  | HOST      | The ServiceEntries that claim h have changed.
            true  | BOTH      | The ServiceEntries that claim h have changed. ServiceAccount n/app1 is gone.
            false |           | The catalogue, or who owns the namespace, has changed.
            false | HOST      | The catalogue, or who owns the namespace, has changed.
            """)
    void aPlanHoldsAsLongAsItsBasisAndItsFactsDo(boolean basisHolds, String changed, String cause) {
        List<String> changes =
                changed == null ? List.of() : changed.equals("HOST") ? List.of(HOST) : List.of(HOST, ACCOUNT);

        assertThat(PlanStaleness.cause(plan(basisHolds, Optional.empty()), (_, _) -> changes))
                .isEqualTo(Optional.ofNullable(cause));
    }

    @Test
    void whatAPlanReliedOnIsHeldAgainstTheFactsWithoutItsOwnObjects() {
        Facts facts = (relied, own) -> {
            assertThat(relied).isEqualTo(Map.of("host/h", "absent"));
            assertThat(own).isEqualTo(Set.of("ServiceEntry n/a"));
            return List.of(HOST);
        };

        assertThat(PlanStaleness.cause(plan(true, Optional.empty()), facts)).hasValue(HOST);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            # replaced an earlier plan because              | what is found now                             | counts
                                                            | The ServiceEntries that claim h have changed. | true
            The ServiceEntries that claim h have changed.   | The ServiceEntries that claim h have changed. | false
            ServiceAccount n/app1 is gone.                  | The ServiceEntries that claim h have changed. | true
            ServiceAccount n/app1 is gone.                  |                                               | false
                                                            |                                               | false
            """)
    void aPlanThatWasJustKeptIsNotReplacedForTheCauseThatItWasMadeFor(String earlier, String found, boolean counts) {
        Waiting kept = plan(true, Optional.ofNullable(earlier));
        Facts facts = (_, _) -> Optional.ofNullable(found).stream().toList();

        assertThat(PlanStaleness.newCause(kept, facts)).isEqualTo(counts ? Optional.of(found) : Optional.empty());
    }

    @Test
    void aPlanThatWasJustKeptIsReplacedIfThereIsMoreThanTheCauseThatItWasMadeFor() {
        assertThat(PlanStaleness.newCause(plan(true, Optional.of(HOST)), (_, _) -> List.of(HOST, ACCOUNT)))
                .hasValue(HOST + " " + ACCOUNT);
        assertThat(PlanStaleness.newCause(plan(false, Optional.of(HOST)), (_, _) -> List.of(HOST)))
                .hasValue(BASIS);
    }

    private static Waiting plan(boolean basisHolds, Optional<String> cause) {
        return new Waiting(
                1, "req_1", "pln_1", Set.of("ServiceEntry n/a"), Map.of("host/h", "absent"), basisHolds, cause);
    }
}
