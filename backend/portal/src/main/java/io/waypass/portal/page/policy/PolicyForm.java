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
            // no number of people: the use case says what is wrong with it
            people = OptionalInt.of(0);
        }
        return new Policies.NewVersion(name.strip(), description, expression, chosen, people, message);
    }

    /** {@return DNS label} */
    public String getName() {
        return name;
    }

    /** Sets the name. @param name DNS label */
    public void setName(String name) {
        this.name = name;
    }

    /** {@return for people} */
    public String getDescription() {
        return description;
    }

    /** Sets the description. @param description for people */
    public void setDescription(String description) {
        this.description = description;
    }

    /** {@return as written, such as {@code deny}} */
    public String getEffect() {
        return effect;
    }

    /** Sets the effect. @param effect as written */
    public void setEffect(String effect) {
        this.effect = effect;
    }

    /** {@return how many people, as typed} */
    public String getApprovals() {
        return approvals;
    }

    /** Sets how many people. @param approvals as typed */
    public void setApprovals(String approvals) {
        this.approvals = approvals;
    }

    /** {@return what the team reads of a denial} */
    public String getMessage() {
        return message;
    }

    /** Sets the message. @param message what the team reads of a denial */
    public void setMessage(String message) {
        this.message = message;
    }

    /** {@return in CEL} */
    public String getExpression() {
        return expression;
    }

    /** Sets the expression. @param expression in CEL */
    public void setExpression(String expression) {
        this.expression = expression;
    }
}
