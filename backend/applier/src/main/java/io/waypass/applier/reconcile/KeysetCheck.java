package io.waypass.applier.reconcile;

import java.util.Optional;

/** Knows why a private key may not open for the one reason that this applier's keyset file is not the present one. */
@FunctionalInterface
public interface KeysetCheck {

    /**
     * Checks whether the file has the key that a private key is sealed for.
     *
     * @param sealedKey that is to be opened
     * @return what to tell people; empty if the file has the key
     */
    Optional<String> missingKey(byte[] sealedKey);
}
