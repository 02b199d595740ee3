package io.waypass.applier.inventory;

import java.time.Instant;

/** Whether istiod is seen at work: what it reported before it went is old. */
public sealed interface IstiodSighting {

    /** It renews its leader elections, or, where there are none, its Deployment has an available pod. */
    record AtWork() implements IstiodSighting {}

    /** It was seen once, and does not renew its leader elections any more. @param since the last renewal */
    record Gone(Instant since) implements IstiodSighting {}

    /** There is no leader election, and no pod of its Deployment is available. */
    record Unavailable() implements IstiodSighting {}

    /** There is neither a leader election nor a Deployment. */
    record None() implements IstiodSighting {}

    /** It cannot be told. @param reason for people */
    record Unwatched(String reason) implements IstiodSighting {}
}
