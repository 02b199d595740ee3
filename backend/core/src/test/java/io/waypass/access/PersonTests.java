package io.waypass.access;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waypass.refusal.NotAllowed;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PersonTests {

    private final Person member = new Person("sub-1", "Team member", Set.of("payments"), false);
    private final Person admin = new Person("sub-2", "Platform admin", Set.of(), true);

    @Test
    void whatOnlyAdminsMayDoIsRefusedToOthersWithOneCode() {
        assertThatThrownBy(member::requireAdmin)
                .isInstanceOf(NotAllowed.class)
                .extracting("code")
                .isEqualTo("admin.required");
        assertThatThrownBy(() -> member.requireAdmin("See your own requests."))
                .isInstanceOf(NotAllowed.class)
                .hasMessageContaining("See your own requests.");
    }

    @Test
    void anAdminMayDoIt() {
        assertThatCode(admin::requireAdmin).doesNotThrowAnyException();
    }
}
