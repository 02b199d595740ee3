package io.waypass.policy;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Input of a policy. Each component is a variable of the rule language, each record a type; {@link About} documents
 * them. This is the only place where they are defined.
 */
public record PolicyCase(
        @About("what is asked for") Request request,

        @About(
                "the certificate that would be presented; a retirement brings none, and a rule that reads it then does not hold, unless it asks has(certificate.subject) first")
        Optional<Certificate> certificate,

        @About(
                "the certificate that is presented until then, the same fields; before a first certificate there is none, so ask has(previous.subject) first")
        Optional<Certificate> previous,

        @About("what would happen") Plan plan,

        @About("the team that asks") Team team) {

    /** The request that is decided. */
    public record Request(
            @About("create-identity, rotate-certificate, retire-identity, refresh or remove-orphans")
            String kind,

            @About("the cluster's name") String cluster,
            @About("the app's namespace") String namespace,
            @About("the app's name") String app,
            @About("the app's service account") String serviceAccount,
            @About("the app's SPIFFE id") String principal,
            @About("the destination's slug") String destination,
            @About("the destination's host") String host,

            @About("who asks, as the identity provider's subject")
            String requestedBy,

            @About("why, in the team's words") String reason,
            @About("when it was submitted") Instant submittedAt) {}

    /** Facts of a certificate. */
    public record Certificate(
            @About("the leaf's subject, such as CN=orders.app1")
            String subject,

            @About("the leaf's issuer") String issuer,

            @About("subject alternative names, each with its kind, such as DNS:app1.example")
            List<String> sans,

            @About("the leaf's serial, upper-case hex pairs with colons")
            String serial,

            @About("when its validity begins") Instant notBefore,
            @About("when its validity ends") Instant notAfter,

            @About("days from beginning to end of its validity, a begun day counted whole")
            long lifetimeDays,

            @About("whole days of validity left") long daysLeft,
            @About("RSA, EC or Ed25519") String keyAlgorithm,

            @About("bits of the key: 3072 for RSA 3072, 256 for P-256")
            long keyBits,

            @About("how the leaf is signed, such as SHA256withRSA")
            String signatureAlgorithm,

            @About("SHA-256 of the leaf, upper-case hex pairs with colons")
            String fingerprint,

            @About("how many certificates the chain has") long chainLength,

            @About("codes of what certificate intake warned of, such as leaf.long-validity")
            List<String> warnings) {}

    /** Summary of the plan. */
    public record Plan(
            @About("how many checks passed") long passed,
            @About("how many checks warn") long warnings,
            @About("how many checks failed") long failed,
            @About("how many checks could not be told") long unknown,
            @About("each check") List<Check> checks,
            @About("each object, in the order of apply") List<PlanObject> objects) {}

    /** A check of the plan. */
    public record Check(
            @About("such as host.unique") String code,
            @About("passed, warning, failed or unknown") String level) {}

    /** An object of the plan. */
    public record PlanObject(
            @About("such as Secret") String kind,
            @About("where it lives") String namespace,
            @About("its name") String name,

            @About("create, update, unchanged, delete, conflict or unknown")
            String action) {}

    /** The team that made the request. */
    public record Team(@About("the team's slug") String slug) {}
}
