/** SHA-256 of bytes and texts, and the fingerprints that represent a Secret's content. */
@NullMarked
package io.waypass.fingerprint;

import org.jspecify.annotations.NullMarked;
