package io.waypass.cluster;

import io.waypass.refusal.InputProblem;
import java.util.Optional;
import java.util.regex.Pattern;

/** Validates names of Kubernetes objects. Stricter than Kubernetes where names of Istio's objects contain the name. */
public final class KubernetesNames {

    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
    private static final Pattern SUBDOMAIN =
            Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");

    private KubernetesNames() {}

    /**
     * Validates a DNS label (RFC 1123): apps, namespaces, teams, slugs.
     *
     * @param pointer JSON pointer to the value
     * @param word name of the field for people
     * @return the problem, if there is one
     */
    public static Optional<InputProblem> label(String pointer, String word, String value) {
        if (LABEL.matcher(value).matches()) {
            return Optional.empty();
        }
        return Optional.of(
                new InputProblem(
                        pointer,
                        "name.invalid",
                        value.isBlank()
                                ? "The " + word + " is missing. Give 1 to 63 lower-case letters, digits or dashes."
                                : "“" + InputProblem.quotable(value) + "” cannot be "
                                        + (word.startsWith("app") ? "an " : "a ") + word
                                        + ". Use 1 to 63 lower-case letters, digits or dashes, with a letter or digit first and last."));
    }

    /**
     * Validates a service account: a DNS subdomain of at most 253 characters, and not {@code default}, which every pod
     * of the namespace may run as.
     *
     * @param pointer JSON pointer to the value
     * @return the problem, if there is one
     */
    public static Optional<InputProblem> serviceAccount(String pointer, String value) {
        if (value.equals("default")) {
            return Optional.of(new InputProblem(
                    pointer,
                    "service-account.default",
                    "The service account “default” is shared by every pod of the namespace that names no other. Give the"
                            + " app a service account of its own and register that."));
        }
        if (value.length() <= 253 && SUBDOMAIN.matcher(value).matches()) {
            return Optional.empty();
        }
        return Optional.of(new InputProblem(
                pointer,
                "name.invalid",
                "“" + InputProblem.quotable(value)
                        + "” cannot be a service account. Use up to 253 lower-case letters, digits, dashes or dots."));
    }

    /**
     * Validates an external host: lower case, at least two labels, at most 253 characters, no address, wildcard,
     * trailing dot, {@code .invalid}, {@code .local} or cluster domain.
     *
     * @param pointer JSON pointer to the value
     * @return the problem, if there is one
     */
    public static Optional<InputProblem> host(String pointer, String value) {
        boolean name = value.length() <= 253
                && SUBDOMAIN.matcher(value).matches()
                && value.contains(".")
                && java.util.Arrays.stream(value.split("\\.")).allMatch(label -> label.length() <= 63);
        boolean address = value.matches("[0-9.]+");
        boolean reserved = value.endsWith(".invalid") || value.endsWith(".local") || value.endsWith(".svc");
        if (name && !address && !reserved) {
            return Optional.empty();
        }
        return Optional.of(
                new InputProblem(
                        pointer,
                        "host.invalid",
                        "“" + InputProblem.quotable(value)
                                + "” cannot be a destination's host. Give a full host name in lower case, such as"
                                + " api.partner.example; no address, no wildcard, no trailing dot, nothing inside the cluster."));
    }
}
