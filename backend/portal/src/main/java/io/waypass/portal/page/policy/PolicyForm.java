package io.waypass.portal.page.policy;

import io.waypass.policy.Policies;
import io.waypass.policy.PolicyEffect;
import io.waypass.policy.PolicyVersion;
import java.util.OptionalInt;

/** The form that saves a version of a policy. */
public final class PolicyForm {

    private String name = "";
    private String description = "";
    private String effect = "";
    private String approvals = "";
    private String message = "";
    private String expression = "";

    static PolicyForm of(PolicyVersion version) {
        PolicyForm form = new PolicyForm();
        form.name = version.policy();
        form.description = version.description();
        form.effect = version.effect().value();
        form.approvals = version.approvals().isPresent()
                ? Integer.toString(version.approvals().getAsInt())
                : "";
        form.message = version.message().orElse("");
        form.expression = version.expression();
        return form;
    }

    Policies.NewVersion version(PolicyEffect chosen) {
        OptionalInt people;
        try {
            people = approvals.isBlank() || chosen != PolicyEffect.REQUIRE_APPROVALS
                    ? OptionalInt.empty()
                    : OptionalInt.of(Integer.parseInt(approvals.strip()));
        } catch (NumberFormatException _) {
            // not a number; the use case reports it
            people = OptionalInt.of(0);
        }
        return new Policies.NewVersion(name.strip(), description, expression, chosen, people, message);
    }

    public String getName() {
        return name;
    }

    public void setName(String name) {
        this.name = name;
    }

    public String getDescription() {
        return description;
    }

    public void setDescription(String description) {
        this.description = description;
    }

    /** {@return value of the effect, such as {@code deny}} */
    public String getEffect() {
        return effect;
    }

    public void setEffect(String effect) {
        this.effect = effect;
    }

    /** {@return number of people, as typed} */
    public String getApprovals() {
        return approvals;
    }

    public void setApprovals(String approvals) {
        this.approvals = approvals;
    }

    /** {@return text of a denial, for the team} */
    public String getMessage() {
        return message;
    }

    public void setMessage(String message) {
        this.message = message;
    }

    /** {@return in CEL} */
    public String getExpression() {
        return expression;
    }

    public void setExpression(String expression) {
        this.expression = expression;
    }
}
