package io.waypass.applier.reconcile;

import java.util.Optional;

/** Detects that a private key does not open because this applier's keyset file is out of date. */
@FunctionalInterface
public interface KeysetCheck {

    /** {@return a message for people; empty if the keyset file has the key for which a private key is sealed} */
    Optional<String> missingKey(byte[] sealedKey);
}
