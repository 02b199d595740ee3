/** SHA-256: of bytes and texts, and of what stands for the content of a Secret. */
@NullMarked
package io.waypass.fingerprint;

import org.jspecify.annotations.NullMarked;
