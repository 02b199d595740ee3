package io.waypass.portal.page.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.plan.PlanObject;
import io.waypass.plan.PlanObject.Action;
import java.util.List;
import org.junit.jupiter.api.Test;

class SubjectSectionTests {

    @Test
    void aSecretThatARotationReplacesIsNoDeletionToWarnOf() {
        assertThat(SubjectSection.OfIdentity.deletes(
                        List.of(object("Secret", Action.CREATE), object("Secret", Action.DELETE))))
                .isZero();
    }

    @Test
    void anyOtherObjectThatARotationDeletesIs() {
        assertThat(SubjectSection.OfIdentity.deletes(List.of(
                        object("Secret", Action.CREATE),
                        object("HTTPRoute", Action.DELETE),
                        object("Secret", Action.DELETE))))
                .isEqualTo(1);
    }

    @Test
    void everyObjectThatARetirementDeletesIs() {
        assertThat(SubjectSection.OfIdentity.deletes(
                        List.of(object("DestinationRule", Action.DELETE), object("Secret", Action.DELETE))))
                .isEqualTo(2);
    }

    private static PlanObject object(String kind, Action action) {
        return new PlanObject("v1", kind, "team-namespace", "app1", action, "", "{}", true);
    }
}
