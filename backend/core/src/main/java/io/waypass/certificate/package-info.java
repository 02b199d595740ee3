/** Validation of uploaded certificates, and the versions of an identity's client credential. */
@NullMarked
package io.waypass.certificate;

import org.jspecify.annotations.NullMarked;
